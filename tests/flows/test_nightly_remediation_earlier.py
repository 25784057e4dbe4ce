"""What a night tells of runs that earlier ones started: by the journal, and else by what Prefect says of them."""

from datetime import UTC, datetime
from uuid import uuid4

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Failed, Paused, Running, Scheduled

from journal.changes import Changes
from tasks.nightly_remediation.earlier import busy_mailboxes, earlier_runs
from tasks.operation import Operation
from tasks.suspending import WAITING
from tests.flows.house import House
from tests.workspaces import workspace

STATES: dict[str, tuple[State[object], str, bool, str]] = {
    "asks@x.test": (Paused(name="Suspended"), "waiting for an approval since", False, "answer its form in Prefect"),
    "waits@x.test": (Scheduled(name=WAITING, message="for settings until noon"), "for settings until noon", False, ""),
    "late@x.test": (Scheduled(name="Late"), "not started, Late since", False, "see that a worker is running"),
    "works@x.test": (Running(), "Running since", False, ""),
    "failed@x.test": (Failed(message="the disk is full"), "the disk is full", True, "look at that run"),
}


@flow
def started() -> None:
    """Stands for a run that the night started and that has begun no operation."""


def runs_in(states: dict[str, State[object]]) -> dict[str, str]:
    """A flow run in each of these states; gives their ids."""
    with get_client(sync_client=True) as client:
        return {name: str(client.create_flow_run(started, state=state).id) for name, state in states.items()}


def write_down(house: House, night: str, key: str, run: str) -> None:
    written = Changes(house.journal, night, lambda: datetime.now(UTC))
    written.intend(key, "ownership-change", f"ownership-change for {key}")
    written.applied(key, {"flow_run_id": run})


def test_a_run_that_has_not_ended_is_told_by_its_state_with_what_to_do_and_keeps_its_mailbox_busy(house: House) -> None:
    house.load(workspace())
    first = house.carry_out("nightly-remediation").operation_id
    runs = runs_in({mailbox: state for mailbox, (state, *_) in STATES.items()})
    for mailbox, run in runs.items():
        write_down(house, first, f"changed:{mailbox}:1", run)
    write_down(house, first, "changed:gone@x.test:1", str(uuid4()))

    second = house.carry_out("nightly-remediation")
    assert "needs_attention" == second.status
    for mailbox, (_, words, _, remedy) in STATES.items():
        assert any(words in line and runs[mailbox] in line for line in second.plan), mailbox
        assert bool(remedy) == any(remedy in line and runs[mailbox] in line for line in second.next if remedy)
    assert any("did not begin; this Prefect does not know its run" in line for line in second.plan)

    third = house.carry_out("nightly-remediation")  # what had ended by the second night is old by now
    for mailbox, (_, _, ended, _) in STATES.items():
        assert ended != any(runs[mailbox] in line for line in third.plan), mailbox
    operation = Operation.at_hand(third.operation_id)
    busy = busy_mailboxes(operation, earlier_runs(operation))
    assert {mailbox for mailbox, (_, _, ended, _) in STATES.items() if not ended} == busy
