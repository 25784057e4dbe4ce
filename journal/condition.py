"""In which condition a journal is that nobody opened yet. To look changes nothing: it is neither made nor migrated."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Literal

from sqlalchemy import URL, text
from sqlalchemy.exc import ProgrammingError

from journal.database import HEAD, TABLES, known_versions
from models.databases import JOURNAL
from models.errors import InvalidInput

Condition = Literal["missing", "empty", "older", "ours", "newer", "other"]
"""`older`: the next command brings it to this version. `other`: it holds something else."""
VERSION = "SELECT version_num FROM alembic_version"


def file_of(url: URL) -> Path | None:
    """The file of a journal on SQLite."""
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def condition_of(url: URL) -> Condition:
    """The condition of the journal at an address. Raises InvalidInput for a file that is no database, and what the
    driver raises for one that does not answer."""
    file = file_of(url)
    if file is None:
        return _judged(*_of_server(url))
    if not file.exists():
        return "missing"
    try:
        return _judged(*_of_file(file))
    except sqlite3.Error as error:
        raise InvalidInput(
            "HANDOFF_HOME, HANDOFF_DATABASE_URL",
            f"the journal {file} cannot be read ({error})",
            "Put a backup back (docs/backups.md), or name another home",
        ) from error


def _of_file(file: Path) -> tuple[set[str], str | None]:
    # Without a log beside it, it was closed well: read as what cannot change, SQLite makes no files beside it.
    unchanged = "" if file.with_name(f"{file.name}-wal").exists() else "&immutable=1"
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro{unchanged}", uri=True)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        row = database.execute(VERSION).fetchone() if "alembic_version" in tables else None
    return tables, row[0] if row else None


def _of_server(url: URL) -> tuple[set[str], str | None]:
    engine = JOURNAL.open_engine(url, TABLES)
    try:
        with engine.connect() as connection:
            version = connection.execute(text(VERSION)).scalar()
        return set(TABLES), version
    except ProgrammingError:  # no such table: nobody ran anything on this database yet
        return set(), None
    finally:
        engine.dispose()


def _judged(tables: set[str], version: str | None) -> Condition:
    if not tables:
        return "empty"
    if TABLES.isdisjoint(tables):
        return "other"
    if version == HEAD:
        return "ours"
    return "older" if version is None or version in known_versions() else "newer"
