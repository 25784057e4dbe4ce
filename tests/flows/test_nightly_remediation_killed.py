"""A night that is killed with SIGKILL while an ownership change runs in it, and taken up by `handoff resume`."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journal import loans, operations
from models.changes import ChangeMailboxOwner
from tests.flows.processes import carried_out, handoff, journal_of, sandbox_of
from tests.workspaces import ANAS_MAILBOX, BO, PIA, PLAY, QUIN, running, workspace


def sweep_the_silent(home: Path, prefect_server: str) -> None:
    """Minutes later, `handoff restore` gives back what the runs that were killed had borrowed."""
    journal = journal_of(home)
    for row in operations.in_flight(journal):
        operations.update(journal, row.id, alive_until=datetime.now(UTC) - timedelta(minutes=1))
    assert 0 == handoff(home, prefect_server, "restore").returncode
    assert [] == loans.open_loans(journal)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "swept"),
    [(3, False), (6, False), (3, True)],
    ids=["with a setting out", "on its way back", "with a setting out that a sweep gave back"],
)
def test_resumed_the_run_that_it_had_begun_goes_on(
    prefect_server: str, tmp_path: Path, number: int, *, swept: bool
) -> None:
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
    if swept:
        sweep_the_silent(home, prefect_server)
        left = operations.get(journal, under_way["ownership-change"])
        assert left is not None
        assert ("needs_attention", None) == (left.status, left.ended_at), "it has not ended: nobody is back"

    resumed = handoff(home, prefect_server, "resume", under_way["nightly-remediation"], "--yes", "--json")
    assert 0 == resumed.returncode, resumed.stderr
    assert (2, []) == (json.loads(resumed.stdout)["counts"]["enrolled"], json.loads(resumed.stdout)["differences"])
    live = [row.id for row in operations.past(journal) if row.procedure == "ownership-change"]
    assert [under_way["ownership-change"]] == live
    assert [] == [*loans.open_loans(journal), *operations.in_flight(journal)]
    runs = [e.person for e in sandbox.workspace_record().enrollments if e.state in ("queued", "active")]
    assert team == sorted(runs)
