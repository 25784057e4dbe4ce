"""What a workspace file leaves unsaid of an enrollment, worked out from the rest: load fills in, dump leaves out."""

from datetime import datetime, timedelta
from typing import Any

from models.records import RUNNING, Enrollment, EnrollmentStep, Sequence, SequenceStep


def filled(enrollment: Enrollment, sequence: Sequence, now: datetime) -> Enrollment:
    """The enrollment with every derived field said, but for `steps`."""
    for name in ("version", "steps_done", "ended_at", "started_at", "end_reason", "next_step_at"):
        if getattr(enrollment, name) is None:
            value = derived(enrollment, sequence, now)[name]
            enrollment = enrollment.model_copy(update={name: value})
    return enrollment


def derived(enrollment: Enrollment, sequence: Sequence, now: datetime) -> dict[str, Any]:
    """The default of each derived field, given the enrollment's other fields."""
    running = enrollment.state in RUNNING
    length = len(steps_followed(enrollment, sequence))
    steps_done = {"queued": 0, "active": 1, "finished": length, "canceled": 0}[enrollment.state]
    return {
        "version": sequence.version,
        "steps_done": steps_done,
        "ended_at": None if running else now,
        "started_at": min(now, enrollment.ended_at or now),
        "end_reason": {"finished": "completed", "canceled": "unenrolled"}.get(enrollment.state),
        "next_step_at": _next_step_at(enrollment, sequence, now) if running else None,
    }


def _next_step_at(enrollment: Enrollment, sequence: Sequence, now: datetime) -> datetime | None:
    done, steps = enrollment.steps_done or 0, steps_followed(enrollment, sequence)
    if done >= len(steps):
        return None
    return step_time(enrollment.started_at or now, steps, done + 1)


def steps_followed(enrollment: Enrollment, sequence: Sequence) -> tuple[SequenceStep, ...]:
    """The steps of an enrollment's version; the present ones stand in where that version's are not known any more."""
    return sequence.steps_of(enrollment.version) or sequence.steps


def step_time(start: datetime, steps: tuple[SequenceStep, ...], number: int) -> datetime:
    """When step `number` (from 1) of an enrollment begun at `start` is due, waits added up."""
    return start + timedelta(days=sum(step.wait_days for step in steps[1:number]))


def derived_steps(enrollment: Enrollment, sequence: Sequence, now: datetime) -> list[EnrollmentStep]:
    """The steps that an enrollment (filled) must have had: those done, and the next one where it runs."""
    start, done = enrollment.started_at or now, enrollment.steps_done or 0
    last, followed = enrollment.ended_at or now, steps_followed(enrollment, sequence)
    steps = [
        EnrollmentStep(number=number, status="FINISHED", at=min(step_time(start, followed, number), last))
        for number in range(1, done + 1)
    ]
    if enrollment.next_step_at is not None:
        steps.append(EnrollmentStep(number=done + 1, status="SCHEDULED", at=enrollment.next_step_at))
    return steps
