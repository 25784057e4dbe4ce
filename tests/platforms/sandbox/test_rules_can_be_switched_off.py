"""Each rule that the sandbox enforces can be switched off in a test-only sandbox, and then that rule's tests fail."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from platforms.sandbox.enforced import ENFORCED
from platforms.sandbox.sandbox import Sandbox

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PASSED, FAILED = 0, 1  # pytest's own exit codes; 5 would be: no test found


def rules_asked_for(source: str) -> set[str]:
    """The rules in `….enforces("R1")` and `Refusal(…, rules)`; anything but a plain text there is a mistake."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "enforces":
            found |= {rule.value for rule in node.args if isinstance(rule, ast.Constant)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            found |= set(ast.literal_eval(node.args[2]))
    return found


def test_the_list_of_enforced_rules_is_what_the_code_asks_for() -> None:
    sources = [path.read_text("utf-8") for path in sorted((ROOT / "platforms" / "sandbox").glob("*.py"))]
    assert sorted(ENFORCED) == sorted(set().union(*map(rules_asked_for, sources)))


def test_rules_are_found_in_the_syntax_tree() -> None:
    source = 'x = work.enforces("R1") and Refusal("a", "b", ("R2", "R3"))\nwork.enforces(rule)\nother("R4")'
    assert {"R1", "R2", "R3"} == rules_asked_for(source)


def test_a_sandbox_enforces_everything_unless_told_otherwise(tmp_path: Path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path}/sandbox.db")
    assert frozenset() == sandbox._without
    sandbox.close()


def run_tests(rules: Iterable[str], *options: str) -> subprocess.CompletedProcess[str]:
    """The quick tests that name one of these rules, in a process of their own: only their files, no plugins but one."""
    files = [path for path in sorted(HERE.glob("test_*.py")) if any(f'"{rule}"' in path.read_text() for rule in rules)]
    only = [word for rule in rules for word in ("--only-rule", rule)]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *map(str, files), *only, *options, "-m", "not slow", "-q", "-x", "--tb=line",
         "-p", "no:cacheprovider", "-p", "pytest_timeout"],
        cwd=ROOT, env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip


Runs = dict[str, "Future[subprocess.CompletedProcess[str]]"]


@pytest.fixture(scope="module")
def runs() -> Iterator[Runs]:
    """The runs with all rules on, and with each of them off: two at a time."""
    with ThreadPoolExecutor(2) as pool:
        started = {"all on": pool.submit(run_tests, ENFORCED)}
        started |= {rule: pool.submit(run_tests, [rule], "--without-rule", rule) for rule in ENFORCED}
        yield started
        pool.shutdown(cancel_futures=True)


def test_with_all_rules_on_their_tests_pass(runs: Runs) -> None:
    done = runs["all on"].result()
    assert PASSED == done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("rule", ENFORCED)
def test_with_the_rule_off_its_tests_fail(runs: Runs, rule: str) -> None:
    done = runs[rule].result()
    assert FAILED == done.returncode, done.stdout + done.stderr
    assert "1 failed" in done.stdout
