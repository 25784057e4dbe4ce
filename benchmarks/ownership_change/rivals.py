"""What else could have written the rows that the flow wrote: plain Python, and SQL alone.

Both begin where the flow began, with a copy of its workspace and an empty journal, and write into the same tables, with
their indices, foreign keys on, with the pragmas that Handoff opens its databases with; a transaction for each database.
What they read the rows from is not counted.
"""

import csv
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SANDBOX = {
    "audience_member": "TRUE",
    "play_log": "TRUE",
    "enrollment": "id >= :first",
    "enrollment_step": "enrollment_id >= :first",
}
"""The tables of the workspace that the flow writes a row a contact to, and which of the rows are its own."""
FEW = ("audience", "play", "play_mailbox", "play_run")  # what those refer to
AUDIENCE = "email, sequence, play, mailbox"
OUTCOMES = "email, outcome, reasons, sequence, mailbox, step, detail"
FORECAST = "id, operation_id, email, item, sequence, mailbox, play, forecast, forecast_reasons, reasons, step, detail"
UPDATE = "UPDATE outcome SET outcome = ?, reasons = ?, step = ?, mailbox = ?, detail = ? WHERE id = ?"


def rival_a(home: Path, done: Path) -> float:
    """CPU seconds of `executemany` for each row, and of `csv.writer` for both files."""
    return _many_to_sandbox(home, done) + _many_to_journal(home, done) + _files(home, done)


def rival_b(home: Path, done: Path) -> float:
    """CPU seconds of `INSERT … SELECT` from the flow's files, and of `UPDATE … FROM`."""
    with opened(home / "sandbox.db", done / "sandbox.db") as connection:
        first = _begin_in_sandbox(connection)
        start = time.process_time()
        for table, which in SANDBOX.items():
            connection.execute(f"INSERT INTO {table} SELECT * FROM done.{table} WHERE {which}", {"first": first})
        connection.execute("COMMIT")
        seconds = time.process_time() - start
    with _journal(home, done) as connection:
        start = time.process_time()
        connection.execute(f"INSERT INTO outcome ({FORECAST}) SELECT {FORECAST} FROM done.outcome ORDER BY id")
        connection.execute(
            "UPDATE outcome SET outcome = d.outcome, reasons = d.reasons, step = d.step, mailbox = d.mailbox,"
            " detail = d.detail FROM done.outcome d WHERE d.id = outcome.id"
        )
        connection.execute("COMMIT")
        return seconds + time.process_time() - start


def _many_to_sandbox(home: Path, done: Path) -> float:
    seconds = 0.0
    with opened(home / "sandbox.db", done / "sandbox.db") as connection:
        first = _begin_in_sandbox(connection)
        for table, which in SANDBOX.items():
            query = f"SELECT * FROM done.{table} WHERE {which} ORDER BY rowid"
            seconds += _many(connection, _insert(table), connection.execute(query, {"first": first}).fetchall())
        start = time.process_time()
        connection.execute("COMMIT")
        return seconds + time.process_time() - start


def _many_to_journal(home: Path, done: Path) -> float:
    with _journal(home, done) as connection:
        forecasts = connection.execute(f"SELECT {FORECAST} FROM done.outcome ORDER BY id").fetchall()
        holes = ", ".join("?" * len(FORECAST.split(",")))
        seconds = _many(connection, f"INSERT INTO outcome ({FORECAST}) VALUES ({holes})", forecasts)
        del forecasts
        became = "SELECT outcome, reasons, step, mailbox, detail, id FROM done.outcome ORDER BY id"
        seconds += _many(connection, UPDATE, connection.execute(became).fetchall())
        start = time.process_time()
        connection.execute("COMMIT")
        return seconds + time.process_time() - start


def _files(home: Path, done: Path) -> float:
    seconds = 0.0
    with opened(done / "journal.db") as connection:
        for name, columns, which in (("audience", AUDIENCE, "forecast = 'enrolled'"), ("outcomes", OUTCOMES, "TRUE")):
            rows = connection.execute(f"SELECT {columns} FROM outcome WHERE {which} ORDER BY id").fetchall()
            start = time.process_time()
            with (home / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file, lineterminator="\n")
                writer.writerow(columns.split(", "))
                writer.writerows(rows)
            seconds += time.process_time() - start
    return seconds


def _many(connection: sqlite3.Connection, statement: str, rows: list[tuple[object, ...]]) -> float:
    start = time.process_time()
    connection.executemany(statement, rows)
    return time.process_time() - start


def _insert(table: str) -> str:
    columns = {"audience_member": 3, "play_log": 7, "enrollment": 15, "enrollment_step": 7}
    return f"INSERT INTO {table} VALUES ({', '.join('?' * columns[table])})"


def _begin_in_sandbox(connection: sqlite3.Connection) -> int:
    """Begin a transaction with the few rows that the many refer to; give the first enrollment of the flow's."""
    first = int(connection.execute("SELECT MAX(id) + 1 FROM enrollment").fetchone()[0])
    connection.execute("BEGIN IMMEDIATE")
    for table in FEW:
        connection.execute(f"INSERT OR IGNORE INTO {table} SELECT * FROM done.{table}")
    return first


@contextmanager
def _journal(home: Path, done: Path) -> Iterator[sqlite3.Connection]:
    """An empty journal with the operation alone, in a transaction."""
    from journal.database import Journal

    Journal(f"sqlite:///{home / 'journal.db'}").engine.dispose()
    with opened(home / "journal.db", done / "journal.db", "FULL") as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("INSERT INTO operation SELECT * FROM done.operation")
        yield connection


@contextmanager
def opened(file: Path, done: Path | None = None, synchronous: str = "NORMAL") -> Iterator[sqlite3.Connection]:
    """A database as Handoff opens it, and another one attached as `done`."""
    connection = sqlite3.connect(file, isolation_level=None)
    for pragma in (
        "journal_mode = WAL",
        f"synchronous = {synchronous}",
        "foreign_keys = ON",
        "cache_size = -131072",
        "wal_autocheckpoint = 16384",
    ):
        connection.execute(f"PRAGMA {pragma}")
    if done is not None:
        connection.execute("ATTACH ? AS done", [str(done)])
    try:
        yield connection
    finally:
        connection.close()


def first_new(connection: sqlite3.Connection, size: int) -> int:
    """The first enrollment that the flow made of so many contacts: the workspace had these before."""
    everybody = size + size // 10
    old = len(range(3, everybody + 1, 10))
    return everybody + old + 1
