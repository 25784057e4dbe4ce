"""What is set: rulesets, exclusions, task assignment, and how the sources' conflicts are decided."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, StrictFloat, StrictInt, model_validator

from models.records.vocabulary import (
    DYNAMIC,
    AssignmentMode,
    CompanyStatus,
    Domain,
    Email,
    Instant,
    Interval,
    Name,
    PersonStatus,
    Record,
)
from models.setting_keys import SettingKey


class Behaviour(Record):
    """How the sources' conflicts are decided in this workspace (docs/conflicts.md), and three of their open questions
    (docs/platform.md)."""

    C6: Literal["keeps_id", "cancels"] = "keeps_id"
    C10: Literal["settings", "unenroll_first"] = "settings"
    C11: Literal["enrolls_later", "no_retry"] = "enrolls_later"
    C18: Literal["removes", "keeps"] = "removes"
    Q2: Literal["exempt", "counts"] = "exempt"
    """Whether an enrollment that ended before its first step counts for re-enrollment."""
    Q6: Literal["next_step", "first_step"] = "next_step"
    """Where somebody goes on who is enrolled again by hand or by the API; by a play it is the next step (R9)."""
    Q7: Literal["refuses", "flags", "ignores"] = "refuses"
    """What an enrollment by hand or by the API does with an exclusion. `flags` makes an enrollment that never runs,
    of somebody who opted out too."""


Share = Annotated[StrictInt | StrictFloat, Field(ge=0, le=1)]


class Life(Record):
    """What comes of the emails that are sent, as shares of them: of an email comes one of these, or nothing."""

    replies: Share = 0
    bounces: Share = 0
    opt_outs: Share = 0
    out_of_office: Share = 0

    @model_validator(mode="after")
    def _together_one_at_most(self) -> "Life":
        if (together := self.replies + self.bounces + self.opt_outs + self.out_of_office) > 1:
            raise ValueError(f"these are shares of the same emails, and together {together:g} of them")
        return self


class TaskAssignment(Record):
    """Who gets the tasks of a ruleset's enrollments; `user` where a mode is ASSIGN_TO_USER."""

    automatic: AssignmentMode = "ASSIGN_TO_MAILBOX_OWNER"
    manual: AssignmentMode = "ASSIGN_TO_ENROLLER"
    user: Email | None = None

    @model_validator(mode="after")
    def _user_is_named(self) -> "TaskAssignment":
        if "ASSIGN_TO_USER" in (self.automatic, self.manual) and not self.user:
            raise ValueError("ASSIGN_TO_USER needs the key 'user'")
        return self


class SequenceTaskAssignment(Record):
    """A sequence's own "Manually assign tasks" (R83)."""

    mode: AssignmentMode
    user: Email | None = None

    @model_validator(mode="after")
    def _user_is_named(self) -> "SequenceTaskAssignment":
        if self.mode == "ASSIGN_TO_USER" and not self.user:
            raise ValueError("ASSIGN_TO_USER needs the key 'user'")
        return self


class EnrollmentTaskAssignment(Record):
    """What an enrollment keeps of the assignment that was set when it began (R92).

    `user` is who that made of it; null where nobody, or where `mode` tells whenever a task is made.
    """

    mode: AssignmentMode
    user: Email | None

    @model_validator(mode="after")
    def _user_goes_with_the_mode(self) -> "EnrollmentTaskAssignment":
        if self.mode == "ASSIGN_TO_USER" and not self.user:
            raise ValueError("ASSIGN_TO_USER needs a user")
        if self.mode in DYNAMIC and self.user:
            raise ValueError(f"{self.mode} is told when a task is made: its user is null")
        return self


class Ruleset(Record):
    """Who may be enrolled again, and who gets tasks. `block_reenrollment` null is never, 0 is at once (R13, R14).

    `task_assignment_set_at` is when task assignment was last changed; null where it never was.
    """

    name: Name
    default: bool = False
    allow_same_sequence_reenrollment: bool = False
    block_reenrollment: Interval | None = Interval(value=75, unit="DAY")
    task_assignment: TaskAssignment = TaskAssignment()
    task_assignment_set_at: Instant | None = None
    exclusions: dict[Name, bool] = Field(default_factory=dict)


class ExclusionMatch(Record):
    """Whom an exclusion matches: any of the lists (company-level rules cover everybody at the company)."""

    company_domain: tuple[Domain, ...] = ()
    person_email: tuple[Email, ...] = ()
    person_status: tuple[PersonStatus, ...] = ()
    company_status: tuple[CompanyStatus, ...] = ()
    last_activity_within_days: Annotated[int, Field(ge=1, le=36_500)] | None = None


class Exclusion(Record):
    name: Name
    match: ExclusionMatch = ExclusionMatch()
    exclude_from_sequences: bool = True


def _json_scalar(value: Any) -> Any:
    if isinstance(value, (bool, dict)) or value is None:
        return value
    raise ValueError("a setting is true, false, null or {value, unit}")


class PendingSetting(Record):
    """A setting that was changed and has not taken effect yet: until `takes_effect_at` it acts as `was`."""

    setting: str
    """As the file spells it, which may name no setting: the workspace is checked for that as a whole."""

    was: Annotated[Any, AfterValidator(_json_scalar)]
    value: Annotated[Any, AfterValidator(_json_scalar)]
    takes_effect_at: Instant

    @property
    def key(self) -> SettingKey:
        """The setting. Raises ValueError where the text names none."""
        return SettingKey.parse(self.setting)
