"""A sandbox workspace in its database: opened, loaded and dumped, its clock kept up to date."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime
from typing import Any

from sqlalchemy import URL

from models.errors import InvalidInput
from models.workspace import Workspace
from platforms.sandbox.behaviour.advancing import catch_up
from platforms.sandbox.clock import ClockMode, moment
from platforms.sandbox.lookup import named
from platforms.sandbox.reading.state import state
from platforms.sandbox.store import Work, open_engine, transaction
from platforms.sandbox.workspace_file.dump import Sections, dump, read_back, sections
from platforms.sandbox.workspace_file.load import load
from platforms.sandbox.workspace_file.loading import Many


class KeptWorkspace:
    """A workspace as the sandbox keeps it."""

    def __init__(
        self, url: str | URL, *, user: str | None = None, clock: str = "simulated", workspace: str = "sandbox"
    ) -> None:
        self.workspace = workspace
        self._engine = open_engine(url)
        self.clock = ClockMode.parse(clock)
        self._user = user

    @contextmanager
    def work(self) -> Iterator[Work]:
        """One transaction at the present instant, everything that was due having happened."""
        with transaction(self._engine) as connection:
            work = Work(connection, 0)
            own = self._own(work)
            work.now, present = own["now"], self.clock.read(own)
            if present > work.now or own["clock"] != self.clock.name:
                catch_up(work, present)
                self.clock.write(work, present, own)
            work.user_id = self._user_id(work, own)
            yield work

    def glance_at_clock(self) -> datetime:
        """The time by the clock that runs now, whichever process set it going. Brings nothing about."""
        with transaction(self._engine) as connection:
            own = self._own(Work(connection, 0))
            return moment(ClockMode.parse(own["clock"]).read(own))

    @contextmanager
    def glance(self) -> Iterator[Work]:
        """One transaction in which nothing is brought about: at the instant that the workspace had reached."""
        with transaction(self._engine) as connection:
            work = Work(connection, 0)
            own = self._own(work)
            work.now, work.user_id = own["now"], self._user_id(work, own)
            yield work

    @contextmanager
    def snapshot(self) -> Iterator[Work]:
        """The workspace at the present instant, everything that was due having happened, to read for as long as it
        takes: nobody who changes it waits for that."""
        with self.work():
            pass
        with transaction(self._engine, only_reads=True) as connection:
            work = Work(connection, 0)
            own = self._own(work)
            work.now, work.user_id = own["now"], self._user_id(work, own)
            yield work

    def one_look(self) -> AbstractContextManager[None]:
        """Reading twice costs nothing here."""
        return nullcontext()

    def _own(self, work: Work) -> dict[str, Any]:
        own = work.one(
            "SELECT now, clock, anchored_at,"
            " (SELECT id FROM user_account WHERE role = 'admin' ORDER BY id LIMIT 1) AS admin FROM workspace"
        )
        if own is None:
            raise InvalidInput(
                "sandbox", "it is empty", "Run `handoff sandbox reset` or `handoff sandbox load FILE.yaml`"
            )
        return own

    def _user_id(self, work: Work, own: dict[str, Any]) -> int | None:
        if self._user:
            return int(named(work, "user_account", "HANDOFF_USER", self._user)["id"])
        first: int | None = own["admin"]
        return first

    def close(self) -> None:
        """Let go of the database. The sandbox opens it again when it is next asked something."""
        self._engine.dispose()

    def load(self, workspace: Workspace, raw: dict[str, Any] | None = None, many: Many | None = None) -> None:
        """Replace the workspace by another: see `workspace_file.load`."""
        with transaction(self._engine) as connection:
            load(Work(connection, 0), workspace, raw, many)

    def dump(self) -> dict[str, Any]:
        """The workspace as a document for a workspace file."""
        with self.work() as work:
            return dump(work)

    @contextmanager
    def dumping(self) -> Iterator[Sections]:
        """The same section by section: what grows with the workspace is read as it is written."""
        with self.snapshot() as work:
            yield sections(work)

    def state(self) -> dict[str, Any]:
        """Clock, settings and counts, as `handoff sandbox state --json` prints them."""
        with self.work() as work:
            return state(work)

    def workspace_record(self) -> Workspace:
        """The whole workspace as a record."""
        with self.work() as work:
            return read_back(work)

    def is_empty(self) -> bool:
        """Whether no workspace was ever loaded."""
        with transaction(self._engine) as connection:
            return not Work(connection, 0).value("SELECT COUNT(*) FROM workspace")
