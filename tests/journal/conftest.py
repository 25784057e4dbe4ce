"""A journal for each test: on SQLite, or on a PostgreSQL where a test asks for it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from journal import operations
from journal.database import Journal, _engine
from models.tables.journal import OperationRow
from tests.journal.journals import operation
from tests.postgresql import new_database
from tests.workspaces import NOW

__all__ = ["NOW", "begun"]


def begun(journal: Journal, name: str, *, mode: str = "live", subject: str = "ana@send.acme.test") -> OperationRow:
    """An operation that was begun."""
    return operations.begin(journal, operation(name, mode=mode, subject=subject))


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it: on SQLite, unless `ON_BOTH` asks for PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.db'}"
    return new_database(request.getfixturevalue("postgresql"), "journal")


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    made = Journal(url)
    yield made
    made.engine.dispose()
    _engine.cache_clear()
