"""The journal's database: opened, and brought to the newest schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from sqlalchemy import URL, Connection, Engine, event, inspect, text
from sqlmodel import Session

from models.databases import JOURNAL
from models.tables.journal import JOURNAL_TABLES

MIGRATIONS = Path(__file__).parent / "migrations"
MIGRATING = 0x48414E44  # an advisory lock's number; ours alone, whatever else is in the database
TABLES = frozenset(table.name for table in JOURNAL_TABLES)
HEAD = "0016"  # the newest migration; a test holds it against the folder


_opening = Lock()  # threads of one process share an engine


class Journal:
    """What we did and what we owe. Each `session` is one transaction."""

    def __init__(self, url: str | URL) -> None:
        """Open it, made where there is none. Raises InvalidInput for what is no journal that this version can read."""
        self.url = url
        with _opening:
            self.engine = _engine(url)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session that commits when it is left well. What it gave stays readable afterwards."""
        with Session(self.engine, expire_on_commit=False) as session:
            yield session
            session.commit()


@lru_cache(maxsize=8)
def _engine(url: str | URL) -> Engine:
    engine = JOURNAL.open_engine(url, TABLES | {"alembic_version"})
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    with JOURNAL.opening(engine):
        _migrate(engine)
    return engine


def _tune_sqlite(connection: Any, _record: object) -> None:
    # The driver's own BEGIN would come too late: two processes could both read first, then one fail to write.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "busy_timeout = 60000",
        "foreign_keys = ON",
        "cache_size = -131072",  # addresses come in no order: of a million the index is larger than SQLite's usual 2 MB
        "wal_autocheckpoint = 16384",  # and each chunk changes most of its pages
    ):
        connection.execute(f"PRAGMA {pragma}")


def _migrate(engine: Engine) -> None:
    """Bring the schema to HEAD. Alembic is loaded only where there is something to do: it takes a while."""
    version = _version(engine)
    if version == HEAD:
        return
    _refuse_newer(engine, version)
    from alembic import command
    from alembic.config import Config

    with _without_foreign_keys(engine) as connection, connection.begin():
        if engine.dialect.name == "postgresql":  # of many that open it at once, one makes the tables
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        if _version_at(connection) == HEAD:
            return
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _refuse_newer(engine: Engine, version: str | None) -> None:
    """Raise InvalidInput for a journal of a newer version, and for the numbered database of something else."""
    if version is None or version in known_versions():
        return
    if TABLES.isdisjoint(inspect(engine).get_table_names()):
        raise JOURNAL.refusal(engine, "holds something else than a journal", "Name another")
    raise JOURNAL.refusal(
        engine,
        f"was made by a newer version of Handoff ({version}; this one knows those up to {HEAD})",
        "Install that version, or name another journal",
    )


def known_versions() -> set[str]:
    """The versions that this release can bring to the newest, and that one."""
    return {file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")}


@contextmanager
def _without_foreign_keys(engine: Engine) -> Iterator[Connection]:
    """A connection on which SQLite lets a table be made anew that others refer to, as its ALTER TABLE needs
    (https://sqlite.org/lang_altertable.html, section 7); within a transaction it can no longer be said."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver: Any = connection.connection.driver_connection
        driver.execute("PRAGMA foreign_keys = OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys = ON")


def _version(engine: Engine) -> str | None:
    with engine.connect() as connection:
        return _version_at(connection)


def _version_at(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found
