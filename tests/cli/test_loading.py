"""Commands that only look answer without Prefect."""

import subprocess
import sys

import pytest

WITHOUT_PREFECT = (
    ["--help"],
    ["run", "--help"],
    ["status"],
    ["history", "--json"],
    ["doctor"],
    ["sandbox", "state"],
    ["sandbox", "do", "opt_out", "person=pia@x.test"],
    ["explain", "pia@x.test", "--sequence", "Outbound"],
    ["sandbox", "advance", "2h"],
    ["procedures", "--json"],
    ["run", "ownership-change", "--help"],
)
PROBE = """
import sys
sys.argv[1:] = {words!r}
from cli.main import main
try: main()
finally: print("prefect" in sys.modules, file=sys.stderr)
"""


@pytest.mark.parametrize("words", WITHOUT_PREFECT, ids=" ".join)
def test_a_command_that_only_looks_does_not_load_prefect(loaded, words: list[str]) -> None:
    probe = PROBE.format(words=words)
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert ("False", 0) == (done.stderr.splitlines()[-1], done.returncode), done.stderr


def test_no_request_loads_prefect() -> None:
    loads = "import sys; from cli.procedures import names, request_of; [request_of(one) for one in names()]"
    done = subprocess.run(
        [sys.executable, "-c", f"{loads}; print('prefect' in sys.modules)"], capture_output=True, text=True, check=True
    )
    assert "False" == done.stdout.strip()


def test_a_mistake_is_answered_before_prefect_is_loaded(loaded) -> None:
    probe = PROBE.format(words=["run", "ownership-change", "--mailbox", "nobody@x.test"])
    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=False)
    assert ("False", 2) == (done.stderr.splitlines()[-1], done.returncode), done.stderr
