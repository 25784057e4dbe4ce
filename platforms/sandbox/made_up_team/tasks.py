"""Tasks of a made-up team's representatives: those open now, and those that running enrollments left done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from operator import itemgetter
from random import Random

from models.records import AssignmentMode, RepTask
from platforms.sandbox.behaviour.advancing import TASK_OF_STEP
from platforms.sandbox.made_up_team.enrollments import Course, Place, Team
from platforms.sandbox.made_up_team.timeline import progress
from platforms.sandbox.workspace_file.assignment_defaults import AssignmentDefaults

UNANSWERED = timedelta(days=4)  # replies of the last days still wait for an answer
SKIPPED = 0.06
Task = tuple[datetime, str, str, str, datetime | None, Course]
"""A task to be, as small as can be: when it is due, whose contact it is about, its type and status, when it ended, and
the enrollment that it comes of. In the order of the first three."""


class Tasks:
    """The tasks of one enrollment after another, assigned as their sequence or ruleset says."""

    def __init__(self, team: Team, random: Random) -> None:
        self._now = team.now
        self._random = random
        self._assignments = AssignmentDefaults(
            team.rulesets, team.sequences, [play for _, play in team.plays], team.mailboxes
        )
        self._assigned: dict[Place, tuple[AssignmentMode, str | None]] = {}

    def all(self, courses: list[Course]) -> list[Task]:
        """The tasks of all these, first due first."""
        found = [task for course in courses for task in self._of(course)]
        found.sort(key=itemgetter(0, 1, 2))
        return found

    def _of(self, course: Course) -> Iterator[Task]:
        person, sequence = course.contact.email, course.place.sequence
        if course.end_reason == "replied" and course.ended_at and self._now - course.ended_at < UNANSWERED:
            yield course.ended_at, person, "REPLY_TO_EMAIL", "READY", None, course
        if course.state != "active":
            return
        so_far = progress(sequence, course.started_at, self._now)
        for step, (begun, ended) in zip(sequence.steps, so_far.done, strict=False):
            if step.type != "AUTOMATIC_EMAIL":
                status = "SKIPPED" if self._random.random() < SKIPPED else "COMPLETED"
                yield begun, person, TASK_OF_STEP.get(step.type, step.type), status, ended, course
        if so_far.begun:
            step = sequence.steps[len(so_far.done)]
            yield so_far.begun, person, TASK_OF_STEP.get(step.type, step.type), "READY", None, course

    def record(self, task: Task) -> RepTask:
        """The task as a record."""
        due_at, person, kind, status, ended_at, course = task
        return RepTask.model_validate(
            {
                "person": person,
                "type": kind,
                "status": status,
                "assignee": self._assignee(course),
                "sequence": course.place.sequence.name,
                "mailbox": course.place.mailbox.email,
                "due_at": due_at,
                "ended_at": ended_at,
            }
        )

    def _assignee(self, course: Course) -> str | None:
        if course.place not in self._assigned:
            self._assigned[course.place] = self._assignments.at_start(course.record(self._now))
        mode, user = self._assigned[course.place]
        if mode == "ASSIGN_TO_RECORD_OWNER":
            contact = course.contact
            return contact.owner or (contact.company.owner if contact.company else None)
        return course.place.mailbox.owner if mode == "ASSIGN_TO_SENDER" else user
