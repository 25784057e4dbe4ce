"""Enrollments read back from the sandbox's tables, with those of their steps that a file has to say."""

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from models.records import RUNNING, Enrollment, EnrollmentStep, EnrollmentTaskAssignment
from platforms.sandbox.clock import moment, moments
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.enrollment_defaults import Filled, Step, Timetables, derived_steps

ENROLLMENTS = """
    SELECT e.id, p.email AS person, s.name AS sequence, m.email AS mailbox, y.name AS play, e.state, e.steps_done,
        e.version, e.started_at, e.ended_at, e.end_reason, u.email AS enrolled_by, e.next_step_at,
        COALESCE(z.paused, FALSE) AS paused, z.until AS paused_until, e.assign_mode, a.email AS assign_user
    FROM enrollment e JOIN person p ON p.id = e.person_id JOIN sequence s ON s.id = e.sequence_id
    JOIN mailbox m ON m.id = e.mailbox_id LEFT JOIN play y ON y.id = e.play_id
    LEFT JOIN user_account u ON u.id = e.enroller_id LEFT JOIN user_account a ON a.id = e.assign_user_id
    LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id ORDER BY e.id"""
STEPS = "SELECT enrollment_id, number, status, at, derived FROM enrollment_step ORDER BY enrollment_id, number"


def read_enrollments(work: Work, timetables: Timetables) -> Iterator[Enrollment]:
    """The enrollments; `steps` where a file has to say them, `task_assignment` of those that run."""
    every_step = _Steps(work)
    for row in work.each(ENROLLMENTS):
        steps, explicit = every_step.of(row.pop("id"))
        whole = Filled(*(row[name] for name in Filled._fields))
        record = Enrollment.model_construct(
            task_assignment=_kept_assignment(row),
            paused=bool(row.pop("paused")),
            **moments(row, "started_at", "ended_at", "next_step_at", "paused_until"),
            steps=(),
        )
        # Of one that runs, what was worked out at another time of the clock is worth saying too.
        if explicit or (
            steps and record.state in RUNNING and steps != derived_steps(whole, timetables.followed(record), work.now)
        ):
            record = record.model_copy(update={"steps": tuple(_record(step) for step in steps)})
        yield record


class _Steps:
    """The steps of one enrollment after another, in the order of their numbers."""

    def __init__(self, work: Work) -> None:
        rows: Iterator[tuple[Any, ...]] = (tuple(row) for row in work.run(STEPS))
        self._groups = groupby(rows, key=itemgetter(0))
        self._next = next(self._groups, None)

    def of(self, enrollment: int) -> tuple[list[Step], bool]:
        """Its steps, and whether some of them were not worked out; `enrollment` is after the one asked for before."""
        if self._next is None or self._next[0] != enrollment:
            return [], False
        rows = list(self._next[1])
        self._next = next(self._groups, None)
        return [(number, status, at) for _, number, status, at, _ in rows], not all(row[4] for row in rows)


def _record(step: Step) -> EnrollmentStep:
    return EnrollmentStep.model_validate({"number": step[0], "status": step[1], "at": moment(step[2])})


def _kept_assignment(row: dict[str, Any]) -> EnrollmentTaskAssignment | None:
    mode, user = row.pop("assign_mode"), row.pop("assign_user")
    return EnrollmentTaskAssignment.model_construct(mode=mode, user=user) if row["state"] in RUNNING else None
