"""The sandbox's database: one connection, one transaction for each thing that happens."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import URL, Connection, CursorResult, Engine, event, insert, text
from sqlalchemy.schema import CreateColumn, CreateIndex, CreateTable, DropTable, ExecutableDDLElement, sort_tables
from sqlmodel import SQLModel

from models.databases import SANDBOX, insert_rows
from models.tables.workspace import WORKSPACE_TABLES

SANDBOX_LOCK = 4_211_907  # any number that nobody else takes in the same PostgreSQL database
COLUMNS = {
    "sqlite": "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
    "postgresql": "SELECT table_name, column_name FROM information_schema.columns"
    " WHERE table_schema = current_schema()",
}
"""How each database is asked which columns its tables have."""
ONLY_READS = "only_reads"  # an option of transactions
# A few hundred texts come again and again: each is parsed once.
_statement = lru_cache(maxsize=1024)(text)


def open_engine(url: str | URL) -> Engine:
    """An engine for the sandbox's database, its tables made where they are missing and brought up to this version.

    Raises InvalidInput for what is no address of a database, and for an SQLite file of something else.
    """
    engine = SANDBOX.open_engine(url, {table.name for table in WORKSPACE_TABLES})
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    event.listen(engine, "begin", _begin_alone)
    with SANDBOX.opening(engine), engine.begin() as connection:
        SQLModel.metadata.create_all(connection, tables=WORKSPACE_TABLES)
        _add_missing_columns(connection)
    return engine


def _add_missing_columns(connection: Connection) -> None:
    """Give the tables that an earlier version made the columns that it did not know, empty or with their defaults."""
    found = connection.exec_driver_sql(COLUMNS[connection.dialect.name])
    there = {(table, column) for table, column in found}
    for table in WORKSPACE_TABLES:
        missing = [column for column in table.columns if (table.name, column.name) not in there]
        for column in missing:
            added = CreateColumn(column).compile(dialect=connection.dialect)
            connection.exec_driver_sql(f"ALTER TABLE {table.name} ADD COLUMN {added}")
        for index in table.indexes:
            if any(column in missing for column in index.columns):
                index.create(connection)


def make_tables_anew(connection: Connection) -> None:
    """The workspace's tables, empty and as this version has them: keys count from 1 again, on every database."""
    for statement in _made_anew(connection.dialect.name):
        connection.exec_driver_sql(statement)


@cache
def _made_anew(backend: str) -> tuple[str, ...]:
    # Kept as texts: SQLAlchemy would look for each table and compile each statement at every load.
    dialect = URL.create(backend).get_dialect()()
    tables = sort_tables(WORKSPACE_TABLES)
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
    statements: list[ExecutableDDLElement] = [
        *(DropTable(table, if_exists=True) for table in reversed(tables)),
        *(CreateTable(table) for table in tables),
        *(CreateIndex(index) for index in indexes),
    ]
    return tuple(str(statement.compile(dialect=dialect)) for statement in statements)


def _tune_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN would come too late: two processes could both read first, then one fail to write.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "busy_timeout = 60000",
        "foreign_keys = ON",
        "cache_size = -131072",
        "wal_autocheckpoint = 16384",  # large runs change the same pages again and again
        f"temp_store = {'MEMORY' if os.name == 'nt' else 'FILE'}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_alone(connection: Connection) -> None:
    """One transaction at a time: two that both catch up with the clock would send the same emails twice. Those that
    only read keep nobody waiting, and see the workspace as it is when they begin."""
    sqlite = connection.dialect.name == "sqlite"
    if connection.get_execution_options().get(ONLY_READS):
        connection.exec_driver_sql("BEGIN" if sqlite else "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE" if sqlite else f"SELECT pg_advisory_xact_lock({SANDBOX_LOCK})")


@dataclass
class Work:
    """One transaction on the workspace, at one instant of its clock, by one user."""

    connection: Connection
    now: int
    user_id: int | None = None

    @property
    def stamps(self) -> dict[str, int]:
        """What a row that comes now has in the columns that say when it came and was changed."""
        return {"created_at": self.now, "updated_at": self.now}

    def run(self, sql: str, **values: object) -> CursorResult[Any]:
        """Execute one statement; `:now` is the workspace's instant in seconds."""
        return self.connection.execute(_statement(sql), {"now": self.now, **values})

    def rows(self, sql: str, **values: object) -> list[dict[str, Any]]:
        """The rows of a query, as dictionaries."""
        found = self.run(sql, **values)
        names = list(found.keys())
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def each(self, sql: str, **values: object) -> Iterator[dict[str, Any]]:
        """The same one after another: they are never all in memory, and nothing is written meanwhile."""
        return (dict(row) for row in self.run(sql, **values).mappings())

    def one(self, sql: str, **values: object) -> dict[str, Any] | None:
        """The first row of a query, or None."""
        row = self.run(sql, **values).mappings().first()
        return dict(row) if row else None

    def value(self, sql: str, **values: object) -> Any:
        """The first column of the first row, or None."""
        return self.run(sql, **values).scalar()

    def add(self, table: type[SQLModel], rows: list[dict[str, Any]]) -> None:
        """Insert rows into a table, in this order."""
        if rows:
            self.connection.execute(insert(table), rows)

    def add_many(self, table: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        """Insert any number of rows, a tuple of these columns each, in this order; they are never all in memory.

        Columns of JSON cannot be among them: values go to the driver as they are.
        """
        insert_rows(self.connection, str(table.__tablename__), columns, rows)

    def take_statistics(self) -> None:
        """Have the database know how large its tables are. PostgreSQL looks by itself a minute or more after a load:
        until then it takes them for small, and goes through a whole table for each row."""
        if self.connection.dialect.name == "postgresql":
            self.connection.exec_driver_sql(f"ANALYZE {', '.join(table.name for table in WORKSPACE_TABLES)}")

    def add_one(self, table: type[SQLModel], **values: object) -> int:
        """Insert a row and give its key."""
        done = self.connection.execute(insert(table).values(**values))
        return int(done.inserted_primary_key[0])  # type: ignore[index]  # set for every single-row insert


def from_json(value: Any) -> Any:
    """The value of a JSON column: some drivers give it parsed, others as text."""
    return json.loads(value) if isinstance(value, str) else value


@contextmanager
def transaction(engine: Engine, *, only_reads: bool = False) -> Iterator[Connection]:
    """All or nothing."""
    with engine.execution_options(**{ONLY_READS: only_reads}).begin() as connection:
        yield connection
