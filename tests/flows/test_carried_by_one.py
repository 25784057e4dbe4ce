"""One operation, two processes: one carries it, the other is refused and changes nothing."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from journal import loans, operations
from models.carrier import Carrier
from models.changes import ChangeMailboxOwner
from models.errors import InvalidInput, Refused
from tasks.cancelling import cancel_operation
from tasks.carrying import take_up_to_end, this_process
from tasks.operation import Operation
from tests.flows.house import House
from tests.flows.processes import carried_out, handoff, journal_of, sandbox_of, the_one_under_way
from tests.workspaces import ANAS_MAILBOX, BO, OUTBOUND, PIA, PLAY, QUIN, running, workspace


@pytest.mark.slow
def test_of_two_that_resume_at_once_one_goes_on_and_the_other_is_told_which(
    prefect_server: str, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("HANDOFF_SANDBOX_CLOCK=x60\n")  # the wait takes 15 seconds: both are there
    sandbox, team = sandbox_of(tmp_path), [PIA, QUIN]
    sandbox.load(workspace(people=team, enrollments=[running(email, play=PLAY) for email in team]))
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    done = carried_out(tmp_path, prefect_server, "ownership-change", {"mailbox": ANAS_MAILBOX}, "after", 3)
    assert -9 == done.returncode
    operation_id = the_one_under_way(tmp_path, done)

    with ThreadPoolExecutor() as pool:
        words = ("resume", operation_id, "--yes", "--json")
        both = list(pool.map(lambda _: handoff(tmp_path, prefect_server, *words), range(2)))
    went_on, refused = sorted(both, key=lambda one: one.returncode)
    assert (0, 2) == (went_on.returncode, refused.returncode), refused.stderr + went_on.stderr
    assert "is carried already, by process" in refused.stderr + refused.stdout
    journal = journal_of(tmp_path)
    row = operations.get(journal, operation_id)
    assert row is not None
    assert ("completed", None) == (row.status, row.carrier)
    assert [] == loans.open_loans(journal)
    assert sorted(team) == sorted(
        e.person for e in sandbox.workspace_record().enrollments if e.state in ("queued", "active")
    )


def taken_over(house: House, operation_id: str) -> None:
    """A process of another machine, alive, takes the operation up."""
    other = replace(Carrier.parse(this_process()), machine="another machine")
    until = datetime.now(UTC) + timedelta(minutes=3)
    operations.update(house.journal, operation_id, carrier=str(other), carrier_until=until)


def test_a_process_that_lost_its_operation_stops_and_leaves_it_to_the_other(house: House) -> None:
    house.load_and_change_owner(workspace(enrollments=[running(PIA, play=PLAY)]))

    def lose() -> None:
        taken_over(house, operations.in_flight(house.journal)[0].id)

    house.listener.once("moving the clock", lose)
    with pytest.raises(Refused, match="is carried already, by process"):
        house.run()
    [row] = operations.in_flight(house.journal)
    assert "open" == loans.of_operation(house.journal, row.id)[0].state, "the other one relies on it"
    with pytest.raises(Refused, match="is carried already"):
        house.run(operation=row.id)
    with pytest.raises(Refused, match="is carried already"):
        cancel_operation(row.id)
    assert [] != loans.open_loans(house.journal)

    operations.update(house.journal, row.id, carrier_until=datetime.now(UTC))  # the other one died elsewhere
    assert 1 == house.run(operation=row.id).counts["enrolled"]
    assert house.place(PIA, OUTBOUND) is not None


def test_a_run_that_comes_to_its_end_while_somebody_cancels_it_has_ended_well(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.load_and_change_owner(workspace(enrollments=[running(PIA, play=PLAY)]))
    report = house.run()
    row = operations.get(house.journal, report.operation_id)
    assert row is not None
    before_its_end = row.model_copy(update={"status": "running", "ended_at": None})
    seen = Operation(before_its_end, house.journal, house.sandbox)
    monkeypatch.setattr(Operation, "at_hand", lambda operation_id: seen)
    with pytest.raises(InvalidInput, match=r"has ended \(completed\)"):
        cancel_operation(row.id)
    assert not take_up_to_end(house.journal, before_its_end), "nor does a hook or a sweep end it"
    now = operations.get(house.journal, row.id)
    assert now is not None
    assert ("completed", row.ended_at, None) == (now.status, now.ended_at, now.carrier)
