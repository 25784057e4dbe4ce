"""How a wait ended: three ways, three types."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Done:
    """What was waited for is so; `proved_by` is `probe`, or `clock` where nobody looked."""

    proved_by: str


@dataclass(frozen=True)
class Refused:
    """It will never be so, and why."""

    why: str


@dataclass(frozen=True)
class TimedOut:
    """It was not proved in time."""


WaitEnd = Done | Refused | TimedOut
