"""Two runs of one procedure on one mailbox: one goes on, whoever comes later is refused and told which."""

import subprocess
import sys

import pytest

from journal import loans
from tests.end_to_end.conftest import ROOT, Site
from tests.workspaces import ANAS_MAILBOX, PIA, PLAY, ended, workspace

LONG_WAIT = {"reenrollment_wait_min": 6 * 60, "reenrollment_wait_max": 7 * 60}  # three minutes of ours


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_of_two_runs_that_start_together_one_is_refused_and_so_is_the_shell_while_the_other_waits(site: Site) -> None:
    site.start_worker()
    site.sandbox.load(workspace(enrollments=[ended(PIA, play=PLAY, end_reason="mailbox_owner_changed")]))
    asked = {"mailbox": ANAS_MAILBOX, "contacts": f"email\n{PIA}\n", "dry_run": False, **LONG_WAIT}
    runs = [site.run(**asked) for _ in range(2)]
    states = {run: site.wait_for(run, "AwaitingPropagation", "Failed", "Crashed") for run in runs}
    [first] = [run for run, state in states.items() if state.name == "AwaitingPropagation"]
    [second] = [run for run, state in states.items() if state.name == "Failed"]
    named = f"operation {site.operation_of(first).id}"
    assert named in (states[second].message or "")
    assert named in refused_by_the_shell(site)
    assert "AwaitingPropagation" == site.server.state(first).name
    assert 2 == len(loans.open_loans(site.journal))  # those that were refused gave nothing back


def refused_by_the_shell(site: Site) -> str:
    """What `handoff run` says on its standard error."""
    words = ["run", "ownership-change", "--set", f"mailbox={ANAS_MAILBOX}", "--live", "--yes"]
    command = [sys.executable, "-c", "from cli.main import main; main()", *words]
    env = site.server.env | site.env | {"COLUMNS": "300"}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert 2 == done.returncode, done.stderr
    return done.stderr
