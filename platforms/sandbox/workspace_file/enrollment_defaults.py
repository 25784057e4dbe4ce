"""What a workspace file leaves unsaid of an enrollment, worked out from the rest: load fills in, dump leaves out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from models.records import RUNNING, EndReason, Enrollment, Sequence
from platforms.sandbox.clock import seconds

STEPS_DONE = {"queued": 0, "active": 1, "canceled": 0}  # a finished one has done all
END_REASON: dict[str, EndReason] = {"finished": "completed", "canceled": "unenrolled"}


@dataclass(frozen=True, slots=True)
class Timetable:
    """The steps of one version of a sequence: their types, and after how many seconds from the beginning of an
    enrollment each is due, waits added up."""

    types: tuple[str, ...]
    due_after: tuple[int, ...]

    @classmethod
    def of(cls, sequence: Sequence, version: int | None) -> "Timetable":
        """That of a version; the present steps stand in where that version's are not known any more."""
        steps = sequence.steps_of(version) or sequence.steps
        waits = [0, *(step.wait_days for step in steps[1:])]
        due = (sum(waits[:number]) * 86_400 for number in range(1, len(steps) + 1))
        return cls(tuple(step.type for step in steps), tuple(due))

    def type_of(self, number: int) -> str:
        """The type of a step; of one beyond the end that of the last."""
        return self.types[min(number, len(self.types)) - 1]


class Timetables:
    """The timetable of each version of some sequences: worked out once, since thousands of enrollments share a few."""

    def __init__(self, sequences: Iterable[Sequence]) -> None:
        self.sequences = {sequence.name: sequence for sequence in sequences}
        self._found: dict[tuple[str, int | None], Timetable] = {}

    def followed(self, enrollment: Enrollment) -> Timetable:
        """That of the steps that an enrollment follows."""
        which = enrollment.sequence, enrollment.version
        found = self._found.get(which)
        if found is None:
            found = self._found[which] = Timetable.of(self.sequences[enrollment.sequence], enrollment.version)
        return found


class Filled(NamedTuple):
    """What an enrollment has, said or not. Times are seconds."""

    version: int
    steps_done: int
    started_at: int
    ended_at: int | None
    end_reason: str | None
    next_step_at: int | None


Step = tuple[int, str, int]
"""A step that was done or is next: its number, its status, and when, in seconds."""


def filled(enrollment: Enrollment, timetables: Timetables, now: datetime) -> Filled:
    """The enrollment's fields with every derived one said."""
    timetable, sequence = timetables.followed(enrollment), timetables.sequences[enrollment.sequence]
    done, reason = enrollment.steps_done, enrollment.end_reason
    if done is None:
        done = STEPS_DONE.get(enrollment.state, len(timetable.types))
    started, ended = _seconds(enrollment.started_at), _seconds(enrollment.ended_at)
    due = _seconds(enrollment.next_step_at)
    if enrollment.state in RUNNING:
        started = seconds(now) if started is None else started
        if due is None and done < len(timetable.types):
            due = started + timetable.due_after[done]
    else:
        ended = seconds(now) if ended is None else ended
        reason = reason or END_REASON.get(enrollment.state)
        started = min(seconds(now), ended) if started is None else started
    version = sequence.version if enrollment.version is None else enrollment.version
    return Filled(version, done, started, ended, reason, due)


def derived(enrollment: Enrollment, timetables: Timetables, now: datetime) -> dict[str, Any]:
    """The default of each derived field, given the enrollment's other fields, of which none is left out."""
    running, timetable = enrollment.state in RUNNING, timetables.followed(enrollment)
    done, next_step_at = enrollment.steps_done or 0, None
    if running and done < len(timetable.types):
        next_step_at = (enrollment.started_at or now) + timedelta(seconds=timetable.due_after[done])
    return {
        "version": timetables.sequences[enrollment.sequence].version,
        "steps_done": STEPS_DONE.get(enrollment.state, len(timetable.types)),
        "ended_at": None if running else now,
        "started_at": min(now, enrollment.ended_at or now),
        "end_reason": END_REASON.get(enrollment.state),
        "next_step_at": next_step_at,
    }


def derived_steps(enrollment: Filled, timetable: Timetable, now: int) -> list[Step]:
    """The steps that an enrollment must have had: those done, and the next one where it runs."""
    done, last = enrollment.steps_done, now if enrollment.ended_at is None else enrollment.ended_at
    started = enrollment.started_at
    steps = [
        (number, "FINISHED", min(started + after, last)) for number, after in enumerate(timetable.due_after[:done], 1)
    ]
    if len(steps) < done:  # of a version that is not known any more there may have been more steps
        at = min(started + timetable.due_after[-1], last)
        steps.extend((number, "FINISHED", at) for number in range(len(steps) + 1, done + 1))
    if enrollment.next_step_at is not None:
        steps.append((done + 1, "SCHEDULED", enrollment.next_step_at))
    return steps


def _seconds(at: datetime | None) -> int | None:
    return None if at is None else seconds(at)
