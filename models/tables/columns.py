"""Columns of the journal that take more than a plain type."""

import json
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import JSON, Column, DateTime, Dialect, String
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from models.names import NONE, Names
from models.setting_keys import SettingKey


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


class NamesAsJson(TypeDecorator[Names | str]):
    """Names, kept as the text of a JSON list: databases compare and group texts, and PostgreSQL no JSON.

    Whoever writes many rows hands that text over (`as_json`): rows of texts alone cost the garbage collector nothing.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: Names | str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return as_json(value) if isinstance(value, Names) else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> Names | None:
        """From the database."""
        return None if value is None else from_json(value)


class SettingAsText(TypeDecorator[SettingKey]):
    """A setting's key, kept as the text that it is."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """To the database."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> SettingKey | None:
        """From the database."""
        return None if value is None else SettingKey.parse(value)


def as_json(names: Names) -> str:
    """Names as the journal keeps them."""
    return json.dumps(names.each)


@lru_cache(maxsize=10_000)  # a million rows share a few
def from_json(text: str) -> Names:
    """Names that the journal has kept."""
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
