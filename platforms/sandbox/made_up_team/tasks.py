"""Tasks of a made-up team's representatives: those open now, and those that running enrollments left done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from models.records import Enrollment, RepTask
from platforms.sandbox.behaviour.advancing import TASK_OF_STEP
from platforms.sandbox.made_up_team.enrollments import Team
from platforms.sandbox.made_up_team.people import Contact
from platforms.sandbox.made_up_team.timeline import progress
from platforms.sandbox.workspace_file.assignment_defaults import AssignmentDefaults

UNANSWERED = timedelta(days=4)  # replies of the last days still wait for an answer
SKIPPED = 0.06


class Tasks:
    """The tasks of one enrollment after another, assigned as their sequence or ruleset says."""

    def __init__(self, team: Team, contacts: list[Contact], random: Random) -> None:
        self._now = team.now
        self._random = random
        self._sequences = {sequence.name: sequence for sequence in team.sequences}
        self._assignments = AssignmentDefaults(
            team.rulesets, team.sequences, [play for _, play in team.plays], team.mailboxes
        )
        self._owners = {mailbox.email: mailbox.owner for mailbox in team.mailboxes}
        self._contacts = {contact.email: contact for contact in contacts}

    def all(self, enrollments: list[Enrollment]) -> list[RepTask]:
        """The tasks of all these, first due first."""
        found = [task for enrollment in enrollments for task in self._of(enrollment)]
        return sorted(found, key=lambda task: (task.due_at or self._now, task.person, task.type))

    def _of(self, enrollment: Enrollment) -> Iterator[RepTask]:
        if enrollment.end_reason == "replied" and enrollment.ended_at and self._now - enrollment.ended_at < UNANSWERED:
            yield self._task(enrollment, "REPLY_TO_EMAIL", "READY", enrollment.ended_at)
        if enrollment.state != "active" or enrollment.started_at is None:
            return
        sequence = self._sequences[enrollment.sequence]
        so_far = progress(sequence, enrollment.started_at, self._now)
        for step, (begun, ended) in zip(sequence.steps, so_far.done, strict=False):
            if step.type != "AUTOMATIC_EMAIL":
                status = "SKIPPED" if self._random.random() < SKIPPED else "COMPLETED"
                yield self._task(enrollment, TASK_OF_STEP.get(step.type, step.type), status, begun, ended)
        if so_far.begun:
            step = sequence.steps[len(so_far.done)]
            yield self._task(enrollment, TASK_OF_STEP.get(step.type, step.type), "READY", so_far.begun)

    def _task(
        self, enrollment: Enrollment, kind: str, status: str, due_at: datetime, ended_at: datetime | None = None
    ) -> RepTask:
        sequence = self._sequences[enrollment.sequence]
        return RepTask.model_validate(
            {
                "person": enrollment.person,
                "type": kind,
                "status": status,
                "assignee": self._assignee(enrollment),
                "sequence": sequence.name,
                "mailbox": enrollment.mailbox,
                "due_at": due_at,
                "ended_at": ended_at,
            }
        )

    def _assignee(self, enrollment: Enrollment) -> str | None:
        mode, user = self._assignments.at_start(enrollment)
        if mode == "ASSIGN_TO_RECORD_OWNER":
            contact = self._contacts[enrollment.person]
            return contact.owner or (contact.company.owner if contact.company else None)
        return self._owners[enrollment.mailbox] if mode == "ASSIGN_TO_SENDER" else user
