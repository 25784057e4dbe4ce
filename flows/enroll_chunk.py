"""`enroll-chunk`: enroll some of the contacts of a large operation, for the run that carries it.

Only that run starts it, for a worker that is free (decision 0060). It borrows nothing, asks nobody and never waits:
what it did is in the journal, and where it ends early that run goes on with its contacts.
"""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed

from tasks.chunk_runs.enrolling import carry_chunk
from tasks.enrolling import CHUNK, enroll_block
from tasks.failing import failed_with, log_plainly


def name_of_this_run() -> str:
    """By which operation and chunk a run is known."""
    given: dict[str, Any] = flow_run.parameters or {}
    return f"chunk {given.get('chunk')} of operation {given.get('operation')}"


@flow(name="enroll-chunk", flow_run_name=name_of_this_run)
def enroll_chunk(operation: str, chunk: int) -> State[Any]:
    """Enroll some of the contacts of a large operation. Its own run starts this; nobody else needs to."""
    log_plainly()
    try:
        return Completed(message=carry_chunk(operation, chunk, enroll_block, CHUNK))
    except Exception as error:
        return failed_with(error)
