"""How far an enrollment came, by its steps: the API has no state "queued" and tells no place. Pure."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime

from platforms.unify.enrollment_documents import StepRow


@dataclass(slots=True)
class Progress:
    """How far one enrollment came. `done_up_to` is the highest step carried out, at `done_at`; `lowest` the first one
    that it has."""

    done_up_to: int = 0
    done_at: datetime | None = None
    lowest: int | None = None
    version: int | None = None

    @property
    def steps_done(self) -> int:
        """The place reached: whoever resumed at step 3 has two behind them, of an earlier enrollment (R9)."""
        return self.done_up_to or max(0, (self.lowest or 1) - 1)

    @property
    def queued(self) -> bool:
        """Whether no step of this enrollment was carried out yet (Q4)."""
        return not self.done_up_to

    def add(self, step: StepRow) -> None:
        """Take in one of its steps, in whichever order."""
        self.version = step.version if step.version is not None else self.version
        if step.number is None:
            return
        self.lowest = step.number if self.lowest is None else min(self.lowest, step.number)
        if step.done and step.number >= self.done_up_to:
            self.done_up_to, self.done_at = step.number, step.ended_at or step.sent_at


def progress_of(steps: Iterable[StepRow], enrollments: Container[str] | None = None) -> dict[str, Progress]:
    """How far each of these enrollments (None: every one) came, by id; one without any step is not there."""
    found: dict[str, Progress] = {}
    for step in steps:
        if enrollments is None or step.enrollment_id in enrollments:
            found.setdefault(step.enrollment_id, Progress()).add(step)
    return found
