"""The enrollments of a workspace and their steps into the sandbox's tables, some thousand at a time."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from models.records import Enrollment
from models.tables.workspace import EnrollmentPauseRow, EnrollmentRow, EnrollmentStepRow
from models.workspace import Workspace
from platforms.sandbox.clock import seconds
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.assignment_defaults import AssignmentDefaults
from platforms.sandbox.workspace_file.enrollment_defaults import Filled, Timetables, derived_steps, filled
from platforms.sandbox.workspace_file.loading import Ids, Many

CHUNK = 10_000
ENROLLMENT = (
    "person_id",
    "sequence_id",
    "mailbox_id",
    "play_id",
    "enroller_id",
    "assign_mode",
    "assign_user_id",
    "state",
    *Filled._fields,
)
STEP = ("enrollment_id", "number", "type", "status", "at", "derived")
Chunk = list[tuple[int, Enrollment, Filled]]
"""Enrollments, each with its number and all that it has."""


def load_enrollments(work: Work, workspace: Workspace, many: Many, ids: Ids, now: datetime) -> None:
    """Insert the enrollments, their steps and their pauses; what is left out is worked out."""
    timetables = Timetables(workspace.sequences)
    of = AssignmentDefaults(workspace.rulesets, workspace.sequences, workspace.plays, workspace.mailboxes)
    for chunk in _chunks(many.enrollments, timetables, now):
        work.add_many(EnrollmentRow, ENROLLMENT, (_row(one, whole, ids, of) for _, one, whole in chunk))
        work.add_many(EnrollmentStepRow, STEP, _steps(chunk, timetables, work.now))
        work.add(
            EnrollmentPauseRow,
            [
                {
                    "enrollment_id": number,
                    "paused": True,
                    "at": whole.ended_at or work.now,
                    "until": None if one.paused_until is None else seconds(one.paused_until),
                }
                for number, one, whole in chunk
                if one.paused
            ],
        )


def _chunks(enrollments: Iterable[Enrollment], timetables: Timetables, now: datetime) -> Iterator[Chunk]:
    each = ((number, one, filled(one, timetables, now)) for number, one in enumerate(enrollments, 1))
    while chunk := list(islice(each, CHUNK)):
        yield chunk


def _row(enrollment: Enrollment, whole: Filled, ids: Ids, of: AssignmentDefaults) -> tuple[Any, ...]:
    mode, user = of.kept(enrollment)
    return (
        ids["people"][enrollment.person],
        ids["sequences"][enrollment.sequence],
        ids["mailboxes"][enrollment.mailbox],
        ids["plays"][enrollment.play],
        ids["users"][enrollment.enrolled_by],
        mode,
        ids["users"][user],
        enrollment.state,
        *whole,
    )


def _steps(chunk: Chunk, timetables: Timetables, now: int) -> Iterator[tuple[Any, ...]]:
    for number, one, whole in chunk:
        timetable = timetables.followed(one)
        if said := one.steps:
            for step in said:
                yield number, step.number, timetable.type_of(step.number), step.status, seconds(step.at), False
        else:
            for place, status, at in derived_steps(whole, timetable, now):
                yield number, place, timetable.type_of(place), status, at, True
