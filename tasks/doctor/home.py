"""This home: whether it can be written, its journal, its backups, who gives back what is borrowed. Nothing is made."""

import errno
import os
import shutil
import stat
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from journal import loans, sweeps
from journal.condition import condition_of, file_of
from journal.database import HEAD, Journal
from journal.folders import unknown_operations
from models.finding import Finding, fine, looked, note, trouble
from models.last_backup import last_backup_in
from models.privacy import OTHERS
from models.requests_made import made_in_a_day
from models.settings import Settings
from models.watch_file import watch_in
from models.wording import counted, in_utc

ROOM_AT_LEAST, ROOM_WANTED = 50_000_000, 1_000_000_000  # bytes
OLD = timedelta(days=7)  # a backup
NAME_ANOTHER = "Name a folder that you may write to in HANDOFF_HOME"
BACK_UP = "Run `handoff backup FILE`: lose the journal, and nobody gives back what is on loan (docs/backups.md)"


def home(settings: Settings, now: datetime) -> Iterator[Finding]:
    """All of it; `now` is our time (UTC)."""
    yield from folder(settings.home_folder)
    yield from looked("home.journal", lambda: journal(settings, now))
    yield from backup(settings, now)


def folder(home: Path) -> Iterator[Finding]:
    """Whether a home takes files, or can be made; how much room there is; whether others may enter it."""
    there = next(place for place in (home, *home.parents) if place.exists())
    if not there.is_dir():
        yield trouble("home.folder", f"{home} cannot be made: {there} is no folder", NAME_ANOTHER)
        return
    if (why := refusal_of(there)) is not None:
        yield trouble("home.folder", f"{home} cannot be written ({why})", NAME_ANOTHER)
    elif there == home:
        yield fine("home.folder", f"{home} can be written")
    else:
        yield note("home.folder", f"{home} is not there yet: the first run makes it")
    if there == home and home.stat().st_mode & OTHERS:
        mode = stat.filemode(home.stat().st_mode)
        yield note("home.folder", f"others may enter it ({mode}); contacts' addresses are in it", f"chmod 700 {home}")
    yield from room(shutil.disk_usage(there).free)


def refusal_of(folder: Path) -> str | None:
    """Why a folder takes no file, in the system's words; None where it takes one. Tried with a file that has no name,
    so that nobody sees it and nothing is left."""
    without_name: int | None = getattr(os, "O_TMPFILE", None)  # Linux alone has it
    try:
        if without_name is not None:
            os.close(os.open(folder, without_name | os.O_WRONLY, 0o600))
            return None
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):  # then this file system has it not
            return error.strerror
    return None if os.access(folder, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)


def room(free: int) -> Iterator[Finding]:
    """Whether there is room for what runs write; `free` in bytes."""
    if free < ROOM_WANTED:
        say = trouble if free < ROOM_AT_LEAST else note
        message = f"the disk is almost full: {free / 1_000_000:,.0f} MB are free"
        yield say("home.room", message, "Make room there: a run that cannot write stops, and holds its loans")


def journal(settings: Settings, now: datetime) -> Iterator[Finding]:
    """The journal, where there is one: its version, what is on loan, and when it was looked after."""
    url = settings.journal_url
    file, condition = file_of(url), condition_of(url)
    where = str(file) if file else f"on {url.get_backend_name()}"
    match condition:
        case "missing" | "empty":
            yield note("home.journal", f"there is no journal yet ({where}): the first run makes it")
        case "older":
            yield note(
                "home.journal", f"the journal ({where}) is of an older release: the next command upgrades it", BACK_UP
            )
        case "newer":
            message = f"the journal ({where}) was made by a newer release of Handoff; this one knows those up to {HEAD}"
            yield trouble("home.journal", message, "Install that release (docs/upgrading.md)")
        case "other":
            message = f"{where} holds something else than a journal"
            yield trouble("home.journal", message, "Name another in HANDOFF_DATABASE_URL, or another home")
        case "ours":
            yield from _ours(settings, where, file, now)


def _ours(settings: Settings, where: str, file: Path | None, now: datetime) -> Iterator[Finding]:
    if file is not None and not os.access(file, os.W_OK):
        yield trouble("home.journal", f"the journal {where} cannot be written", f"chmod u+w {where}")
        return
    opened = Journal(settings.journal_url)
    lent = loans.open_loans(opened)
    yield fine("home.journal", f"the journal ({where}) is of this release; {counted(len(lent), 'setting')} on loan")
    yield from sweep(opened, settings.home_folder, now)
    if unknown := unknown_operations(opened, settings.operations_folder):
        yield note(
            "home.operations",
            f"there are folders of {counted(len(unknown), 'operation')} that the journal does not know",
            "`handoff status` names them (docs/backups.md)",
        )


def sweep(journal: Journal, home: Path, now: datetime) -> Iterator[Finding]:
    """Whether somebody gives back what is overdue, as `handoff status` tells it."""
    rows = sweeps.overview(journal, watch_in(home).deployed, now)
    for row in rows:
        last = row["last_ended_at"]
        said = (
            f"a sweep of {row['workspace']} ended last at {in_utc(last)}"
            if last
            else (f"no sweep of {row['workspace']} has ended yet")
        )
        if row["late"]:
            remedy = "Run `handoff restore`, and see that `handoff up` runs"
            yield trouble("home.sweep", f"{said}, longer ago than the schedule allows", remedy)
        elif row["late"] is None:
            yield note("home.sweep", f"{said}; none comes by itself", "Keep `handoff up` running")
        else:
            yield fine("home.sweep", said)
    if not rows:
        message = "no sweep comes by itself, and nothing is on loan"
        yield note("home.sweep", message, "Keep `handoff up` running before the first live run")


def use(home: Path, workspace: str, now: datetime) -> Iterator[Finding]:
    """Our own count of what a workspace was asked from here."""
    made = made_in_a_day(home, workspace, now)
    said = f"{counted(made.requests, 'request')} and {counted(made.query_jobs, 'query job')}"
    yield fine(
        "workspace.use",
        f"this home made {said} in the last 24 hours; processes that were killed or are still at work are not counted",
    )


def backup(settings: Settings, now: datetime) -> Iterator[Finding]:
    """When the journal was backed up last, as far as this home knows."""
    file = file_of(settings.journal_url)
    if file is None:
        yield note("home.backup", "the journal is on PostgreSQL: this home does not know when that was backed up")
        return
    if not file.exists():
        return
    last = last_backup_in(settings.home_folder)
    if last is None:
        yield note("home.backup", "no backup of the journal was made here", BACK_UP)
    elif now - last.made_at > OLD:
        yield note("home.backup", f"the last backup is of {in_utc(last.made_at)} ({last.file})", BACK_UP)
    else:
        yield fine("home.backup", f"backed up at {in_utc(last.made_at)} ({last.file})")
