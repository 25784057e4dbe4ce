"""Sequences, audiences and plays, and who is enrolled."""

from typing import Annotated, ClassVar

from pydantic import Field

from models.changes.change import Change
from models.records import Email, Name, Steps
from models.wording import counted


class UploadAudience(Change):
    """Make an audience of the addresses in a CSV file (column `email`); somebody unknown is refused (R4)."""

    action: ClassVar[str] = "upload_audience"
    name: Name
    csv: str

    def __str__(self) -> str:
        return f"upload the audience '{self.name}'"


class DuplicatePlay(Change):
    """Copy a play onto another audience; `sequence` and `mailboxes` default to the original's (R5, R17)."""

    action: ClassVar[str] = "duplicate_play"
    play: Name
    name: Name
    audience: Name
    sequence: Name | None = None
    mailboxes: tuple[Email, ...] = ()

    def __str__(self) -> str:
        return f"duplicate the play '{self.play}' as '{self.name}'"


class MakePlay(Change):
    """Make a play of an audience into a sequence, not published, that may run again on the same people."""

    action: ClassVar[str] = "make_play"
    name: Name
    audience: Name
    sequence: Name
    mailboxes: Annotated[tuple[Email, ...], Field(min_length=1)]

    def __str__(self) -> str:
        return f"make the play '{self.name}' into '{self.sequence}'"


class RunPlay(Change):
    action: ClassVar[str] = "run_play"
    play: Name

    def __str__(self) -> str:
        return f"run the play '{self.play}'"


class PublishPlay(Change):
    """Publish a play, or take it back to a draft. A published one enrolls people freed from an exclusion (R44)."""

    action: ClassVar[str] = "publish_play"
    play: Name
    published: bool

    def __str__(self) -> str:
        return f"{'publish' if self.published else 'unpublish'} the play '{self.play}'"


class DuplicateSequence(Change):
    """Copy a sequence, so that contacts start at step 1 (R10)."""

    action: ClassVar[str] = "duplicate_sequence"
    sequence: Name
    name: Name


class DeletePlay(Change):
    """Take a play away; who runs through it goes on."""

    action: ClassVar[str] = "delete_play"
    play: Name

    def __str__(self) -> str:
        return f"delete the play '{self.play}'"


class DeleteAudience(Change):
    """Take an audience away that no play enrolls from."""

    action: ClassVar[str] = "delete_audience"
    audience: Name

    def __str__(self) -> str:
        return f"delete the audience '{self.audience}'"


class DeleteSequence(Change):
    """Take a sequence away in which nobody runs."""

    action: ClassVar[str] = "delete_sequence"
    sequence: Name

    def __str__(self) -> str:
        return f"delete the sequence '{self.sequence}'"


class EditSequence(Change):
    """Give a live sequence other steps: a new version of it. With `upgrade` all that runs goes on in it (R52)."""

    action: ClassVar[str] = "edit_sequence"
    sequence: Name
    steps: Steps
    upgrade: bool = False

    def __str__(self) -> str:
        number = counted(len(self.steps), "step")
        upgraded = ", and upgrade all active and queued enrollments" if self.upgrade else ""
        return f"edit the sequence '{self.sequence}' to {number}{upgraded}"


class PauseSequence(Change):
    """Pause a sequence, or resume it: in a paused one enrollments queue."""

    action: ClassVar[str] = "pause_sequence"
    sequence: Name
    paused: bool

    def __str__(self) -> str:
        return f"{'pause' if self.paused else 'resume'} the sequence '{self.sequence}'"


class Enroll(Change):
    """Enroll one person by hand (R41). The platform picks one of the mailboxes."""

    action: ClassVar[str] = "enroll"
    person: Email
    sequence: Name
    mailbox: Annotated[tuple[Email, ...], Field(min_length=1)]


class Unenroll(Change):
    action: ClassVar[str] = "unenroll"
    person: Email
    sequence: Name


class PauseEnrollment(Change):
    """Pause the enrollment that runs in a sequence until somebody resumes it. Paused already: no change."""

    action: ClassVar[str] = "pause_enrollment"
    person: Email
    sequence: Name


class ResumeEnrollment(Change):
    """Let a paused enrollment go on. Not paused: no change."""

    action: ClassVar[str] = "resume_enrollment"
    person: Email
    sequence: Name


class ReassignQueued(Change):
    """Move a sequence's queued enrollments to other mailboxes, by turns (R73); what is past step one stays (R75)."""

    action: ClassVar[str] = "reassign_queued"
    sequence: Name
    from_mailbox: Email
    to_mailboxes: Annotated[tuple[Email, ...], Field(min_length=1)]
