"""A copy of another platform's workspace in a file: taken part by part, gone on with where it was cut short."""

import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from models.databases import sqlite_file
from models.errors import InvalidInput
from models.records import Behaviour
from models.tables.workspace import WORKSPACE_TABLES, WorkspaceRow
from models.workspace import Workspace
from platforms.sandbox.clock import moment, seconds
from platforms.sandbox.copying import ledger, mailboxes, taking
from platforms.sandbox.copying.deriving import derive
from platforms.sandbox.copying.ledger import Origin
from platforms.sandbox.copying.merging import Row
from platforms.sandbox.copying.settings import add_settings, stated_settings
from platforms.sandbox.store import Work, make_tables_anew, open_engine, transaction

TAKES: dict[str, Callable[[Work, list[Row]], Any]] = {
    "users": taking.users,
    "companies": taking.companies,
    "people": taking.people,
    "sequences": taking.sequences,
    "enrollments": taking.enrollments,
    "steps": taking.enrollment_steps,
    "ended": taking.excluded,
    "owners": mailboxes.mailboxes,
    "tasks": taking.tasks,
}
"""How rows of each object are taken: see each function for the columns."""
COUNTED = {
    "users": "user_account",
    "companies": "company",
    "people": "person",
    "mailboxes": "mailbox",
    "sequences": "sequence",
    "rulesets": "ruleset",
    "plays": "play",
    "enrollments": "enrollment",
    "steps": "enrollment_step",
    "tasks": "rep_task",
}
SAID_NOTHING: dict[str, Any] = {"order": [], "sections": {}, "whole": {}}


@dataclass(frozen=True)
class Part:
    """See `ledger.Part`; instants instead of seconds."""

    complete_up_to: datetime | None
    reached: datetime | None
    done: bool


def refuse_what_is_no_copy(path: Path) -> None:
    """Raise InvalidInput where a file is something else's, or none can be: nothing is written, and nothing dropped."""
    _refuse_what_is_no_place(path)
    try:
        found = _tables_in(path) if path.exists() else frozenset()
    except sqlite3.Error as error:
        raise InvalidInput("--into", f"{path} is no file of a twin ({error})", "Name another file") from error
    own = {str(table.name) for table in WORKSPACE_TABLES}
    if found and "copy_of" not in found and not own <= found:  # cut short while it was made: it has no copy_of yet
        raise InvalidInput("--into", f"{path} is a database of something else", "Name another file")


def _refuse_what_is_no_place(path: Path) -> None:
    if not path.parent.is_dir():
        problem = f"{path} cannot be written: there is no folder {path.parent}"
        raise InvalidInput("--into", problem, "Make it, or name another place")
    if path.exists() and not path.is_file():
        raise InvalidInput("--into", f"{path} is no file", "Name a file: a twin is a database")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise InvalidInput("--into", f"{path} cannot be written (Permission denied)", "Choose another place")


def _tables_in(path: Path) -> frozenset[str]:
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
        return frozenset(name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'"))


class Copy:
    """The file of a copy. Each method is one transaction: what was taken before a crash stays taken."""

    def __init__(self, path: Path) -> None:
        refuse_what_is_no_copy(path)
        self._path = path
        self._engine = open_engine(sqlite_file(path))
        with transaction(self._engine) as connection:
            ledger.make_tables(Work(connection, 0))

    def close(self) -> None:
        """Let go of the file."""
        self._engine.dispose()

    @contextmanager
    def _work(self, now: datetime | None = None) -> Iterator[Work]:
        with transaction(self._engine) as connection:
            yield Work(connection, seconds(now) if now else int(time.time()))

    def begin(self, workspace: str, now: datetime, *, whole: bool) -> bool:
        """Begin to copy that workspace, or to bring the copy up to date; or go on, where it was cut short: gives
        whether it does. `whole` begins with nothing. Raises InvalidInput where the file is something else's."""
        with self._work(now) as work:
            found = ledger.origin(work)
            self._refuse_another(work, found, workspace)
            if found is None or whole:
                make_tables_anew(work.connection)
                ledger.forget(work)
                work.add_one(
                    WorkspaceRow, id=1, now=work.now, seed=0, behaviour=Behaviour().model_dump(), said=SAID_NOTHING
                )
                work.run("INSERT INTO copy_of (workspace, whole) VALUES (:workspace, 1)", workspace=workspace)
                return False
            if found.finished_at is not None:
                work.run("UPDATE copy_of SET finished_at = NULL, whole = 0")
                work.run("UPDATE copy_part SET done = 0")
            return found.finished_at is None

    def _refuse_another(self, work: Work, found: Origin | None, workspace: str) -> None:
        if found is None and work.value("SELECT COUNT(*) FROM workspace"):
            raise InvalidInput("--into", f"{self._path} holds a workspace that is no twin", "Name another file")
        if found is not None and found.workspace != workspace:
            raise InvalidInput("--into", f"{self._path} is the twin of '{found.workspace}'", "Name another file")

    def origin(self) -> Origin | None:
        """Whose copy it is, and whether it is complete; None: nobody's yet."""
        with self._work() as work:
            return ledger.origin(work)

    def part(self, name: str) -> Part:
        """How far an object is."""
        with self._work() as work:
            found = ledger.part(work, name)
        at = [None if one is None else moment(one) for one in (found.complete_up_to, found.reached)]
        return Part(at[0], at[1], found.done)

    def take(self, name: str, rows: list[Row], reached: datetime | None = None) -> None:
        """Take some rows of an object; `reached`: all that were updated before are taken now. Repeated: no change."""
        with self._work() as work:
            TAKES[name](work, [_in_seconds(row) for row in rows])
            if reached is not None:
                ledger.reach(work, name, seconds(reached))

    def complete(self, name: str, up_to: datetime) -> None:
        """The object was taken, as it was asked for at that instant."""
        with self._work() as work:
            ledger.complete(work, name, seconds(up_to))

    def one_enrollment_each(self) -> list[str]:
        """The id of one enrollment of each mailbox."""
        with self._work() as work:
            return mailboxes.one_enrollment_each(work)

    def mailbox_ids(self) -> list[str]:
        """The ids of all mailboxes."""
        with self._work() as work:
            return mailboxes.mailbox_ids(work)

    def take_pauses(self, paused: dict[str, bool]) -> None:
        """Take which mailboxes are paused, by their ids."""
        with self._work() as work:
            mailboxes.pauses(work, paused)

    def add_settings(self, settings: Workspace, name: str) -> None:
        """Add what a workspace file of that name tells: see `settings`. Whole or not at all."""
        with self._work() as work:
            add_settings(work, settings, name)
            work.run("UPDATE copy_of SET settings = :stated", stated=ledger.as_json(stated_settings(settings)))

    def finish(self, now: datetime) -> int:
        """Everything is here: derive what follows from it, and set the clock, which only moves by hand. Gives how many
        enrollments ran twice by what was read."""
        with self._work(now) as work:
            overtaken = derive(work)
            work.run("UPDATE workspace SET now = :now, clock = 'simulated', anchored_at = :wall", wall=time.time())
            work.run("UPDATE copy_of SET finished_at = :now")
            return overtaken

    def counts(self) -> dict[str, int]:
        """How many there are of each object."""
        with self._work() as work:
            return {name: int(work.value(f"SELECT COUNT(*) FROM {table}")) for name, table in COUNTED.items()}


def _in_seconds(row: Row) -> Row:
    return {name: seconds(value) if isinstance(value, datetime) else value for name, value in row.items()}
