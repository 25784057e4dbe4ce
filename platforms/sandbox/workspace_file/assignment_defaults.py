"""What a workspace file leaves unsaid of an enrollment's task assignment: what the settings of now would give."""

from collections.abc import Iterable

from models.records import (
    RUNNING,
    AssignmentMode,
    Enrollment,
    EnrollmentTaskAssignment,
    Mailbox,
    Play,
    Ruleset,
    Sequence,
)
from platforms.sandbox.behaviour.assignment import user_at_start


class AssignmentDefaults:
    """Decides assignments over the records of a workspace, as enrolling does over its tables."""

    def __init__(
        self,
        rulesets: Iterable[Ruleset],
        sequences: Iterable[Sequence],
        plays: Iterable[Play],
        mailboxes: Iterable[Mailbox],
    ) -> None:
        by_rank = sorted(rulesets, key=lambda ruleset: not ruleset.default)
        self._rulesets: dict[str | None, Ruleset] = {ruleset.name: ruleset for ruleset in by_rank}
        self._rulesets[None] = by_rank[0]
        self._sequences = {sequence.name: sequence for sequence in sequences}
        self._first = {play.name: play.mailboxes[0] for play in plays if play.mailboxes}
        self._owners = {mailbox.email: mailbox.owner for mailbox in mailboxes}

    def kept(self, enrollment: Enrollment) -> tuple[AssignmentMode | None, str | None]:
        """The mode and the user that an enrollment keeps, said or not; neither once it has ended, and gets no tasks."""
        if said := enrollment.task_assignment:
            return said.mode, said.user
        return self.at_start(enrollment) if enrollment.state in RUNNING else (None, None)

    def left_out(self, enrollment: Enrollment) -> EnrollmentTaskAssignment | None:
        """What an enrollment keeps where its record says nothing; None once it has ended, and gets no tasks."""
        if enrollment.state not in RUNNING:
            return None
        mode, user = self.at_start(enrollment)
        return EnrollmentTaskAssignment.model_construct(mode=mode, user=user)

    def at_start(self, enrollment: Enrollment) -> tuple[AssignmentMode, str | None]:
        """The mode and the user that the settings would give it if it began now."""
        mode, user = self._set(enrollment)
        first = self._first.get(enrollment.play or "", enrollment.mailbox)
        enroller = enrollment.enrolled_by if enrollment.play is None else None
        return mode, user_at_start(mode, user, enroller, self._owners[first])

    def _set(self, enrollment: Enrollment) -> tuple[AssignmentMode, str | None]:
        sequence = self._sequences[enrollment.sequence]
        if sequence.task_assignment:
            return sequence.task_assignment.mode, sequence.task_assignment.user
        of_ruleset = self._rulesets[sequence.ruleset].task_assignment
        return of_ruleset.manual if enrollment.play is None else of_ruleset.automatic, of_ruleset.user
