"""`handoff up` watches what everything depends on: says so at the terminal, in the home, and as an event in Prefect."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx
from sqlalchemy.exc import SQLAlchemyError

from cli.keeping import prefect_api
from cli.keeping.commands import POOL
from cli.keeping.overdue_loans import OverdueLoans
from cli.keeping.settled import NIGHT, SWEEP
from journal import sweeps
from journal.database import Journal
from models.errors import InvalidInput
from models.failures import failure_of
from models.notices import LOAN_OVERDUE, TROUBLE, WELL
from models.rules.watching import LOOKS, Seen, confirmed, errors_in, wrong
from models.settings import Settings
from models.watch_file import Trouble, Watched, note, watch_in

EVERY = 60.0  # seconds between two looks
MOST = 1_000_000  # bytes of the server's log that are read at one look


class Watcher:
    """Looks every minute, in a thread of its own: whoever keeps the processes running must not wait for an answer."""

    def __init__(self, settings: Settings, api_url: str, server_log: Path | None, say: Callable[[str], None]) -> None:
        """`server_log` is None where the server is somebody else's."""
        self._settings, self._api_url, self._log, self._say = settings, api_url, server_log, say
        self._read_to = _size(server_log) if server_log else 0
        self._errors = deque[frozenset[str]](maxlen=LOOKS)
        self._found: dict[Watched, str] = {}
        self._troubles: tuple[Trouble, ...] = ()
        self._loans = OverdueLoans(settings)
        self._unsent: list[tuple[str, dict[str, str]]] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._over.set()

    def _watch(self) -> None:
        said = ""
        while True:
            try:
                self.look(datetime.now(UTC))
                said = ""
            except Exception as error:  # whatever it is: who watches must not end without a word
                if said != (said := f"cannot look at what is kept: {failure_of(error)}"):
                    self._say(said)
            if self._over.wait(EVERY):
                return

    def look(self, now: datetime) -> None:
        """Look once, and say what has changed since the look before."""
        seen = self._see(now)
        found = wrong(seen, now)
        troubles = confirmed(self._found, found, self._troubles, now)
        before, after = ({one.what: one for one in troubles} for troubles in (self._troubles, troubles))
        for what, one in after.items():
            if what not in before or before[what].message != one.message:
                self._tell(TROUBLE, f"trouble: {one.message}", _payload(one))
        for what, one in before.items():
            if what not in after:
                self._tell(WELL, f"well again: {one.message}, until now", _payload(one))
        for loan in self._loans.look():
            self._tell(LOAN_OVERDUE, f"trouble: {loan['message']}", loan)
        self._send()
        self._found, self._troubles = found, troubles
        due = {name: instant for name, instant in seen.next.items() if instant is not None}
        note(self._settings.home_folder, seen_at=now, next=due, troubles=troubles)

    def _see(self, now: datetime) -> Seen:
        self._errors.append(errors_in(self._new_in_log()))
        late, errors = self._late(now), tuple(self._errors)
        try:
            return Seen(
                prefect_api.next_runs(self._api_url, [NIGHT, SWEEP]),
                prefect_api.last_polled(self._api_url, POOL),
                late,
                errors,
            )
        except httpx.HTTPError as error:
            return Seen(late=late, errors=errors, unanswered=str(error) or failure_of(error).sentence)

    def _late(self, now: datetime) -> tuple[str, ...]:
        try:
            rows = sweeps.overview(
                Journal(self._settings.journal_url), watch_in(self._settings.home_folder).deployed, now
            )
        except (SQLAlchemyError, InvalidInput):  # the journal is away, or no journal any more: whoever needs it says so
            return ()
        return tuple(row["workspace"] for row in rows if row["late"])

    def _new_in_log(self) -> str:
        if self._log is None:
            return ""
        size = _size(self._log)
        if size < self._read_to:  # a new one was begun
            self._read_to = 0
        begin, self._read_to = max(self._read_to, size - MOST), size
        try:
            with self._log.open("rb") as log:
                log.seek(begin)
                return log.read(size - begin).decode(errors="replace")
        except OSError:
            return ""

    def _tell(self, event: str, line: str, payload: dict[str, str]) -> None:
        self._say(line)
        self._unsent.append((event, payload))

    def _send(self) -> None:
        """Make the events; those that the server does not take wait for the next look."""
        while self._unsent:
            event, payload = self._unsent[0]
            try:
                prefect_api.emit(self._api_url, event, self._settings.home_folder, payload)
            except httpx.HTTPError:
                return
            del self._unsent[0]


def _payload(trouble: Trouble) -> dict[str, str]:
    return {"what": trouble.what, "message": trouble.message, "since": trouble.since.isoformat()}


def _size(log: Path) -> int:
    try:
        return log.stat().st_size
    except OSError:
        return 0
