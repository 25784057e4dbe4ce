"""The tables of the journal: what we did and what we owe. Times are UTC; those of a workspace are its own time."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.setting_keys import SettingKey
from models.tables.chunks import ChunkRow
from models.tables.columns import (
    SettingAsText,
    UtcTime,  # noqa: F401  # migrations of earlier releases name it here
    json_column,
    names_column,
    time_column,
)
from models.tables.owners import DepartedRow, OwnerSnapshotRow, SnapshotEnrollmentRow
from models.tables.removed import RemovedContactsRow

UNDER_WAY, PENDING = "ended_at IS NULL", "ended IS NULL"
WAITING = "outcome = 'blocked' AND reasons = '[\"recently_enrolled\"]'"
"""Contacts whose waiting period alone kept them out, as a condition in SQL: nights try them again."""


class OperationRow(SQLModel, table=True):
    """One run of a procedure on one subject; while a live one runs, no second may (the index below)."""

    __tablename__ = "operation"
    __table_args__ = (
        Index(
            "one_live_operation",
            "workspace",
            "procedure",
            "subject",
            unique=True,
            sqlite_where=text("mode = 'live' AND ended_at IS NULL"),
            postgresql_where=text("mode = 'live' AND ended_at IS NULL"),
        ),
        # A row is large, with its plan: what is asked at each command and each sweep does not go through all of them.
        Index("operation_recorded", "recorded_at"),
        Index("operation_under_way", "id", sqlite_where=text(UNDER_WAY), postgresql_where=text(UNDER_WAY)),
        Index("operation_of_procedure", "workspace", "procedure", "mode", "recorded_at", "ended_at"),
        Index("operation_started_by", "started_by"),
    )
    id: str = Field(primary_key=True)
    procedure: str
    workspace: str
    subject: str
    mode: str  # dry_run or live
    status: str = "running"
    acting_user: str = ""
    started_by: str | None = None  # a person at a shell, what Prefect names, or a night's operation; None: nobody knows
    started_from: str | None = None  # models.story.StartedFrom; None in journals of earlier releases
    deployment: str | None = None  # its name, where a worker carries the run
    flow_run_id: str | None = Field(default=None, index=True)
    deployed: bool = False  # a worker carries it, and can start it again
    alive_until: datetime | None = time_column()  # its promise of the next sign of life: our time, not the workspace's
    woken: int = 0  # how often a sweep has started it again
    carrier: str | None = None  # the process that carries it (models/carrier.py); None while nobody does
    carried_since: datetime | None = time_column()  # our time, as alive_until
    carrier_until: datetime | None = time_column()  # that process's next sign of life
    parameters: dict[str, Any] = json_column()
    plan: dict[str, Any] | None = json_column()
    plan_hash: str | None = None
    planned_at: datetime | None = time_column()  # the workspace's time; None where an earlier release made the plan
    told: dict[str, Any] | None = json_column()  # what a report shows of the plan: lines, found, rejected
    next: list[str] = json_column()
    failure: str | None = None
    attempt: int = 1  # counts on when a run that failed is retried
    folder: str
    started_at: datetime = time_column(nullable=False)
    ended_at: datetime | None = time_column()
    recorded_at: datetime = time_column(nullable=False)  # our time; started_at and ended_at are the workspace's
    recorded_end_at: datetime | None = time_column()  # our time; None too where an earlier release ended it


class ChangeRow(SQLModel, table=True):
    """A change: written down before it is made (`new`; `intended` once somebody came back to it), and when it is known
    to be made (`applied`) or surely not to be (`refused`)."""

    __tablename__ = "change"
    __table_args__ = (UniqueConstraint("operation_id", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    operation_id: str = Field(foreign_key="operation.id")
    key: str
    action: str
    told: str
    document: dict[str, Any] | None = json_column()  # the change as its fields; None where it is many contacts' at once
    before: dict[str, Any] | None = json_column()  # what was there, in the same fields, where the platform tells it
    state: str = "intended"
    result: dict[str, Any] | None = json_column()
    intended_at: datetime = time_column(nullable=False)
    applied_at: datetime | None = time_column()


class OutcomeRow(SQLModel, table=True):
    """One contact of an operation: what was forecast, and what became of it.

    `item` tells the rows of a contact apart where there are several: the number of a task.
    """

    __tablename__ = "outcome"
    __table_args__ = (
        UniqueConstraint("operation_id", "email", "item", name="outcome_of_a_contact"),
        Index("outcome_waiting", "operation_id", sqlite_where=text(WAITING), postgresql_where=text(WAITING)),
    )
    id: int | None = Field(default=None, primary_key=True)
    operation_id: str = Field(foreign_key="operation.id")
    email: str
    item: str = Field(default="", sa_column_kwargs={"server_default": ""})
    sequence: str | None = None
    mailbox: str | None = None
    play: str | None = None
    forecast: str
    forecast_reasons: Any = names_column()
    outcome: str | None = None
    reasons: Any = names_column()
    step: int | None = None
    detail: str = ""
    wave: int = Field(default=1, sa_column_kwargs={"server_default": "1"})  # of those that are enrolled in waves
    # Where the contact ran (sequence, mailbox, step), or whose the task was (assignee), when this was planned.
    before: dict[str, Any] | None = json_column()
    # What the platform hides of what decides it (words of Platform.hidden): then the forecast is no verdict.
    unknown: str = Field(default="", sa_column_kwargs={"server_default": ""})


class LoanRow(SQLModel, table=True):
    """A setting that was changed and has to be given back; open as long as somebody holds it."""

    __tablename__ = "loan"
    __table_args__ = (
        Index(
            "one_open_loan",
            "workspace",
            "setting",
            unique=True,
            sqlite_where=text("state IN ('open', 'returning')"),
            postgresql_where=text("state IN ('open', 'returning')"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    workspace: str
    setting: SettingKey = Field(sa_type=SettingAsText)
    was: Any = json_column()
    set_to: Any = json_column()
    state: str = "open"  # open, returning, returned, superseded, unknown
    reopened: int = 0  # how often it was taken up again while it was being given back
    opened_at: datetime = time_column(nullable=False)
    deadline: datetime = time_column(nullable=False)
    recorded_at: datetime = time_column(nullable=False)  # our own time, for its age
    closed_at: datetime | None = time_column()


class LoanHolderRow(SQLModel, table=True):
    """An operation that needs a loan, or did until it was released."""

    __tablename__ = "loan_holder"
    loan_id: int = Field(foreign_key="loan.id", primary_key=True)
    operation_id: str = Field(foreign_key="operation.id", primary_key=True)
    released_at: datetime | None = time_column()
    __table_args__ = (Index("loan_holder_of_operation", "operation_id"),)


class WaitRow(SQLModel, table=True):
    """A wait: what for, from when, how long at least and at most, and how it ended."""

    __tablename__ = "wait"
    __table_args__ = (
        UniqueConstraint("operation_id", "waits_for"),
        Index("wait_pending", "id", sqlite_where=text(PENDING), postgresql_where=text(PENDING)),
    )
    id: int | None = Field(default=None, primary_key=True)
    operation_id: str = Field(foreign_key="operation.id")
    waits_for: str
    since: datetime = time_column(nullable=False)
    wakes_at: datetime = time_column(nullable=False)
    latest: datetime = time_column(nullable=False)
    probes: int = 0
    ended: str | None = None  # done, refused, timed_out
    proved_by: str | None = None  # probe, clock
    ended_at: datetime | None = time_column()


class DecisionRow(SQLModel, table=True):
    """What a person answered, bound to the plan that was shown."""

    __tablename__ = "decision"
    __table_args__ = (UniqueConstraint("operation_id", "question", "plan_hash"),)
    id: int | None = Field(default=None, primary_key=True)
    operation_id: str = Field(foreign_key="operation.id")
    question: str
    plan_hash: str
    answer: str
    shown: dict[str, Any] | None = json_column()  # the question and its sections; None where nobody was asked
    decided_by: str
    decided_at: datetime = time_column(nullable=False)


class QuestionRow(SQLModel, table=True):
    """What a deployed run asks a person on a form, bound to the plan that is shown. Times are ours."""

    __tablename__ = "question"
    __table_args__ = (UniqueConstraint("operation_id", "question", "key"),)
    id: int | None = Field(default=None, primary_key=True)
    operation_id: str = Field(foreign_key="operation.id")
    question: str
    key: str  # of the plan's hash and the attempt: under it Prefect keeps the answer
    told: str
    sections: list[Any] = json_column()  # what the form shows besides: titles, each with lines
    state: str = "open"  # open, given (not taken up by the run yet), answered, refused, expired
    answered_by: str | None = None  # as the form says; None in journals of earlier releases
    problem: str = ""  # why an answer could not be taken
    asked_at: datetime = time_column(nullable=False)
    workspace_time: datetime | None = time_column()  # when it was asked; None in journals of earlier releases
    expires_at: datetime = time_column(nullable=False)


class SweepRow(SQLModel, table=True):
    """When the last sweep of a workspace ended, and when one last removed what had been kept long enough: our time."""

    __tablename__ = "sweep"
    workspace: str = Field(primary_key=True)
    last_ended_at: datetime = time_column(nullable=False)
    removed_at: datetime | None = time_column()


class SeenFactRow(SQLModel, table=True):
    """What one operation saw of how a workspace behaves (models/open_questions.py), with the words of the answer."""

    __tablename__ = "seen_fact"
    __table_args__ = (
        UniqueConstraint("operation_id", "question"),
        Index("seen_fact_of_workspace", "workspace"),
    )
    id: int | None = Field(default=None, primary_key=True)
    workspace: str
    question: str
    answer: str
    words: str = ""
    seen_at: datetime = time_column(nullable=False)
    operation_id: str = Field(foreign_key="operation.id")


JOURNAL_TABLES = [
    SQLModel.metadata.tables[str(row.__tablename__)]
    for row in (
        OperationRow,
        ChangeRow,
        OutcomeRow,
        LoanRow,
        LoanHolderRow,
        WaitRow,
        OwnerSnapshotRow,
        SnapshotEnrollmentRow,
        DepartedRow,
        DecisionRow,
        QuestionRow,
        SweepRow,
        SeenFactRow,
        RemovedContactsRow,
        ChunkRow,
    )
]
