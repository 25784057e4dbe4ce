"""What happens in a month, drawn from a seed: when, what kind, and a number that seeds every choice made then.

An event names nobody: whom it is about is chosen when it happens, from whoever is there. So any of them can be left
out, and those that stay still make sense: that is what shrinking a failing month rests on.
"""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

DAY, HOUR = 24 * 60, 60  # minutes
MORNING, EVENING = 8 * HOUR, 19 * HOUR
AT_NIGHT = 0.06  # of all events: while the night's own run is under way, or before anybody is at work

# How often on a day, on average. What `people.py` does, and what `office.py` does with Handoff.
PEOPLE = {
    "change_owner": 0.6,
    "change_owner_back": 0.35,
    "change_two_owners": 0.15,
    "enroll": 6.0,
    "unenroll": 4.0,
    "move": 2.0,
    "pause_enrollment": 3.0,
    "resume_enrollment": 2.0,
    "change_a_loan": 0.8,
    "change_a_setting": 0.2,
    "edit_sequence": 0.2,
    "shorten_sequence": 0.15,
    "pause_sequence": 0.3,
    "pause_mailbox": 0.3,
    "publish_play": 0.4,
    "run_play": 0.4,
    "add_exclusion": 0.1,
    "reply": 4.0,
    "bounce": 1.0,
    "opt_out": 1.0,
    "out_of_office": 2.0,
    "finish_task": 3.0,
    "enroll_who_fell_out": 1.5,
    "reply_of_who_moved_on": 0.7,
    "unenroll_who_moved_on": 0.5,
    "unenroll_who_is_back": 0.5,
}
OFFICE = {
    "ownership-change": 0.25,
    "sequence-move": 0.15,
    "queued-backlog": 0.15,
    "exclusion-rerun": 0.12,
    "version-upgrade": 0.08,
    "enroll-contacts": 0.12,
    "cancel": 0.15,
    "resume_twice": 0.1,
}
KILLS = {"kill": 0.5}  # the next run is killed at one of its writes


@dataclass(frozen=True, order=True)
class Event:
    """Something that happens: `at` is minutes since the month began, `draw` seeds the choices."""

    at: int
    kind: str
    draw: int


def draw_month(seed: int, days: int, pace: float = 1.0) -> list[Event]:
    """The events of so many days in their order; `pace` multiplies how often each happens."""
    random = Random(f"soak:{seed}")
    found = [
        Event(_time(random, day), kind, random.getrandbits(32))
        for day in range(days)
        for kind, rate in (PEOPLE | OFFICE | KILLS).items()
        for _ in range(_times(random, rate * pace))
    ]
    return sorted(found)


def _times(random: Random, rate: float) -> int:
    """How often something of this rate happens on one day."""
    whole, part = divmod(rate, 1)
    return int(whole) + (random.random() < part)


def _time(random: Random, day: int) -> int:
    if random.random() < AT_NIGHT:
        return day * DAY + random.randrange(MORNING)
    return day * DAY + random.randrange(MORNING, EVENING)


def write_events(events: Iterable[Event], path: Path, **about: int) -> Path:
    """Keep a month as a file that `--replay` takes; `about` is seed, days and contacts."""
    path.write_text(json.dumps(about | {"events": [asdict(event) for event in events]}, indent=1), encoding="utf-8")
    return path


def read_events(path: Path) -> tuple[list[Event], dict[str, int]]:
    """The reverse of `write_events`."""
    found = json.loads(path.read_text(encoding="utf-8"))
    return [Event(**event) for event in found.pop("events")], found
