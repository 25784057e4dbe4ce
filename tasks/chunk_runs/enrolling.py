"""Enrolling many directly: the contacts are parted into chunks, and any worker may enroll one (decision 0060).

The run that carries the operation enrolls a chunk itself and starts a run of `enroll-chunk` for each of the others. It
waits for none of them while there is a chunk that nobody carries: that it enrolls itself. So it comes to its end also
where no worker takes the others' runs.
"""

import time
from collections.abc import Callable

from journal.chunks import Chunks
from models.enrollment_plan import Group
from models.errors import InvalidInput
from models.settings import Settings
from models.tables.chunks import ChunkRow
from models.wording import counted
from tasks import carrying
from tasks.chunk_runs import lease
from tasks.chunk_runs.starting import Starting, end_run_of
from tasks.narration import tell
from tasks.operation import Operation
from tasks.suspending import is_deployed

LOOK_EVERY = 3.0  # seconds between two looks at what others carry
MOST_BLOCKS = 10
"""Into so many blocks all contacts of a sequence are parted, over all chunks: each takes eight query jobs, of which
there are 100 a day."""
EnrollBlock = Callable[[str, ChunkRow, Group, int], int]
"""Enrolls the next contacts of a chunk, so many at most; gives how many there were."""


def enroll_in_chunks(operation: Operation, group: Group, enroll: EnrollBlock, block: int) -> None:
    """Enroll a large group together with other workers. Nothing happens where the group is not parted.

    Repeated after a crash: chunks that others carry are theirs, and the rest is enrolled after a look at who was.
    """
    chunks = Chunks(operation.journal, operation.id)
    parted = chunks.of(group.target, group.wave)
    if not parted and is_parted(operation, group):
        parted = chunks.cut(group.target, group.wave, Settings().workers)
        tell(f"{counted(group.contacts, 'contact')} parted into {counted(len(parted), 'chunk')}, for any worker")
    starting, mine = Starting(operation), None
    while left := [chunk for chunk in chunks.of(group.target, group.wave) if chunk.ended_at is None]:
        Operation.at_hand(operation.id)  # raises where another process carries the operation by now
        mine = mine or _take_one(operation, left)
        starting.begin_runs([chunk for chunk in left if mine is None or chunk.id != mine.id])
        if mine is None:
            time.sleep(LOOK_EVERY)
            continue
        size = size_of_block(mine, len(parted), block)
        if enroll(operation.id, mine, group, size) < size:
            lease.put_down(mine, ended=True)
            mine = None


def size_of_block(chunk: ChunkRow, chunks: int, least: int) -> int:
    """How many contacts of a chunk, one of so many, are enrolled before what came of it is looked up."""
    return max(least, -(-chunk.contacts // max(MOST_BLOCKS // chunks, 1)))


def is_parted(operation: Operation, group: Group) -> bool:
    """Whether the contacts of a group are enrolled by several workers: each takes a request, they are many, workers
    carry the operation, and there are several."""
    settings = Settings()
    enough = group.contacts >= settings.workers_from
    return settings.workers > 1 and enough and operation.platform.enrolls_one_by_one and is_deployed()


def _take_one(operation: Operation, left: list[ChunkRow]) -> ChunkRow | None:
    """Take a chunk that nobody carries, and end the run that was to; None where each is carried."""
    for chunk in left:
        taken = lease.take(operation.journal, chunk)
        if taken is not None:
            end_run_of([chunk])
            return taken
    return None


def carry_chunk(operation_id: str, chunk_id: int, enroll: EnrollBlock, block: int) -> str:
    """Enroll a chunk in this process, as a run of `enroll-chunk`; give what became of it, in a sentence.

    Nothing is enrolled where another process carries the chunk, or nobody carries its operation: then nobody knows
    whether it goes on. Raises InvalidInput for a chunk that there is not.
    """
    operation = Operation.at_hand(operation_id)
    seen = Chunks(operation.journal, operation.id).get(chunk_id)
    if seen is None:
        raise InvalidInput(
            "chunk", f"operation {operation_id} has none of the number {chunk_id}", "It is given by runs"
        )
    if not carrying.is_carried(operation.row):
        return f"operation {operation_id} is not carried by any process now: it starts its chunks itself"
    chunk = lease.take(operation.journal, seen)
    if chunk is None:
        return f"chunk {seen.number} is carried by another process, or everybody in it has an outcome"
    whole = Chunks(operation.journal, operation.id).of(chunk.sequence, chunk.wave)
    size = size_of_block(chunk, len(whole), block)
    group = Group(target=chunk.sequence, play=None, contacts=chunk.contacts, name="", wave=chunk.wave)
    try:
        while enroll(operation.id, chunk, group, size) == size:
            pass
    except BaseException:  # also where the worker ends this process: another may go on at once
        lease.put_down(chunk)
        raise
    lease.put_down(chunk, ended=True)
    return f"chunk {chunk.number}: {counted(chunk.contacts, 'contact')} have an outcome"
