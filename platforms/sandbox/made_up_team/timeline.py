"""How far an enrollment has come by a given time: the sandbox's own pace, counted backwards.

A step is begun within sending hours on a send day; a manual one is done by a person a day later (`advancing.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from models.records import Sequence
from platforms.sandbox.behaviour.advancing import WEEK, WINDOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Progress:
    """Each step done, as (begun, ended); then the next one's due time, None at the end, and when it was begun: only a
    manual one is begun without being done, and somebody has a task."""

    done: tuple[tuple[datetime, datetime], ...]
    due: datetime | None = None
    begun: datetime | None = None


def progress(sequence: Sequence, started_at: datetime, now: datetime) -> Progress:
    """What became by `now` of an enrollment begun at `started_at`, limits of mailboxes aside."""
    done: list[tuple[datetime, datetime]] = []
    due = started_at
    for step in sequence.steps:
        if done:
            due = done[-1][1] + step.wait_days * DAY
        begun = sending_time(due, sequence)
        ended = begun if step.type == "AUTOMATIC_EMAIL" else sending_time(begun + DAY, sequence)
        if ended > now:
            return Progress(tuple(done), due, begun if begun <= now else None)
        done.append((begun, ended))
    return Progress(tuple(done))


def sending_time(at: datetime, sequence: Sequence) -> datetime:
    """The first full hour from `at` on at which the sequence may send."""
    if at.minute or at.second:
        at = at.replace(minute=0, second=0) + HOUR
    if at.hour >= WINDOW.stop:
        at = at.replace(hour=WINDOW.start) + DAY
    elif at.hour < WINDOW.start:
        at = at.replace(hour=WINDOW.start)
    while WEEK[at.weekday()] not in sequence.send_days:
        at = at.replace(hour=WINDOW.start) + DAY
    return at


def length(sequence: Sequence, steps: int) -> timedelta:
    """How long so many steps take, weekends aside."""
    manual = sum(step.type != "AUTOMATIC_EMAIL" for step in sequence.steps[:steps])
    return timedelta(days=manual + sum(step.wait_days for step in sequence.steps[1:steps]))


def office_hours(at: datetime, random: Random) -> datetime:
    """A time in office hours on the day of `at`, on the Friday before where that is a weekend."""
    at -= max(0, at.weekday() - 4) * DAY
    return at.replace(hour=random.choice(WINDOW), minute=random.randrange(60), second=random.randrange(60))
