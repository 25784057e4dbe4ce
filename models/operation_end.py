"""When an operation has ended: the one meaning of it, for sweeps, nights, resuming and reports.

`needs_attention` alone does not tell. A run that came to its end says so where something is left to a person; a sweep
says so of one that it could not leave as it was, and that one is gone on with. What tells them apart is `ended_at`.
"""

from datetime import datetime
from typing import Protocol

TO_THE_END = ("planned", "completed", "needs_attention")
"""How an operation ends that did all it meant to do."""


class Ending(Protocol):
    """An operation's row in the journal, or its report."""

    @property
    def status(self) -> str:
        """As docs/interface.md spells it."""

    @property
    def ended_at(self) -> datetime | None:
        """The workspace's time; None: it has not ended."""


def has_ended(operation: Ending) -> bool:
    """Whether it has ended in whichever way: nobody carries it, and what it borrowed is nobody's but a sweep's."""
    return operation.ended_at is not None


def came_to_its_end(operation: Ending) -> bool:
    """Whether it has ended and did what it meant to do: it was not cut short, not cancelled, and did not fail."""
    return has_ended(operation) and operation.status in TO_THE_END


def is_left_to_a_person(operation: Ending) -> bool:
    """Whether a sweep or a failed run put it down before its end, for a person to go on with it or to cancel it."""
    return not has_ended(operation) and operation.status == "needs_attention"


def can_go_on(operation: Ending) -> bool:
    """Whether `handoff resume` goes on with it."""
    return not has_ended(operation) or operation.status == "failed"
