"""The nouns of a workspace, as they stand in a workspace file (interface.md, *A workspace in a file*).

Records are values: frozen, validated, and free of SQL. Tables of the same nouns are in `models/tables/`.
Names are spelled as Unify's API spells them.
"""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Email = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^\s@,;<>]+@[^\s@,;<>]+$", max_length=320)
]
Domain = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^\s@/]+$")]


def _in_this_age(at: datetime) -> datetime:
    if 1970 <= at.year < 2200:
        return at
    raise ValueError("a time is between the years 1970 and 2200")


Instant = Annotated[AwareDatetime, AfterValidator(_in_this_age)]

Role = Literal["admin", "rep"]
PersonStatus = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CompanyStatus = Literal["prospect", "open_opportunity", "customer", "competitor"]
StepType = Literal[
    "AUTOMATIC_EMAIL", "MANUAL_EMAIL", "ACTION_ITEM", "PHONE_CALL",
    "MANUAL_LINKEDIN_PROFILE_VIEW", "MANUAL_LINKEDIN_CONNECTION", "MANUAL_LINKEDIN_MESSAGE",
]  # fmt: skip
RepTaskType = Literal[
    "EMAIL", "ACTION_ITEM", "PHONE_CALL", "LINKEDIN_SEND_MESSAGE",
    "LINKEDIN_SEND_CONNECTION_REQUEST", "LINKEDIN_VIEW_PROFILE", "REPLY_TO_EMAIL",
]  # fmt: skip
RepTaskStatus = Literal["NOT_READY", "READY", "COMPLETED", "SKIPPED", "CANCELED"]
AssignmentMode = Literal[
    "ASSIGN_TO_MAILBOX_OWNER", "ASSIGN_TO_ENROLLER", "ASSIGN_TO_USER", "ASSIGN_TO_SENDER", "ASSIGN_TO_RECORD_OWNER"
]
EnrollmentState = Literal["queued", "active", "finished", "canceled"]
EndReason = Literal[
    "completed", "mailbox_owner_changed", "excluded", "unenrolled", "opted_out", "upgraded", "replied", "bounced"
]
WeekDay = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
TimeUnit = Literal["MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"]

# A month and a year have no fixed length in the vendor's contract; both sides of a forecast count 30 and 365 days.
UNIT_LENGTH: dict[TimeUnit, timedelta] = {
    "MINUTE": timedelta(minutes=1), "HOUR": timedelta(hours=1), "DAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1), "MONTH": timedelta(days=30), "YEAR": timedelta(days=365),
}  # fmt: skip
RUNNING: tuple[EnrollmentState, ...] = ("queued", "active")


class Record(BaseModel):
    """A value read from or written to a workspace file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(Record):
    """How long re-enrollment is barred: `{value: 75, unit: DAY}`. Zero is at once (R14); never is a null, not an Interval."""

    value: Annotated[int, Field(ge=0, le=100_000)]
    unit: TimeUnit = "DAY"

    @property
    def length(self) -> timedelta:
        """The interval as a duration; months count 30 days, years 365."""
        return self.value * UNIT_LENGTH[self.unit]

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"

    @classmethod
    def parse(cls, text: str) -> "Interval | None":
        """`75 DAY`, `0` (days) or `never` (null), as settings are printed. Raises ValueError on anything else."""
        words = text.strip().upper().split()
        if words in (["NEVER"], ["NULL"], ["NONE"]):
            return None
        if not 1 <= len(words) <= 2 or not words[0].isdigit():
            raise ValueError(f"'{text}' is no interval; write for example '75 DAY', '0 DAY' or 'never'")
        return cls.model_validate({"value": int(words[0]), "unit": words[1].rstrip("S") if words[1:] else "DAY"})


class Behaviour(Record):
    """How the sources' conflicts are settled in this workspace (platform-facts.md, section 13)."""

    C6: Literal["keeps_id", "cancels"] = "keeps_id"
    C10: Literal["settings", "unenroll_first"] = "settings"
    C11: Literal["enrolls_later", "no_retry"] = "enrolls_later"
    C18: Literal["removes", "keeps"] = "removes"


class User(Record):
    email: Email
    name: str = ""
    role: Role = "rep"


class Mailbox(Record):
    """A sending mailbox; it may send `daily_limit` emails in 24 hours (D11: 25 for a new managed one)."""

    email: Email
    owner: Email | None = None
    paused: bool = False
    daily_limit: Annotated[int, Field(ge=0, le=1_000_000)] = 25


class Company(Record):
    domain: Domain
    owner: Email | None = None
    status: CompanyStatus = "prospect"


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


class Ruleset(Record):
    """Who may be enrolled again, and who gets tasks. `block_reenrollment` null is never, 0 is at once (R13, R14)."""

    name: Name
    default: bool = False
    allow_same_sequence_reenrollment: bool = False
    block_reenrollment: Interval | None = Interval(value=75, unit="DAY")
    task_assignment: TaskAssignment = TaskAssignment()
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


class SequenceStep(Record):
    type: StepType = "AUTOMATIC_EMAIL"
    wait_days: Annotated[int, Field(ge=0, le=365)] = 0


class Sequence(Record):
    name: Name
    ruleset: Name | None = None
    paused: bool = False
    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    task_assignment: SequenceTaskAssignment | None = None
    send_days: tuple[WeekDay, ...] = ("MON", "TUE", "WED", "THU", "FRI")
    steps: Annotated[tuple[SequenceStep, ...], Field(min_length=1, max_length=100)] = (SequenceStep(),)


class Person(Record):
    email: Email
    first_name: str = ""
    company_domain: Domain | None = None
    owner: Email | None = None
    status: PersonStatus = "lead"
    email_opt_out: bool = False
    do_not_email: bool = False


class Audience(Record):
    name: Name
    people: tuple[Email, ...] = ()
    exclusions: dict[Name, bool] = Field(default_factory=dict)


class LogEntry(Record):
    """What a play's run did with one record; `logged` is false where the platform shows no entry (R54)."""

    person: Email
    reason: str | None = None
    logged: bool = True


class PlayRun(Record):
    at: Instant
    log: tuple[LogEntry, ...] = ()


class Play(Record):
    """A play; its cool-down is a day at least (R15). `runs` is what its runs left behind."""

    name: Name
    audience: Name | None = None
    sequence: Name
    mailboxes: tuple[Email, ...] = ()
    published: bool = False
    allow_reruns: bool = False
    rerun_cooldown_days: Annotated[int, Field(ge=1, le=3650)] = 1
    runs: tuple[PlayRun, ...] = ()


class EnrollmentStep(Record):
    """A step that a run left behind: `at` is when it is due, or when it was done."""

    number: Annotated[int, Field(ge=1, le=100)]
    status: Literal["NOT_STARTED", "SCHEDULED", "PENDING", "FINISHED", "CANCELED"]
    at: Instant


class Enrollment(Record):
    """One person's way through a sequence. `steps_done` is the place reached, earlier enrollments included (R9)."""

    person: Email
    sequence: Name
    mailbox: Email
    play: Name | None = None
    state: EnrollmentState = "queued"
    steps_done: Annotated[int, Field(ge=0)] | None = None
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    end_reason: EndReason | None = None
    enrolled_by: Email | None = None
    next_step_at: Instant | None = None
    steps: tuple[EnrollmentStep, ...] = ()


class RepTask(Record):
    """Work for a sales representative (Unify's *task*; named so that nobody takes it for Prefect's)."""

    person: Email
    type: RepTaskType
    status: RepTaskStatus = "READY"
    assignee: Email | None = None
    sequence: Name | None = None
    mailbox: Email | None = None
    due_at: Instant | None = None
    ended_at: Instant | None = None


def _json_scalar(value: Any) -> Any:
    if isinstance(value, (bool, dict)) or value is None:
        return value
    raise ValueError("a setting is true, false, null or {value, unit}")


class PendingSetting(Record):
    """A setting that was changed and has not taken effect yet: until `takes_effect_at` it acts as `was`."""

    setting: str
    was: Annotated[Any, AfterValidator(_json_scalar)]
    value: Annotated[Any, AfterValidator(_json_scalar)]
    takes_effect_at: Instant
