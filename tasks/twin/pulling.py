"""A twin: a live workspace copied into a sandbox's file, so that a procedure can be rehearsed before it is run.

Each object comes by the route that costs least (`platforms.unify.copying` has the table): people, companies and users
by record query jobs, enrollments and their steps by query jobs of the Sequences API, tasks by one of the Tasks API,
sequences with steps and rulesets by lists, mailboxes and plays by their traces on enrollments.

A pull that was cut short goes on where it was: objects that are complete are not read again, and those that come
in the order of `updated_at` (people, companies, users) go on from there. A later pull reads what was updated since
the last one, and a little before, for clocks that are off. Who was deleted meanwhile is in no such answer: a whole pull
begins with nothing.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from models.errors import InvalidInput
from models.workspace import Workspace
from platforms.sandbox.copying.copy import Copy
from platforms.sandbox.copying.settings import read_settings
from platforms.unify.copying import Copying
from tasks.narration import progress, tell

OVERLAP = timedelta(minutes=10)
"""So much before the last pull is read again: a server's clock may be off, and rows may come late."""
CHUNK = 5_000
IN_ORDER = ("users", "companies", "people")
FROM_A_FILE = ("exclusions", "plays", "audiences", "sequence_task_assignment", "daily_limits", "roles")
NEVER_SHOWN = ("pending_settings", "idle_mailboxes")


@dataclass(frozen=True)
class Pulled:
    """What a pull did: how many of each object the twin has now, how many rows of each were `read`, and what it cost.
    `missing` is what the twin does not have, since no source has it. `overtaken` enrollments seemed to run while the
    person ran elsewhere: somebody moved them while the twin was read."""

    workspace: str
    file: str
    now: datetime
    whole: bool
    resumed: bool
    counts: dict[str, int]
    read: dict[str, int]
    requests: int
    query_jobs: int
    seconds: float
    missing: tuple[str, ...]
    overtaken: int


def pull(
    source: Copying,
    workspace: str,
    file: Path,
    *,
    settings_file: Path | None = None,
    whole: bool = False,
    chunk: int = CHUNK,
) -> Pulled:
    """Copy a live workspace into a file, or bring the file up to date. Raises InvalidInput where the file is something
    else's or the settings file has a mistake: what was pulled stays."""
    settings = read_settings(settings_file) if settings_file else None
    began, before = time.monotonic(), source.spent()
    copy = Copy(file)
    try:
        resumed = copy.begin(workspace, source.now(), whole=whole)
        if resumed:
            tell(f"the last pull of {workspace} was cut short: this one goes on where it was")
        read = {name: take(source, copy, chunk) for name, take in PARTS.items()}
        overtaken = _finish(copy, source.now(), settings, settings_file)
        origin, spent = copy.origin(), source.spent()
        stated = origin.settings if origin else ()
        return Pulled(
            workspace=workspace,
            file=str(file),
            now=source.now(),
            whole=bool(origin and origin.whole),
            resumed=resumed,
            counts=copy.counts(),
            read=read,
            requests=spent.requests - before.requests,
            query_jobs=spent.jobs - before.jobs,
            seconds=round(time.monotonic() - began, 1),
            missing=(*(name for name in FROM_A_FILE if name not in stated), *NEVER_SHOWN),
            overtaken=overtaken,
        )
    finally:
        copy.close()


def _finish(copy: Copy, now: datetime, settings: Workspace | None, file: Path | None) -> int:
    if settings is not None and file is not None:
        try:
            copy.add_settings(settings, file.name)
        except InvalidInput:
            copy.finish(now)
            raise
    return copy.finish(now)


def _part(name: str, ask: Callable[[Copying, datetime | None], Iterator[dict[str, Any]]]) -> Any:
    """Takes one object that can be narrowed to what was updated since; gives how many rows were read."""

    def take(source: Copying, copy: Copy, chunk: int) -> int:
        part = copy.part(name)
        if part.done:
            return 0
        requested_at, since, read = source.now(), part.reached, 0
        if since is None and part.complete_up_to is not None:
            since = part.complete_up_to - OVERLAP
        with progress(f"copying {name}") as step:
            for rows in _chunks(ask(source, since), chunk):
                copy.take(name, rows, rows[-1]["updated_at"] if name in IN_ORDER else None)
                read += len(rows)
                step(len(rows))
        copy.complete(name, requested_at)
        return read

    return take


def _sequences(source: Copying, copy: Copy, chunk: int) -> int:
    """All of them each time: they are few, and only so shows which were deleted."""
    if copy.part("sequences").done:
        return 0
    requested_at = source.now()
    with progress("copying sequences") as step:
        rows = []
        for row in source.sequences():
            rows.append(row)
            step(1)
    copy.take("sequences", rows)
    copy.complete("sequences", requested_at)
    return len(rows)


def _mailboxes(source: Copying, copy: Copy, chunk: int) -> int:
    """Owners and pauses of now. In a whole pull enrollments have shown the owners; later one enrollment of each mailbox
    does, since a change of owner updates none of those that have ended."""
    part = copy.part("mailboxes")
    if part.done:
        return 0
    requested_at = source.now()
    with progress("copying mailboxes") as step:
        if part.complete_up_to is not None:
            for rows in _chunks(source.owners(copy.one_enrollment_each()), chunk):
                copy.take("owners", rows)
        paused = source.paused(copy.mailbox_ids())
        copy.take_pauses(paused)
        step(len(paused))
    copy.complete("mailboxes", requested_at)
    return len(paused)


def _chunks(rows: Iterator[dict[str, Any]], size: int) -> Iterator[list[dict[str, Any]]]:
    while part := list(islice(rows, size)):
        yield part


PARTS: dict[str, Callable[[Copying, Copy, int], int]] = {
    "users": _part("users", Copying.users),
    "companies": _part("companies", Copying.companies),
    "people": _part("people", Copying.people),
    "sequences": _sequences,
    "enrollments": _part("enrollments", Copying.enrollments),
    "steps": _part("steps", Copying.enrollment_steps),
    "ended": _part("ended", Copying.ended),
    "mailboxes": _mailboxes,
    "tasks": _part("tasks", Copying.tasks),
}
"""In this order: each refers to those before it."""
