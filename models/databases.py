"""The databases that settings name: read as people write them, opened, and named where one of them fails."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, ExceptionContext, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from models.errors import InvalidInput
from models.privacy import make_database_file

WRITE = "Write postgresql://user@host/database, or leave it out: SQLite in the home"
WRONG_FILES = {
    "SQLITE_NOTADB": "is no SQLite database",
    "SQLITE_CORRUPT": "is damaged",
    "SQLITE_CANTOPEN": "cannot be opened",
    "SQLITE_READONLY": "cannot be written",
    "SQLITE_PERM": "cannot be written",
}  # by the beginning of SQLite's own name for it: https://sqlite.org/rescode.html

COPY = "COPY "
AT_ONCE = 10_000  # rows that go to a database in one call


@dataclass(frozen=True)
class Database:
    """What a database is for, and the setting that names one."""

    holds: str
    setting: str

    def open_engine(self, url: str | URL, tables: Collection[str]) -> Engine:
        """An engine for an address as people write it, the folder of an SQLite file made where it is missing.

        An error that comes out of the engine has `named` as its detail: see `models/failures.py`. Raises InvalidInput
        for what cannot be one, and for an SQLite file that has tables and none of these.
        """
        address = read_address(url, self.setting)
        if file := _file_of(address):
            try:
                make_database_file(str(file))
            except OSError as error:
                raise InvalidInput(
                    self._settings(address),
                    f"the folder {file.parent} cannot be made ({error.strerror})",
                    "Name one that you may write to",
                ) from error
        try:
            # The connection used last has its pages at hand: taken by turns, each would read them anew.
            engine = create_engine(address, pool_use_lifo=True)
        except ModuleNotFoundError as error:
            raise InvalidInput(
                self.setting, f"its driver {error.name} is not installed", f"pip install '{error.name}[binary]'"
            ) from error
        event.listen(engine, "handle_error", self._name)
        event.listen(engine, "do_executemany", _copy)
        if file:
            self._refuse_other(engine, tables)
        return engine

    def _refuse_other(self, engine: Engine, tables: Collection[str]) -> None:
        """To make our tables in the file of something else would succeed. (A database of PostgreSQL may be shared.)"""
        with self.opening(engine):
            found = inspect(engine).get_table_names()
        engine.dispose()  # whoever opens it sets up the connections that come
        if found and set(found).isdisjoint(tables):
            raise self.refusal(engine, f"holds something else than a {self.holds}", "Name another")

    def named(self, address: URL) -> str:
        """The database as a message begins: the settings that name it, what it holds, and where. No password."""
        where = _file_of(address) or f"{address.host or 'this machine'}/{address.database or ''}"
        return f"{self._settings(address)}: the {self.holds}, {where},"

    @contextmanager
    def opening(self, engine: Engine) -> Iterator[None]:
        """While the database is opened, before anything was changed, a file that cannot be one is wrong input."""
        try:
            yield
        except DBAPIError as error:
            name = getattr(error.orig, "sqlite_errorname", "")
            wrong = next((words for kind, words in WRONG_FILES.items() if name.startswith(kind)), None)
            if wrong is None:
                raise
            raise self.refusal(engine, wrong, "See to it, or name another") from error

    def refusal(self, engine: Engine, problem: str, remedy: str) -> InvalidInput:
        """The error for a database that holds something else than it should."""
        field, _, which = self.named(engine.url).partition(": ")
        return InvalidInput(field, f"{which} {problem}", remedy)

    def _settings(self, address: URL) -> str:
        return f"HANDOFF_HOME, {self.setting}" if address.get_backend_name() == "sqlite" else self.setting

    def _name(self, context: ExceptionContext) -> None:
        address = context.engine.url if context.engine else None
        if address is not None and isinstance(context.sqlalchemy_exception, DBAPIError):
            context.sqlalchemy_exception.add_detail(self.named(address))


JOURNAL = Database("journal", "HANDOFF_DATABASE_URL")
SANDBOX = Database("sandbox", "HANDOFF_SANDBOX_URL")


def sqlite_file(file: Path) -> URL:
    """The address of an SQLite file, whatever signs its name has."""
    return URL.create("sqlite", database=str(file))


def read_address(url: str | URL, setting: str) -> URL:
    """The address of an SQLite or PostgreSQL database as people write it, with the driver that comes with Handoff.

    Raises InvalidInput naming the setting; it tells no address, which may hold a password.
    """
    try:
        # Some hosts write postgres:// and mean the same.
        address = make_url(re.sub("^postgres(?=[:+])", "postgresql", url) if isinstance(url, str) else url)
        dialect = address.get_dialect()
    except (ArgumentError, ValueError, ModuleNotFoundError):
        raise InvalidInput(setting, "is no address of an SQLite or PostgreSQL database", WRITE) from None
    if address.get_backend_name() not in ("sqlite", "postgresql") or dialect.is_async:
        raise InvalidInput(setting, f"{address.drivername} is neither SQLite nor PostgreSQL", WRITE)
    return address.set(drivername="postgresql+psycopg") if address.drivername == "postgresql" else address


def _file_of(address: URL) -> Path | None:
    """The file of an SQLite database; None for one in memory, and for any other."""
    in_file = address.get_backend_name() == "sqlite" and address.database not in (None, "", ":memory:")
    return Path(str(address.database)).absolute() if in_file else None


def run_for_each(connection: Connection, statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """Carry a statement out for each row of plain values, of which `?` are the places in it.

    It goes past SQLAlchemy, which would take longer over a row than the database.
    """
    if every := list(rows):
        plain = statement if connection.dialect.paramstyle == "qmark" else statement.replace("?", "%s")
        connection.exec_driver_sql(plain, every)


def insert_rows(connection: Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert any number of rows into a table, a value for each of these columns, in this order; they are never all in
    memory.

    Values go to the driver as they are: for a column of JSON, and for one of Names, that is the text.
    """
    target, following = f"{table} ({', '.join(columns)})", iter(rows)
    insertion = f"INSERT INTO {target} VALUES ({', '.join('?' * len(columns))})"
    while part := list(islice(following, AT_ONCE)):
        if connection.dialect.name == "postgresql" and len(part) > 1:
            connection.exec_driver_sql(f"{COPY}{target} FROM STDIN", part)
        else:
            run_for_each(connection, insertion, part)


def _copy(cursor: Any, statement: str, rows: Sequence[Sequence[Any]], _context: object) -> bool:
    """Carry out a COPY, several times as fast as INSERT: https://www.psycopg.org/psycopg3/docs/basic/copy.html

    Here and not beside SQLAlchemy, so that its errors are named as those of any statement. True: it was one.
    """
    if not statement.startswith(COPY):
        return False
    with cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)
    return True
