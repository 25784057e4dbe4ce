"""Enrollments read back from the sandbox's tables, with those of their steps that a file has to say."""

from collections import defaultdict
from datetime import datetime
from typing import Any

from models.records import RUNNING, Enrollment, EnrollmentStep, EnrollmentTaskAssignment, Sequence
from platforms.sandbox.clock import moments
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.enrollment_defaults import derived_steps


def read_enrollments(work: Work, sequences: dict[str, Sequence], now: datetime) -> tuple[Enrollment, ...]:
    """The enrollments; `steps` where a file has to say them, `task_assignment` of those that run. `sequences` go by
    their names."""
    steps, explicit = _steps(work)
    found = []
    for row in work.rows(
        "SELECT e.id, p.email AS person, s.name AS sequence, m.email AS mailbox, y.name AS play, e.state,"
        " e.steps_done, e.version, e.started_at, e.ended_at, e.end_reason, u.email AS enrolled_by, e.next_step_at,"
        " COALESCE(z.paused, FALSE) AS paused, z.until AS paused_until, e.assign_mode, a.email AS assign_user"
        " FROM enrollment e JOIN person p ON p.id = e.person_id JOIN sequence s ON s.id = e.sequence_id"
        " JOIN mailbox m ON m.id = e.mailbox_id LEFT JOIN play y ON y.id = e.play_id"
        " LEFT JOIN user_account u ON u.id = e.enroller_id LEFT JOIN user_account a ON a.id = e.assign_user_id"
        " LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id"
        " ORDER BY e.id"
    ):
        number = row.pop("id")
        record = Enrollment.model_construct(
            task_assignment=_kept_assignment(row),
            paused=bool(row.pop("paused")),
            **moments(row, "started_at", "ended_at", "next_step_at", "paused_until"),
            steps=(),
        )
        # Of one that runs, what was worked out at another time of the clock is worth saying too.
        if number in explicit or (
            number in steps and steps[number] != derived_steps(record, sequences[row["sequence"]], now)
        ):
            record = record.model_copy(update={"steps": tuple(steps[number])})
        found.append(record)
    return tuple(found)


def _kept_assignment(row: dict[str, Any]) -> EnrollmentTaskAssignment | None:
    mode, user = row.pop("assign_mode"), row.pop("assign_user")
    return EnrollmentTaskAssignment.model_construct(mode=mode, user=user) if row["state"] in RUNNING else None


def _steps(work: Work) -> tuple[dict[int, list[EnrollmentStep]], set[int]]:
    """The steps of the enrollments that run or whose steps are not all derived, and which the latter are."""
    steps: dict[int, list[EnrollmentStep]] = defaultdict(list)
    explicit: set[int] = set()
    for row in work.rows(
        "SELECT s.enrollment_id, s.number, s.status, s.at, s.derived FROM enrollment_step s JOIN enrollment e"
        " ON e.id = s.enrollment_id WHERE e.state IN ('queued', 'active') OR EXISTS (SELECT 1 FROM enrollment_step t"
        " WHERE t.enrollment_id = s.enrollment_id AND NOT t.derived) ORDER BY s.enrollment_id, s.number"
    ):
        number = row.pop("enrollment_id")
        if not row.pop("derived"):
            explicit.add(number)
        steps[number].append(EnrollmentStep.model_construct(**moments(row, "at")))
    return steps, explicit
