"""What happens when a run fails, crashes or is cancelled: what it borrowed is given back."""

from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State

from journal import operations, questions, waits
from journal.database import Journal
from models.errors import HandoffError, Refused
from models.operation_end import has_ended
from models.settings import Settings
from models.wording import counted
from tasks import carrying, heartbeat
from tasks.borrowing import return_everything
from tasks.chunk_runs.starting import end_chunk_runs
from tasks.exclusion_rerun.watching import look_before_it_ends
from tasks.narration import tell
from tasks.operation import Operation
from tasks.parts import open_parts
from tasks.reporting import conclude, write_files
from tasks.running_under import keeps_people_running
from tasks.unfinished import finish_or_name


def give_back_hook(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Give back what the run's operation borrowed, and write down how it ended.

    Prefect calls hooks by these parameter names. None is called for a run that waits, nor after SIGKILL of flow and
    worker together, nor when a suspension times out: then `restore-settings` gives back.
    """
    release_operation_of(
        flow_run.id, "cancelled" if state.is_cancelled() or state.is_cancelling() else "failed", state.message or ""
    )


def fail_what_this_process_carries(why: str) -> None:
    """The same for a dry run that Prefect knows nothing of."""
    for operation_id in heartbeat.beating():
        release(Operation.at_hand(operation_id), "failed", why)


def release_operation_of(flow_run_id: UUID, status: str, why: str) -> None:
    """Give back what the operation of a flow run borrowed, if it is still under way and no other process carries it."""
    journal = Journal(Settings().journal_url)
    row = operations.of_flow_run(journal, str(flow_run_id))
    if row is None or has_ended(row):
        return
    try:
        if not carrying.take_up_to_end(journal, row):
            return
    except Refused as error:
        tell(f"nothing is given back here: {error}")
        return
    release(Operation.at_hand(row.id), status, why)


def end_parts(operation: Operation, status: str, why: str) -> None:
    """End the parts of an operation that have not ended, as `release` does, and what other workers enroll of it."""
    end_chunk_runs(operation)
    for row in open_parts(operation):
        if carrying.take_up_to_end(operation.journal, row):
            release(Operation.at_hand(row.id), status, why)
            if status == "cancelled":
                conclude.fn(row.id, status)


def release(operation: Operation, status: str, why: str) -> None:
    """Finish the pairs that an operation and its parts had begun, give back what they borrowed, and end them.

    An exclusion under which people run stays off where nobody decided otherwise (a run that failed, not one that was
    cancelled): giving it back would take them out of their sequences (R62). It goes back at its deadline.
    """
    end_parts(operation, status, why)
    finish_or_name(operation, for_good=status == "cancelled")
    declined = look_before_it_ends(operation)
    if status == "failed" and (people := keeps_people_running(operation)):
        _keep(operation, len(people), why, declined)
        return
    for wait in waits.of_operation(operation.journal, operation.id):
        waits.end(operation.journal, operation.id, wait.waits_for, "refused", None, operation.now())  # not those ended
    next_steps = [*([_how_to_go_on(operation, why)] if status == "failed" else []), *declined]
    next_steps += Operation.at_hand(operation.id).row.next or []  # who could not be put in again
    try:
        next_steps += [f"{left}; then `handoff restore`" for left in return_everything(operation)]
    except HandoffError as error:
        next_steps += [f"not everything could be given back ({error}): run `handoff restore` as soon as it can"]
    questions.close(operation.journal, operation.id, "expired")
    operation.update(status=status, failure=why, next=list(dict.fromkeys(next_steps)), ended_at=operation.now())
    carrying.put_down(operation.journal, operation.id)
    write_files(Operation.at_hand(operation.id))


def _how_to_go_on(operation: Operation, why: str) -> str:
    reason = why.strip().partition("\n")[0].rstrip(".") or "its run ended early"
    return f"{reason}. Once that is mended, `handoff resume {operation.chain[-1]}` goes on where it was"


def _keep(operation: Operation, people: int, why: str, declined: list[str]) -> None:
    runs = counted(people, "contact runs", "contacts run")
    line = (
        f"the run ended early, and {runs} under the exclusion that it turned off: it stays off until its deadline, as"
        f" giving it back removes them (R62). `handoff resume {operation.id}` goes on,"
        f" `handoff cancel {operation.id}` gives it back now"
    )
    operation.update(status="needs_attention", failure=why)
    operation.add_next(line, *declined)
    carrying.put_down(operation.journal, operation.id)
