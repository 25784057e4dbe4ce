"""A night that is killed with SIGKILL while an ownership change runs in it, and taken up by `handoff resume`."""

import json
from pathlib import Path

import pytest

from journal import loans, operations
from models.changes import ChangeMailboxOwner
from tests.flows.processes import carried_out, handoff, journal_of, sandbox_of
from tests.workspaces import ANAS_MAILBOX, BO, PIA, PLAY, QUIN, running, workspace


@pytest.mark.slow
@pytest.mark.parametrize("number", [3, 6], ids=["with a setting out", "on its way back"])
def test_resumed_the_run_that_it_had_begun_goes_on(prefect_server: str, tmp_path: Path, number: int) -> None:
    home, team = tmp_path, [PIA, QUIN]
    sandbox = sandbox_of(home)
    sandbox.load(workspace(people=team, enrollments=[running(email, play=PLAY) for email in team]))
    assert 0 == carried_out(home, prefect_server, "nightly-remediation", {}).returncode
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    killed = carried_out(home, prefect_server, "nightly-remediation", {}, "after", number)
    assert -9 == killed.returncode, killed.stderr
    journal = journal_of(home)
    under_way = {row.procedure: row.id for row in operations.in_flight(journal)}
    assert {"nightly-remediation", "ownership-change"} == set(under_way)
    assert loans.open_loans(journal)

    resumed = handoff(home, prefect_server, "resume", under_way["nightly-remediation"], "--yes", "--json")
    assert 0 == resumed.returncode, resumed.stderr
    assert (2, []) == (json.loads(resumed.stdout)["counts"]["enrolled"], json.loads(resumed.stdout)["differences"])
    live = [row.id for row in operations.past(journal) if row.procedure == "ownership-change"]
    assert [under_way["ownership-change"]] == live
    assert [] == [*loans.open_loans(journal), *operations.in_flight(journal)]
    runs = [e.person for e in sandbox.workspace_record().enrollments if e.state in ("queued", "active")]
    assert team == sorted(runs)
