"""The tables of what is sent."""

from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.tables.workspace.columns import RUNNING_SQL, instant_column, json_column, key_column, off_column


class AudienceRow(SQLModel, table=True):
    __tablename__ = "audience"
    id: int | None = key_column()
    name: str = Field(unique=True)


class AudienceMemberRow(SQLModel, table=True):
    __tablename__ = "audience_member"
    audience_id: int = Field(foreign_key="audience.id", primary_key=True)
    position: int = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id")


class SequenceRow(SQLModel, table=True):
    """A sequence; a deleted one is kept for the history of who was in it, and is nobody's to enroll into."""

    __tablename__ = "sequence"
    id: int | None = key_column()
    name: str = Field(unique=True)
    ruleset_id: int | None = Field(default=None, foreign_key="ruleset.id")
    paused: bool = False
    version: int = 1
    task_assignment: dict[str, Any] | None = json_column()
    task_assignment_set_at: int | None = instant_column()
    send_days: list[str] = json_column()
    deleted: bool = off_column()


class SequenceStepRow(SQLModel, table=True):
    """A step of one version of a sequence; an enrollment follows those of its own version."""

    __tablename__ = "sequence_step"
    id: int | None = key_column()
    sequence_id: int = Field(foreign_key="sequence.id", index=True)
    version: int = 1
    number: int
    type: str
    wait_days: int = 0


class PlayRow(SQLModel, table=True):
    """A play; a deleted one is kept for the history of its enrollments, without an audience, and never runs again."""

    __tablename__ = "play"
    id: int | None = key_column()
    name: str = Field(unique=True)
    audience_id: int | None = Field(default=None, foreign_key="audience.id")
    sequence_id: int = Field(foreign_key="sequence.id")
    published: bool = False
    allow_reruns: bool = False
    rerun_cooldown_days: int = 1
    deleted: bool = off_column()


class PlayMailboxRow(SQLModel, table=True):
    __tablename__ = "play_mailbox"
    play_id: int = Field(foreign_key="play.id", primary_key=True)
    position: int = Field(primary_key=True)
    mailbox_id: int = Field(foreign_key="mailbox.id")


class PlayRunRow(SQLModel, table=True):
    """One run of a play; an enrollment by hand is a run of the same kind, without a play, kept while it lasts."""

    __tablename__ = "play_run"
    id: int | None = key_column()
    play_id: int | None = Field(default=None, foreign_key="play.id", index=True)
    ran_at: int = instant_column(nullable=False)


class PlayLogRow(SQLModel, table=True):
    """What a run decided of a person: `reason` null is enrolled, at `resume_after` steps, from `mailbox_id`."""

    __tablename__ = "play_log"
    __table_args__ = (UniqueConstraint("run_id", "person_id"),)
    id: int | None = key_column()
    run_id: int = Field(foreign_key="play_run.id")
    person_id: int = Field(foreign_key="person.id")
    reason: str | None = None
    logged: bool = True
    resume_after: int | None = None
    mailbox_id: int | None = None


class EntrantRow(SQLModel, table=True):
    """Whom an enrollment by hand is about, while it lasts; `first_mailbox_id` where another was named before."""

    __tablename__ = "entrant"
    person_id: int = Field(primary_key=True)
    mailbox_id: int | None = None
    first_mailbox_id: int | None = None


class EnrollmentRow(SQLModel, table=True):
    """A person's way through a sequence; the index below is the platform's one-at-a-time rule (R20).

    Its tasks go by `assign_mode`, decided when it begins, and to `assign_user_id` where that is decided too (R92).
    """

    __tablename__ = "enrollment"
    __table_args__ = (
        Index(
            "one_running_enrollment",
            "person_id",
            unique=True,
            sqlite_where=text(RUNNING_SQL),
            postgresql_where=text(RUNNING_SQL),
        ),
        Index(
            "enrollment_due",
            "mailbox_id",
            "next_step_at",
            sqlite_where=text(RUNNING_SQL),
            postgresql_where=text(RUNNING_SQL),
        ),
        Index("enrollment_of_person", "person_id"),
    )
    id: int | None = key_column()
    person_id: int = Field(foreign_key="person.id")
    sequence_id: int = Field(foreign_key="sequence.id")
    mailbox_id: int = Field(foreign_key="mailbox.id")
    play_id: int | None = Field(default=None, foreign_key="play.id")
    enroller_id: int | None = Field(default=None, foreign_key="user_account.id")
    assign_mode: str | None = None
    assign_user_id: int | None = Field(default=None, foreign_key="user_account.id")
    version: int = 1
    state: str = "queued"
    steps_done: int = 0
    started_at: int = instant_column(nullable=False)
    ended_at: int | None = instant_column()
    end_reason: str | None = None
    next_step_at: int | None = instant_column()


class EnrollmentStepRow(SQLModel, table=True):
    """A step that was done or is next; `derived` marks those worked out from a file that did not tell them."""

    __tablename__ = "enrollment_step"
    __table_args__ = (
        UniqueConstraint("enrollment_id", "number"),
        Index(
            "step_done", "at", sqlite_where=text("status = 'FINISHED'"), postgresql_where=text("status = 'FINISHED'")
        ),
    )
    id: int | None = key_column()
    enrollment_id: int = Field(foreign_key="enrollment.id")
    number: int
    type: str
    status: str
    at: int = instant_column(nullable=False)
    derived: bool = False


class EnrollmentPauseRow(SQLModel, table=True):
    """An enrollment that was paused, or resumed again: paused, it stays where it is and nothing is sent.

    `until` is when it resumes by itself; null where somebody has to resume it.
    """

    __tablename__ = "enrollment_pause"
    enrollment_id: int = Field(foreign_key="enrollment.id", primary_key=True)
    paused: bool = True
    at: int = instant_column(nullable=False)
    until: int | None = instant_column(index=True)


class AnswerRow(SQLModel, table=True):
    """What is going to come of an email that left: `kind` is replied, bounced, opted_out or out_of_office.

    These rows follow from the workspace's seed and the emails of the last days, so that no file has to hold them.
    """

    __tablename__ = "answer"
    id: int | None = key_column()
    person_id: int = Field(foreign_key="person.id", index=True)
    sequence_id: int = Field(foreign_key="sequence.id")
    kind: str
    at: int = instant_column(nullable=False, index=True)
    until: int | None = instant_column()


class RepTaskRow(SQLModel, table=True):
    """Work for a representative; `changed_at` is when somebody last gave it another assignee, priority or date."""

    __tablename__ = "rep_task"
    id: int | None = key_column()
    person_id: int = Field(foreign_key="person.id", index=True)
    type: str
    status: str = "READY"
    assignee_id: int | None = Field(default=None, foreign_key="user_account.id")
    sequence_id: int | None = Field(default=None, foreign_key="sequence.id")
    mailbox_id: int | None = Field(default=None, foreign_key="mailbox.id")
    enrollment_id: int | None = Field(default=None, foreign_key="enrollment.id", index=True)
    due_at: int | None = instant_column()
    ended_at: int | None = instant_column()
    priority: str = "MEDIUM"
    note: str | None = None
    created_at: int = instant_column(nullable=False)
    changed_at: int | None = instant_column()
