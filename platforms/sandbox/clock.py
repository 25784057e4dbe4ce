"""The workspace's own clock: simulated (moved by hand), real, or real time multiplied (`x600`).

A running clock counts on from the instant that was written last, so that a workspace dated last November
does not leap to today when somebody lets its clock run.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from models.errors import InvalidInput
from platforms.sandbox.store import Work


def seconds(moment: datetime) -> int:
    """An instant as the sandbox's tables keep it: whole seconds since 1970."""
    return int(moment.timestamp())


def moment(instant: int) -> datetime:
    """The reverse of `seconds`."""
    return datetime.fromtimestamp(instant, UTC)


def iso(instant: int) -> str:
    """An instant as JSON shows it."""
    return moment(instant).isoformat().replace("+00:00", "Z")


def moments(row: dict[str, Any], *names: str) -> dict[str, Any]:
    """A row with its instants of these names as moments."""
    return row | {name: None if row[name] is None else moment(row[name]) for name in names}


@dataclass(frozen=True)
class ClockMode:
    """How the workspace's time passes. `rate` is seconds of its time for each second of ours; 0 is by hand only."""

    name: str
    rate: float

    @classmethod
    def parse(cls, text: str) -> "ClockMode":
        """`simulated`, `real` or `x600`. Raises InvalidInput otherwise."""
        if text == "simulated":
            return cls(text, 0.0)
        if text == "real":
            return cls(text, 1.0)
        if text.startswith("x") and text[1:].isdigit() and int(text[1:]) > 0:
            return cls(text, float(text[1:]))
        raise InvalidInput(
            "HANDOFF_SANDBOX_CLOCK", f"'{text}' is no clock", "Write simulated, real or a speed such as x600"
        )

    def read(self, work_row: dict[str, Any]) -> int:
        """The instant now, given the workspace's row. A clock of another mode starts where that one stopped."""
        elapsed = time.time() - float(work_row["anchored_at"]) if work_row["clock"] == self.name else 0.0
        return int(float(work_row["now"]) + max(elapsed, 0.0) * self.rate)

    def write(self, work: Work, now: int, work_row: dict[str, Any]) -> None:
        """Set the workspace's instant: the running clock counts from here. Fractions of a second are not lost."""
        wall = time.time()
        if self.rate and work_row["clock"] == self.name and now > work_row["now"]:
            wall = float(work_row["anchored_at"]) + (now - work_row["now"]) / self.rate
        work.run(
            "UPDATE workspace SET now = :instant, clock = :clock, anchored_at = :wall",
            instant=now,
            clock=self.name,
            wall=wall,
        )
        work.now = now
