"""What can be done to a workspace, as typed values. A dry run is a list of these, printed.

Each change knows the action's name in `handoff sandbox do` and how a person would say it. Which role may
make it is the platform's to say (`platforms/`), not the change's.
"""

from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, model_validator

from models.records import AssignmentMode, Email, Interval, Name, Record, Steps, TaskAssignment
from models.setting_keys import SettingKey, shown


class Change(Record):
    """One change to a workspace. `action` is its name for scripts."""

    action: ClassVar[str]

    def __str__(self) -> str:
        told = ", ".join(f"{key} {value}" for key, value in self if value not in (None, (), ""))
        return f"{self.action.replace('_', ' ')}: {told}"


class ChangeMailboxOwner(Change):
    action: ClassVar[str] = "change_mailbox_owner"
    mailbox: Email
    owner: Email


class SetSetting(Change):
    """Set one setting. The value is true, false, an `Interval` or null, as the setting takes."""

    action: ClassVar[str] = "set_setting"
    setting: str
    value: bool | Interval | TaskAssignment | None

    @property
    def key(self) -> SettingKey:
        """The setting's key, taken apart."""
        return SettingKey.parse(self.setting)

    def __str__(self) -> str:
        return f"set {self.setting} to {shown(plain(self.value))}"


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


class DuplicateSequence(Change):
    """Copy a sequence, so that contacts start at step 1 (R10)."""

    action: ClassVar[str] = "duplicate_sequence"
    sequence: Name
    name: Name


class EditSequence(Change):
    """Give a live sequence other steps: a new version of it. With `upgrade` all that runs goes on in it (R52)."""

    action: ClassVar[str] = "edit_sequence"
    sequence: Name
    steps: Steps
    upgrade: bool = False

    def __str__(self) -> str:
        number = "1 step" if len(self.steps) == 1 else f"{len(self.steps)} steps"
        upgraded = ", and upgrade all active and queued enrollments" if self.upgrade else ""
        return f"edit the sequence '{self.sequence}' to {number}{upgraded}"


class RunPlay(Change):
    action: ClassVar[str] = "run_play"
    play: Name

    def __str__(self) -> str:
        return f"run the play '{self.play}'"


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


class ReassignTask(Change):
    action: ClassVar[str] = "reassign_task"
    task: int | UUID
    assignee: Email


class ReassignQueued(Change):
    """Move a sequence's queued enrollments to other mailboxes, by turns (R73); what is past step one stays (R75)."""

    action: ClassVar[str] = "reassign_queued"
    sequence: Name
    from_mailbox: Email
    to_mailboxes: Annotated[tuple[Email, ...], Field(min_length=1)]


class SetTaskAssignment(Change):
    """A sequence's own "Manually assign tasks" (R83); without a mode it follows its ruleset again."""

    action: ClassVar[str] = "set_task_assignment"
    sequence: Name
    mode: AssignmentMode | None = None
    user: Email | None = None

    @model_validator(mode="after")
    def _user_is_named(self) -> "SetTaskAssignment":
        if self.mode == "ASSIGN_TO_USER" and not self.user:
            raise ValueError("ASSIGN_TO_USER needs a user")
        return self


class OptOut(Change):
    action: ClassVar[str] = "opt_out"
    person: Email


ACTIONS: dict[str, type[Change]] = {change.action: change for change in Change.__subclasses__()}
"""Every kind of change by its name for scripts."""


def plain(value: Any) -> Any:
    """A setting's value as JSON would hold it."""
    return value.model_dump(mode="json") if isinstance(value, Record) else value


def of_json(value: Any) -> Any:
    """The reverse of `plain`, for a setting's value."""
    return Interval.model_validate(value) if isinstance(value, dict) else value
