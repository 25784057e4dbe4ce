"""The chunk that this process carries: taken, kept by signs of life, and put down.

One process carries a chunk at a time. Who lost it, since it gave no sign of life for minutes or somebody ended the
operation, notices before it sends anything more: see `refuse_if_lost`.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from journal import chunks
from journal.database import Journal
from models.errors import Refused
from models.tables.chunks import ChunkRow
from tasks import carrying
from tasks.heartbeat import EVERY, LIFE_SIGN


@dataclass(frozen=True)
class _Held:
    journal: Journal
    operation_id: str
    over: threading.Event


_held: dict[int, _Held] = {}


def is_carried(chunk: ChunkRow) -> bool:
    """Whether a process carries a chunk: one that promised a sign of life for later, and is not seen to be gone."""
    alive = chunk.carrier_until is not None and chunk.carrier_until > datetime.now(UTC)
    return chunk.carrier is not None and alive and not carrying.is_gone(chunk.carrier)


def take(journal: Journal, seen: ChunkRow) -> ChunkRow | None:
    """Carry a chunk from now on, in this process; None where another does, or it has ended."""
    me = carrying.this_process()
    if seen.carrier != me and is_carried(seen):
        return None
    taken = chunks.take(journal, seen, me, datetime.now(UTC) + LIFE_SIGN)
    if taken is not None and taken.id is not None:
        held = _held[taken.id] = _Held(journal, taken.operation_id, threading.Event())
        threading.Thread(target=_beat, args=(taken.id, me, held), daemon=True, name="chunk's heartbeat").start()
    return taken


def _beat(chunk_id: int, carrier: str, held: _Held) -> None:
    while not held.over.wait(EVERY.total_seconds()):
        try:
            if not chunks.promise_life(held.journal, chunk_id, carrier, datetime.now(UTC) + LIFE_SIGN):
                return
        except SQLAlchemyError:  # a database that is away for a moment; the next beat may reach it
            continue


def put_down(chunk: ChunkRow, *, ended: bool = False) -> None:
    """Carry a chunk no more: everybody has an outcome (`ended`), or this process cannot go on with it."""
    held = _held.pop(chunk.id or 0, None)
    if held is not None:
        held.over.set()
        chunks.put_down(held.journal, chunk.id or 0, carrying.this_process(), ended=ended)


def refuse_if_lost() -> None:
    """Raise Refused where this process carries a chunk that is not its own any more."""
    for chunk_id, held in tuple(_held.items()):
        if not chunks.is_carried_by(held.journal, chunk_id, carrying.this_process()):
            raise Refused(
                "in_progress",
                f"a chunk of operation {held.operation_id} is not carried by this process any more: the operation was"
                " ended, or another process goes on with it",
                f"See `handoff show {held.operation_id}`",
            )


def forget(operation_id: str) -> None:
    """Carry no chunk of an operation any more: nobody does."""
    for chunk_id in [chunk_id for chunk_id, held in _held.items() if held.operation_id == operation_id]:
        _held.pop(chunk_id).over.set()
