"""The tables of who is there, and the one row of the workspace itself."""

from typing import Any

from sqlalchemy import BigInteger, Column
from sqlmodel import Field, SQLModel

from models.tables.workspace.columns import instant_column, json_column, key_column, stamp_column


class WorkspaceRow(SQLModel, table=True):
    """The one row that holds the clock, the seed, how conflicts are decided and what comes of emails."""

    __tablename__ = "workspace"
    id: int | None = key_column()
    now: int = instant_column(nullable=False)
    clock: str = "simulated"
    anchored_at: float = 0.0  # wall-clock seconds at which `now` was written; a running clock counts from there
    seed: int = Field(default=0, sa_column=Column(BigInteger, nullable=False))
    draws: int = 0
    behaviour: dict[str, str] = json_column()
    life: dict[str, float] | None = json_column()  # shares of emails; null: nothing comes of any
    said: dict[str, Any] = json_column()  # which keys the loaded file spelled out, so that a dump gives the same file


class UserRow(SQLModel, table=True):
    __tablename__ = "user_account"  # "user" is a reserved word in PostgreSQL
    id: int | None = key_column()
    email: str = Field(unique=True)
    name: str = ""
    role: str
    created_at: int = stamp_column()
    updated_at: int = stamp_column()


class MailboxRow(SQLModel, table=True):
    __tablename__ = "mailbox"
    id: int | None = key_column()
    email: str = Field(unique=True)
    owner_id: int | None = Field(default=None, foreign_key="user_account.id")
    paused: bool = False
    daily_limit: int = 25


class CompanyRow(SQLModel, table=True):
    """A company; one that only a person's address names is kept with `listed` false."""

    __tablename__ = "company"
    id: int | None = key_column()
    domain: str = Field(unique=True)
    owner_id: int | None = Field(default=None, foreign_key="user_account.id")
    status: str = "prospect"
    listed: bool = True
    created_at: int = stamp_column()
    updated_at: int = stamp_column()


class PersonRow(SQLModel, table=True):
    __tablename__ = "person"
    id: int | None = key_column()
    email: str = Field(unique=True)
    first_name: str = ""
    company_id: int | None = Field(default=None, foreign_key="company.id", index=True)
    owner_id: int | None = Field(default=None, foreign_key="user_account.id")
    status: str = "lead"
    email_opt_out: bool = False
    do_not_email: bool = False
    created_at: int = stamp_column()
    updated_at: int = stamp_column()
