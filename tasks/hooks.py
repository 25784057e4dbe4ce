"""What happens when a run fails, crashes or is cancelled: what it borrowed is given back."""

from typing import Any
from uuid import UUID

from prefect import Flow
from prefect.client.schemas.objects import FlowRun, State

from journal import operations, waits
from journal.database import Journal
from models.errors import HandoffError
from models.settings import Settings
from tasks.borrowing import return_everything
from tasks.operation import Operation


def give_back_hook(flow: Flow[..., Any], flow_run: FlowRun, state: State[Any]) -> None:
    """Give back what the run's operation borrowed, and write down how it ended.

    Prefect calls hooks by these parameter names. None is called for a run that waits, nor after SIGKILL of flow and
    worker together: then `handoff restore` gives back.
    """
    release_operation_of(
        flow_run.id, "cancelled" if state.is_cancelled() or state.is_cancelling() else "failed", state.message or ""
    )


def release_operation_of(flow_run_id: UUID, status: str, why: str) -> None:
    """Give back what the operation of a flow run borrowed, if it is still under way."""
    journal = Journal(Settings().journal_url)
    row = operations.of_flow_run(journal, str(flow_run_id))
    if row is None or row.ended_at is not None:
        return
    operation = Operation.at_hand(row.id)
    for wait in waits.of_operation(journal, row.id):
        waits.end(journal, row.id, wait.waits_for, "refused", None, operation.now())  # leaves alone what has ended
    next_steps = []
    try:
        return_everything(operation)
    except HandoffError as error:
        next_steps = [f"not everything could be given back ({error}): run `handoff restore` as soon as it can"]
    operations.update(journal, row.id, status=status, failure=why, next=next_steps, ended_at=operation.now())
