"""Signs of life: while a process carries an operation, it promises the next one again and again.

A promise is kept in our time, not the workspace's: it is about a process. Before a run hands its process back it
promises a sign for after its waking time (`tasks/waiting.py`); a sweep trusts the promise, not Prefect's state, since
a run that was killed with its worker stays Running for ever.
"""

import threading
from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from journal import operations
from journal.database import Journal

EVERY = timedelta(seconds=20)
LIFE_SIGN = timedelta(minutes=3)  # a machine that swaps, or a worker that starts many runs, may be slow

_beating: dict[str, threading.Event] = {}


def promise(journal: Journal, operation_id: str, until: datetime | None = None) -> None:
    """Promise a sign of life: soon, or where the run waits, some minutes after it is to wake (our time)."""
    operations.promise_life(journal, operation_id, (until or datetime.now(UTC)) + LIFE_SIGN)


def start(journal: Journal, operation_id: str, carrier: str) -> None:
    """Give signs of life of an operation and of this process, its carrier, until `stop` or the end of the process."""
    if operation_id not in _beating:
        over = _beating[operation_id] = threading.Event()
        thread = threading.Thread(
            target=_beat, args=(journal, operation_id, carrier, over), daemon=True, name="heartbeat"
        )
        thread.start()


def is_beating(operation_id: str) -> bool:
    """Whether this process gives signs of life of an operation."""
    return operation_id in _beating


def beating() -> tuple[str, ...]:
    """The operations that this process gives signs of life of."""
    return tuple(_beating)


def stop(operation_id: str) -> None:
    """Give no more signs of life: this process carries the operation no more."""
    if (over := _beating.pop(operation_id, None)) is not None:
        over.set()


def _beat(journal: Journal, operation_id: str, carrier: str, over: threading.Event) -> None:
    while not over.wait(EVERY.total_seconds()):
        try:
            operations.promise_life(journal, operation_id, datetime.now(UTC) + LIFE_SIGN, carrier)
        except (SQLAlchemyError, KeyError):  # a database that is away for a moment; the next beat may reach it
            continue
