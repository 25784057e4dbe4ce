"""Runs of `enroll-chunk`: begun for chunks that nobody carries, begun anew where one was lost, and ended."""

from contextlib import suppress

from journal import chunks
from journal.chunks import Chunks
from models.errors import InvalidInput, Unreachable
from models.settings import Settings
from models.starting import chunk_key
from models.tables.chunks import ChunkRow
from tasks import carrying
from tasks.chunk_runs import lease
from tasks.narration import tell
from tasks.operation import Operation
from tasks.runs import ENDS_WITHIN, begin_run, end_runs, state_of
from tasks.suspending import is_deployed

ENROLL_CHUNK = "enroll-chunk"
MOST_STARTS = 3
"""A chunk whose runs ended early so often is left to the run that carries the operation, and fails there if it must."""
ENDED = ("crashed", "failed", "cancelled", "completed")


class Starting:
    """Begins runs for the chunks of one operation."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._chunks = Chunks(operation.journal, operation.id)
        self._possible = is_deployed() and Settings().workers > 1

    def begin_runs(self, left: list[ChunkRow]) -> None:
        """Begin a run for each of these that has none, or whose run was lost. Repeated: nothing more."""
        for chunk in left:
            if self._possible and self._needs_run(chunk):
                self._begin(chunk)

    def _needs_run(self, chunk: ChunkRow) -> bool:
        if lease.is_carried(chunk) or chunk.starts >= MOST_STARTS:
            return False
        if chunk.starts == 0 or chunk.carrier is not None or chunk.flow_run_id is None:
            return True
        return state_of(chunk.flow_run_id) in ENDED

    def _begin(self, chunk: ChunkRow) -> None:
        begun_before = chunk.starts > 0 and chunk.flow_run_id is None and chunk.carrier is None
        noted = chunk if begun_before else chunks.note_start(self._operation.journal, chunk)
        if noted is None:
            return  # somebody took it just now
        if chunk.carrier is not None:
            tell(f"chunk {chunk.number}: its process is gone; a run goes on with it after a look at who was enrolled")
            end_run_of([chunk])
        parameters = {"operation": self._operation.id, "chunk": chunk.id}
        try:
            # The key makes a start that is repeated after a crash find the run that was started.
            run = begin_run(ENROLL_CHUNK, parameters, chunk_key(self._operation.id, noted.id or 0, noted.starts))
        except InvalidInput as error:
            self._possible = False
            tell(f"this run enrolls everybody by itself: {error}")
            return
        self._chunks.note_run(noted, str(run.id))


def end_run_of(left: list[ChunkRow]) -> None:
    """End the runs that carry these chunks, or were to. Where Prefect's server does not answer they notice it by
    themselves: nobody carries the chunk for them any more."""
    gone = all(chunk.carrier is not None and carrying.is_gone(chunk.carrier) for chunk in left)
    with suppress(Unreachable):  # a worker that died with its machine's power ends nothing: there is none to wait for
        end_runs([chunk.flow_run_id for chunk in left if chunk.flow_run_id is not None], 0 if gone else ENDS_WITHIN)


def end_chunk_runs(operation: Operation) -> None:
    """End whatever is enrolled of an operation by other workers: nobody else is enrolled. Repeated: nothing more."""
    left = Chunks(operation.journal, operation.id).revoke()
    lease.forget(operation.id)
    end_run_of(left)
