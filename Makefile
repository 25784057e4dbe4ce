# Needs make, Python 3.11 or later and a package index. Everything is installed into .venv, nothing outside it.
# Another Python: make PYTHON=/path/to/python3.12 …   Some tests only: make test TESTS="tests/rules -x"

PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13 python3.14; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)

VENV := .venv
RUN := $(VENV)/bin/python
PIP := $(RUN) -m pip -qq
LAYERS := $(RUN) -c 'from importlinter.cli import lint_imports_command as check; check()'
# Warnings are errors: a link or an anchor that leads nowhere, a page that no contents list. Nothing is asked of a network.
SPHINX := $(RUN) -m sphinx -q -W --keep-going -d build/doctrees
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore
# Tests start some hundred processes of Python: where none may keep what it compiled, each compiles Handoff anew.
unexport PYTHONDONTWRITEBYTECODE

# What is installed is known by a stamp that names this directory and the content of both files:
# as long as neither changes, nothing is asked of pip.
KEY := $(shell { pwd; cat pyproject.toml requirements.lock; } | cksum | cut -d' ' -f1)
RUNTIME := $(VENV)/.runtime-$(KEY)
DEV := $(VENV)/.dev-$(KEY)

TESTS ?=
# One more than there are cores, four at most: a good part of the tests waits for processes of its own.
WORKERS ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores < 3 ? cores + 1 : 4)))
# What rests on how Prefect schedules, waits and asks; its own checks of a new version are among them (THOROUGH).
NEWEST ?= tests/end_to_end $(wildcard tests/cli/test_up*.py) tests/cli/test_detached.py tests/flows/test_forms.py \
	tests/flows/test_looking_after_runs.py tests/browser
BENCH ?= ownership_change
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test quick coverage check docs format bench soak lock newest clean

help: ## list the recipes
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

demo: $(RUNTIME) ## install what is needed, then run the main job on the sandbox in simulated time
	@$(VENV)/bin/handoff demo $(ARGS)

test: $(DEV) ## install what is needed, then run all tests (some: TESTS=tests/architecture)
	@$(RUN) -m pytest $(if $(TESTS),$(TESTS),-n $(WORKERS) --dist loadfile --no-loadscope-reorder -p no:benchmark)

quick: $(DEV) ## the inner loop: rules, journal, reports, sandbox and shell, without slow tests, flows, processes, browser
	@$(RUN) -m pytest -n $(WORKERS) --dist loadfile -p no:benchmark -q -m "not slow" \
	  --ignore tests/flows --ignore tests/end_to_end --ignore tests/browser --ignore tests/tasks --ignore tests/platforms/emulator
	@echo "left out: tests/flows, tests/end_to_end, tests/browser, tests/tasks, tests/platforms/emulator and all slow tests; make test runs them"

coverage: $(DEV) ## run all but the slow tests again, measured, and hold the floor of branch coverage
	@$(RUN) -m pytest -n $(WORKERS) --dist loadfile -p no:benchmark -m "not slow" --cov --cov-report=

check: $(DEV) ## lint, format, types, layers and the project's own checks; changes nothing
	@echo "ruff check";  $(RUN) -m ruff check --quiet --output-format concise .
	@echo "ruff format"; $(RUN) -m ruff format --check --quiet . || { echo "not formatted: make format"; exit 1; }
	@echo "mypy";        $(RUN) -m mypy --no-error-summary
	@echo "layers";      $(LAYERS) --no-logo >$(VENV)/.layers 2>&1 || { cat $(VENV)/.layers; exit 1; }
	@echo "own checks";  $(RUN) -m pytest --quiet tests/architecture
	@echo "docs";        $(SPHINX) -b dummy docs build/checked-docs

docs: $(DEV) ## build docs/ into pages for a browser: build/docs/index.html
	@$(SPHINX) -b html docs build/docs
	@echo "build/docs/index.html"

format: $(DEV) ## put imports and layout in order
	@$(RUN) -m ruff check --quiet --fix-only .
	@$(RUN) -m ruff format .

bench: $(DEV) ## measure the main job against bare SQL; BENCH=all measures everything and holds it against the goals (hours; goes on with what is missing)
	@$(RUN) -m benchmarks.$(BENCH) $(ARGS)

soak: $(DEV) ## a month in the life of a workspace, judged each day (20 seeds: ARGS="--seeds 20"; with `handoff up`: ARGS=--living)
	@$(RUN) -m benchmarks.soak $(ARGS)

lock: ## choose the versions anew, within pyproject.toml, and write requirements.lock
	@$(call need-python)
	@echo "choosing versions in a clean environment (a few minutes) …"
	@set -e; clean=$$(mktemp -d); trap 'rm -rf "$$clean"' EXIT INT TERM; \
	"$(PYTHON)" -m venv "$$clean/venv"; \
	"$$clean/venv/bin/python" -m pip -qq install '.[dev,docs]'; \
	"$$clean/venv/bin/python" -m pip freeze --all --exclude handoff --exclude pip --exclude setuptools \
	  >"$$clean/requirements.lock"; \
	cat "$$clean/requirements.lock" >requirements.lock; \
	echo "requirements.lock: $$(wc -l <requirements.lock) packages"

newest: ## run the tests of schedules, waits and forms with the newest versions that pyproject.toml allows (some: NEWEST=…)
	@$(call need-python)
	@echo "installing the newest versions into a clean environment (a few minutes) …"
	@set -e; clean=$$(mktemp -d); trap 'rm -rf "$$clean"' EXIT INT TERM; \
	"$(PYTHON)" -m venv "$$clean/venv"; \
	"$$clean/venv/bin/python" -m pip -qq install -e '.[dev]'; \
	echo "newer than requirements.lock:"; \
	"$$clean/venv/bin/python" -m pip freeze --all --exclude handoff --exclude pip --exclude setuptools \
	  | { grep -vxF -f requirements.lock || echo "none"; } | sed 's/^/  /'; \
	THOROUGH=1 "$$clean/venv/bin/python" -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder \
	  -p no:benchmark $(NEWEST)

clean: ## remove caches and builds; .venv stays, and so does .handoff, which holds the journal of loans
	@rm -rf .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache .benchmarks .coverage .coverage.* \
	  htmlcov build dist *.egg-info
	@find . -name __pycache__ -type d -not -path './.venv/*' -prune -exec rm -rf {} +

define need-python
"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	echo "Handoff needs Python 3.11 or later; $(if $(PYTHON),$(PYTHON) is not one or is not there,none was found)." >&2; \
	echo "Install it, or say where it is: make PYTHON=/path/to/python3.11 …" >&2; exit 1; }
endef

# Runs only where there is no working Python in .venv, so what --clear removes was of no use.
$(RUN):
	@$(call need-python)
	@echo "making .venv with $$("$(PYTHON)" --version) …"
	@"$(PYTHON)" -m venv --clear $(VENV) || { rm -rf $(VENV); \
	  echo "This Python cannot make a virtual environment; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(RUNTIME): | $(RUN)
	@echo "installing Handoff and its libraries (once, about a minute) …"
	@$(PIP) install -c requirements.lock -e .
	@rm -f $(VENV)/.runtime-* $(VENV)/.dev-*; touch $@

$(DEV): | $(RUN)
	@echo "installing Handoff, its libraries and the tools of its developers (once, about a minute) …"
	@$(PIP) install -c requirements.lock -e '.[dev,docs]'
	@rm -f $(VENV)/.runtime-* $(VENV)/.dev-*; touch $@ $(RUNTIME)
