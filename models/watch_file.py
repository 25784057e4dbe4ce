"""`watch.json` in the home: what is to come by itself there, and what `handoff up` saw of it when it looked last.

It outlives both, so that `handoff status` knows what should have come. A look replaces the one before, in one piece.
"""

import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from models.written_file import write_text

NAME = "watch.json"
_one_at_a_time = threading.Lock()  # `handoff up` notes its end while a look may still be under way
Watched = Literal["schedules", "worker", "sweep", "server"]


class Deployed(BaseModel):
    """The schedules that the deployments of this home were last made with: cron lines, None where one is `off`.

    `since` is when that was; `ended` when `handoff up` was ended by whoever kept it. Killed, it has not: then all is
    still to come.
    """

    workspace: str
    sweep: str | None
    night: str | None
    timezone: str
    since: datetime
    ended: datetime | None = None


class Trouble(BaseModel):
    """Something that everything depends on and that is not as it should be, since when it was first seen."""

    what: Watched
    message: str
    since: datetime


class Watch(BaseModel):
    """All of the file. `next` has the next due time of each procedure with a schedule. `notified_loans` has the ids of
    the loans past their deadline that people were notified of."""

    deployed: Deployed | None = None
    seen_at: datetime | None = None
    next: dict[str, datetime] = {}
    troubles: tuple[Trouble, ...] = ()
    notified_loans: tuple[int, ...] = ()


def watch_in(home: Path) -> Watch:
    """What the file of a home says; nothing where there is none, or where it is damaged."""
    with suppress(OSError, ValidationError):
        return Watch.model_validate_json((home / NAME).read_bytes())
    return Watch()


def note(home: Path, **changes: Any) -> Watch:
    """Replace some of what the file of a home says, and give what it says then."""
    with _one_at_a_time:
        watch = watch_in(home).model_copy(update=changes)
        write_text(watch.model_dump_json(indent=2) + "\n", home / NAME)
    return watch
