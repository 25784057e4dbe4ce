"""Columns of the journal that take more than a plain type."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from models.names import NONE, Names


class UtcTime(TypeDecorator[datetime]):
    """A time with a zone, kept in UTC; SQLite would forget the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: UTC. A naive time is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class NamesAsJson(TypeDecorator[Names]):
    """Names, kept as the text of a JSON list: databases compare and group texts, and PostgreSQL no JSON."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Names | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else _as_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Names | None:
        """From the database."""
        return None if value is None else _from_json(value)


# A million rows share a few lists.
@lru_cache(maxsize=10_000)
def _as_json(names: Names) -> str:
    return json.dumps(names.each)


@lru_cache(maxsize=10_000)
def _from_json(text: str) -> Names:
    return Names(*json.loads(text))


def names_column() -> Any:
    """Names, none unless some are given."""
    return Field(default=NONE, sa_column=Column(NamesAsJson, nullable=False, default=NONE))


def time_column(*, nullable: bool = True) -> Any:
    """A time with a zone."""
    return Field(default=None, sa_column=Column(UtcTime, nullable=nullable))


def json_column() -> Any:
    """Anything that JSON holds."""
    return Field(default=None, sa_column=Column(JSON))
