"""The record of who owned mailboxes and who ran from them. Times are the workspace's unless said otherwise."""

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from models.tables.columns import time_column


class OwnerSnapshotRow(SQLModel, table=True):
    """Who owned a mailbox at a time, and how many were running from it."""

    __tablename__ = "owner_snapshot"
    id: int | None = Field(default=None, primary_key=True)
    workspace: str
    mailbox: str
    owner: str | None = None
    running: int = 0
    taken_at: datetime = time_column(nullable=False)
    owner_seen_at: datetime | None = time_column()  # the first look at which this owner had it, of those in a row
    recorded_at: datetime | None = time_column()  # our time
    # A look that is not complete counts for nothing: its process may have died among those who run.
    complete: bool = True
    # The mailbox did not show at a later look: whoever ran from it was written down as departed by that one.
    gone: bool = False


class SnapshotEnrollmentRow(SQLModel, table=True):
    """Somebody who ran from a mailbox when a snapshot was taken."""

    __tablename__ = "snapshot_enrollment"
    __table_args__ = (Index("snapshot_enrollment_of", "snapshot_id", "email"),)
    id: int | None = Field(default=None, primary_key=True)
    snapshot_id: int = Field(foreign_key="owner_snapshot.id")
    email: str
    sequence: str


class DepartedRow(SQLModel, table=True):
    """Somebody who ran from a mailbox at one look, and not at the next: kept until a night has accounted for them."""

    __tablename__ = "departed"
    __table_args__ = (Index("departed_of", "workspace", "email"), Index("departed_named_by", "named_by", "id"))
    id: int | None = Field(default=None, primary_key=True)
    workspace: str
    mailbox: str
    email: str
    sequence: str
    seen_at: datetime = time_column(nullable=False)  # the last look at which they ran
    named_by: str | None = None  # the night that names them to a person
    detail: str = Field(default="", sa_column_kwargs={"server_default": ""})  # the evidence
