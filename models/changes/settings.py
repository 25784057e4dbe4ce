"""Settings: of mailboxes, rulesets, exclusions, and who gets tasks."""

from typing import ClassVar

from pydantic import model_validator

from models.changes.change import Change, plain
from models.records import AssignmentMode, Email, ExclusionMatch, Interval, Name, TaskAssignment
from models.setting_keys import SettingKey
from models.setting_words import in_words, value_in_words


class ChangeMailboxOwner(Change):
    action: ClassVar[str] = "change_mailbox_owner"
    mailbox: Email
    owner: Email


class PauseMailbox(Change):
    """Pause a mailbox, or resume it: a paused one sends nothing and takes no new enrollments."""

    action: ClassVar[str] = "pause_mailbox"
    mailbox: Email
    paused: bool

    def __str__(self) -> str:
        return f"{'pause' if self.paused else 'resume'} the mailbox {self.mailbox}"


class SetSetting(Change):
    """Set one setting. The value is true, false, an `Interval` or null, as the setting takes."""

    action: ClassVar[str] = "set_setting"
    setting: SettingKey
    value: bool | Interval | TaskAssignment | None

    def __str__(self) -> str:
        return f"set {in_words(self.setting)}, to {value_in_words(plain(self.value))}"


class AddExclusion(Change):
    """Make an exclusion; turned on, it takes effect as a changed one does (R51)."""

    action: ClassVar[str] = "add_exclusion"
    name: Name
    match: ExclusionMatch
    exclude_from_sequences: bool = True

    def __str__(self) -> str:
        return f"add the exclusion '{self.name}'"


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
