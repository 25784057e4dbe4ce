"""An operation as a story: what happened, one event after another, fit for an audit later."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

StartedFrom = Literal["shell", "deployment", "schedule", "automation", "night", "operation"]
"""Where an operation was started from: a command, a form or Prefect's API, a schedule, an automation, a night, or the
operation that it is part of."""
Happening = Literal[
    "begun",
    "planned",
    "asked",
    "approved",
    "declined",
    "borrowed",
    "waited",
    "probed",
    "let_go",
    "given_back",
    "read_back",
    "contact",
    "ended",
]
"""What an event may be, besides the kind of a change, such as `enroll`."""
HAPPENINGS: tuple[str, ...] = get_args(Happening)
MADE, REFUSED, NOT_KNOWN = "made", "refused", "not known"
"""What is known of a change."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in an operation.

    `at` and `until` are the workspace's time, `recorded_at` is ours; each is None where the journal has none. `who` is
    a person, a user of the workspace or what started it, None where nobody knows. `before` and `after` are mappings of
    the same keys where both are known. `state` is how it ended, where it can end in several ways.
    """

    what: str
    at: datetime | None
    who: str | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    about: str = ""
    state: str | None = None
    until: datetime | None = None
    recorded_at: datetime | None = None

    def document(self) -> dict[str, Any]:
        """The event as JSON has it: times in UTC, ISO 8601."""
        return {
            "at": as_text(self.at),
            "what": self.what,
            "who": self.who,
            "before": self.before,
            "after": self.after,
            "about": self.about,
            "state": self.state,
            "until": as_text(self.until),
            "recorded_at": as_text(self.recorded_at),
        }


def as_text(at: datetime | None) -> str | None:
    """`2026-11-02T09:00:00Z`, with what there is of a second."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at is not None else None
