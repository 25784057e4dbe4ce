"""What people did and what became of each run: kept beside sandbox and journal, for the oracle to read by SQL.

The workspace keeps no history of its settings, and does not say who did what: without this nobody could tell what
people set last, or that somebody answered while no enrollment of theirs ran.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TABLES = """
CREATE TABLE IF NOT EXISTS did (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, who TEXT, kind TEXT NOT NULL, person TEXT, sequence TEXT, mailbox TEXT,
    play TEXT, setting TEXT, value TEXT, before TEXT, refused TEXT, last_enrollment INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS begun_with (setting TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS run (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, procedure TEXT, parameters TEXT, operation TEXT, ended TEXT, why TEXT);
CREATE TABLE IF NOT EXISTS idle (operation TEXT PRIMARY KEY, since INTEGER NOT NULL);
"""


class Diary:
    """The file; each entry is a transaction of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as connection:
            connection.executescript(TABLES)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        # Never kept open: a process that forks must hold no SQLite connection.
        connection = sqlite3.connect(self.path, timeout=60)
        connection.execute("PRAGMA synchronous = OFF")
        try:
            with connection:
                yield connection
        finally:
            connection.close()

    def begin_with(self, settings: dict[str, Any]) -> None:
        """Every setting as it was when the month began."""
        with self._open() as connection:
            rows = [(key, json.dumps(value)) for key, value in settings.items()]
            connection.executemany("INSERT INTO begun_with VALUES (?, ?)", rows)

    def note(self, table: str, **values: Any) -> None:
        """Write an entry into `did` or `run`."""
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._open() as connection:
            connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._open() as connection:
            return connection.execute(sql, values).fetchall()
