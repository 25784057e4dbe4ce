"""The kinds of columns that the workspace's tables share."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Boolean, Column, false
from sqlmodel import Field

RUNNING_SQL = "state IN ('queued', 'active')"


def key_column() -> Any:
    return Field(default=None, primary_key=True)


def instant_column(*, index: bool = False, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(BigInteger, nullable=nullable, index=index))


def stamp_column() -> Any:
    """When a row came or was changed; 0 where nobody wrote it down."""
    return Field(default=0, sa_column=Column(BigInteger, nullable=False, server_default="0"))


def off_column() -> Any:
    """A flag that is off where an insert leaves it out."""
    return Field(default=False, sa_column=Column(Boolean, nullable=False, server_default=false()))


def json_column() -> Any:
    return Field(default=None, sa_column=Column(JSON(none_as_null=False)))
