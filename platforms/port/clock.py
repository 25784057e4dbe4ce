"""The part of the contract that is about time."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The workspace's time: the platform's own, or a sandbox's."""

    def now(self) -> datetime:
        """The workspace's time. On a sandbox it has a clock of its own; sequences have advanced to it."""

    def glance_at_clock(self) -> datetime:
        """The workspace's time, without bringing anything about: nothing advances, no clock stops or starts."""

    def one_look(self) -> AbstractContextManager[None]:
        """Within it nothing is changed, and nothing need be read twice: what is decided is as of one moment."""

    def clock_rate(self) -> float:
        """Seconds of the workspace's time for each second of ours; 0 where it only moves by `advance`."""

    def advance(self, to: datetime) -> None:
        """Move a clock that only moves by hand to `to`. Repeated, or into the past: nothing happens.

        Raises InvalidInput where the clock runs by itself.
        """
