"""The tables of a sandbox workspace: the nouns of `models/records.py`, as SQL keeps them.

Instants are whole seconds since 1970 (UTC), as integers: a wait is then an addition, in SQLite and in
PostgreSQL alike, and a million enrollments move in one statement. Keys are small integers in the order of
arrival: random text keys make large inserts some ten times slower.
"""

from typing import Any, cast

from sqlalchemy import JSON, BigInteger, Column, Index, Table, UniqueConstraint, text
from sqlmodel import Field, SQLModel

RUNNING_SQL = "state IN ('queued', 'active')"


def _key() -> Any:
    return Field(default=None, primary_key=True)


def _instant(*, index: bool = False, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(BigInteger, nullable=nullable, index=index))


def _json() -> Any:
    return Field(default=None, sa_column=Column(JSON(none_as_null=False)))


class WorkspaceRow(SQLModel, table=True):
    """The one row that holds the clock, the seed and how conflicts are settled."""

    __tablename__ = "workspace"
    id: int | None = _key()
    now: int = _instant(nullable=False)
    clock: str = "simulated"
    anchored_at: float = 0.0  # wall-clock seconds at which `now` was written; a running clock counts from there
    seed: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    draws: int = 0
    behaviour: dict[str, str] = _json()
    said: dict[str, Any] = _json()  # which keys the loaded file spelled out, so that a dump gives the same file


class UserRow(SQLModel, table=True):
    __tablename__ = "user_account"  # "user" is a reserved word in PostgreSQL
    id: int | None = _key()
    email: str = Field(unique=True)
    name: str = ""
    role: str


class MailboxRow(SQLModel, table=True):
    __tablename__ = "mailbox"
    id: int | None = _key()
    email: str = Field(unique=True)
    owner_id: int | None = Field(default=None, foreign_key="user_account.id")
    paused: bool = False
    daily_limit: int = 25


class CompanyRow(SQLModel, table=True):
    """A company; one that only a person's address names is kept with `listed` false."""

    __tablename__ = "company"
    id: int | None = _key()
    domain: str = Field(unique=True)
    owner_id: int | None = Field(default=None, foreign_key="user_account.id")
    status: str = "prospect"
    listed: bool = True


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    id: int | None = _key()
    email: str = Field(unique=True)
    first_name: str = ""
    company_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    owner_id: int | None = Field(default=None, foreign_key="user_account.id")
    status: str = "lead"
    email_opt_out: bool = False
    do_not_email: bool = False


class RulesetRow(SQLModel, table=True):
    __tablename__ = "ruleset"
    id: int | None = _key()
    name: str = Field(unique=True)
    is_default: bool = False
    allow_same_sequence_reenrollment: bool = False
    block_reenrollment: dict[str, Any] | None = _json()  # {value, unit}; null: never
    task_assignment: dict[str, Any] = _json()


class ExclusionRow(SQLModel, table=True):
    __tablename__ = "exclusion"
    id: int | None = _key()
    name: str = Field(unique=True)
    exclude_from_sequences: bool = True
    last_activity_within_days: int | None = None


class ExclusionMatchRow(SQLModel, table=True):
    """One value that an exclusion matches; `kind` is company_domain, person_email, person_status or company_status."""

    __tablename__ = "exclusion_match"
    id: int | None = _key()
    exclusion_id: int = Field(foreign_key="exclusion.id", index=True)
    kind: str
    value: str


class RulesetExclusionRow(SQLModel, table=True):
    __tablename__ = "ruleset_exclusion"
    id: int | None = _key()
    ruleset_id: int = Field(foreign_key="ruleset.id", index=True)
    exclusion_id: int = Field(foreign_key="exclusion.id")
    enabled: bool = False


class AudienceRow(SQLModel, table=True):
    __tablename__ = "audience"
    id: int | None = _key()
    name: str = Field(unique=True)


class AudienceMemberRow(SQLModel, table=True):
    __tablename__ = "audience_member"
    audience_id: int = Field(foreign_key="audience.id", primary_key=True)
    position: int = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id")


class AudienceExclusionRow(SQLModel, table=True):
    __tablename__ = "audience_exclusion"
    id: int | None = _key()
    audience_id: int = Field(foreign_key="audience.id", index=True)
    exclusion_id: int = Field(foreign_key="exclusion.id")
    enabled: bool = False


class SequenceRow(SQLModel, table=True):
    __tablename__ = "sequence"
    id: int | None = _key()
    name: str = Field(unique=True)
    ruleset_id: int | None = Field(default=None, foreign_key="ruleset.id")
    paused: bool = False
    version: int = 1
    task_assignment: dict[str, Any] | None = _json()
    send_days: list[str] = _json()


class SequenceStepRow(SQLModel, table=True):
    __tablename__ = "sequence_step"
    id: int | None = _key()
    sequence_id: int = Field(foreign_key="sequence.id", index=True)
    number: int
    type: str
    wait_days: int = 0


class PlayRow(SQLModel, table=True):
    __tablename__ = "play"
    id: int | None = _key()
    name: str = Field(unique=True)
    audience_id: int | None = Field(default=None, foreign_key="audience.id")
    sequence_id: int = Field(foreign_key="sequence.id")
    published: bool = False
    allow_reruns: bool = False
    rerun_cooldown_days: int = 1


class PlayMailboxRow(SQLModel, table=True):
    __tablename__ = "play_mailbox"
    play_id: int = Field(foreign_key="play.id", primary_key=True)
    position: int = Field(primary_key=True)
    mailbox_id: int = Field(foreign_key="mailbox.id")


class PlayRunRow(SQLModel, table=True):
    """One run of a play; an enrollment by hand is an attempt of the same kind, without a play, kept only while it lasts."""

    __tablename__ = "play_run"
    id: int | None = _key()
    play_id: int | None = Field(default=None, foreign_key="play.id", index=True)
    ran_at: int = _instant(nullable=False)


class PlayLogRow(SQLModel, table=True):
    """What a run decided of a person: `reason` null is enrolled, at `resume_after` steps, from `mailbox_id`."""

    __tablename__ = "play_log"
    __table_args__ = (UniqueConstraint("run_id", "person_id"),)
    id: int | None = _key()
    run_id: int = Field(foreign_key="play_run.id")
    person_id: int = Field(foreign_key="person.id")
    reason: str | None = None
    logged: bool = True
    resume_after: int | None = None
    mailbox_id: int | None = None


class EntrantRow(SQLModel, table=True):
    """Whom an enrollment by hand is about, while it lasts."""

    __tablename__ = "entrant"
    person_id: int = Field(primary_key=True)
    mailbox_id: int | None = None


class EnrollmentRow(SQLModel, table=True):
    """A person's way through a sequence; the index below is the platform's one-at-a-time rule (R20)."""

    __tablename__ = "enrollment"
    __table_args__ = (
        Index("one_running_enrollment", "person_id", unique=True,
              sqlite_where=text(RUNNING_SQL), postgresql_where=text(RUNNING_SQL)),
        Index("enrollment_due", "mailbox_id", "next_step_at",
              sqlite_where=text(RUNNING_SQL), postgresql_where=text(RUNNING_SQL)),
        Index("enrollment_of_person", "person_id"),
    )  # fmt: skip
    id: int | None = _key()
    person_id: int = Field(foreign_key="person.id")
    sequence_id: int = Field(foreign_key="sequence.id")
    mailbox_id: int = Field(foreign_key="mailbox.id")
    play_id: int | None = Field(default=None, foreign_key="play.id")
    enroller_id: int | None = Field(default=None, foreign_key="user_account.id")
    version: int = 1
    state: str = "queued"
    steps_done: int = 0
    started_at: int = _instant(nullable=False)
    ended_at: int | None = _instant()
    end_reason: str | None = None
    next_step_at: int | None = _instant()


class EnrollmentStepRow(SQLModel, table=True):
    """A step that was done or is next; `derived` marks those worked out from a file that did not tell them."""

    __tablename__ = "enrollment_step"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "number"),
        Index(
            "step_done", "at", sqlite_where=text("status = 'FINISHED'"), postgresql_where=text("status = 'FINISHED'")
        ),
    )
    id: int | None = _key()
    enrollment_id: int = Field(foreign_key="enrollment.id")
    number: int
    type: str
    status: str
    at: int = _instant(nullable=False)
    derived: bool = False


class RepTaskRow(SQLModel, table=True):
    __tablename__ = "rep_task"
    id: int | None = _key()
    person_id: int = Field(foreign_key="person.id")
    type: str
    status: str = "READY"
    assignee_id: int | None = Field(default=None, foreign_key="user_account.id")
    sequence_id: int | None = Field(default=None, foreign_key="sequence.id")
    mailbox_id: int | None = Field(default=None, foreign_key="mailbox.id")
    enrollment_id: int | None = Field(default=None, foreign_key="enrollment.id", index=True)
    due_at: int | None = _instant()
    ended_at: int | None = _instant()


class PendingSettingRow(SQLModel, table=True):
    """A changed setting on its way: it acts as `was` until `takes_effect_at`."""

    __tablename__ = "pending_setting"
    id: int | None = _key()
    setting: str = Field(unique=True)
    was: Any = _json()
    value: Any = _json()
    takes_effect_at: int = _instant(nullable=False)


WORKSPACE_TABLES = [
    cast(Table, getattr(row, "__table__"))  # noqa: B009 - SQLModel does not declare it
    for row in (
        WorkspaceRow,
        UserRow,
        MailboxRow,
        CompanyRow,
        PersonRow,
        RulesetRow,
        ExclusionRow,
        ExclusionMatchRow,
        RulesetExclusionRow,
        AudienceRow,
        AudienceMemberRow,
        AudienceExclusionRow,
        SequenceRow,
        SequenceStepRow,
        PlayRow,
        PlayMailboxRow,
        PlayRunRow,
        PlayLogRow,
        EntrantRow,
        EnrollmentRow,
        EnrollmentStepRow,
        RepTaskRow,
        PendingSettingRow,
    )  # fmt: skip
]  # in an order that respects the foreign keys
