"""What is wrong with what everything depends on: schedules, worker, sweeps, and Prefect's server."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from models.watch_file import Trouble, Watched
from models.wording import in_utc

SILENT = timedelta(minutes=2)  # a worker looks for work every second under `handoff up`, every 15 by itself
REPEATED = 4  # looks out of the last `LOOKS` in which the server's log had the same error
LOOKS = 10
ERROR = re.compile(r"(?:^|\| )(?:ERROR|CRITICAL)\b[ |:]*(.*)")
NUMBERS = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")


@dataclass(frozen=True)
class Seen:
    """One look. `next` has the next run of each active schedule, None where there is none; `polled` is when a worker
    last looked for work. `late` are the workspaces whose sweep is. `errors` are those of the server's log, as
    `errors_in` gives them, a set for each of the last looks. `unanswered` is why the server did not answer."""

    next: Mapping[str, datetime | None] = field(default_factory=dict)
    polled: datetime | None = None
    late: tuple[str, ...] = ()
    errors: tuple[frozenset[str], ...] = ()
    unanswered: str = ""


def wrong(seen: Seen, now: datetime) -> dict[Watched, str]:
    """What is wrong, and in which words. What gave no answer is not judged."""
    found = dict[Watched, str]()
    if seen.unanswered:
        found["server"] = f"Prefect's server does not answer ({seen.unanswered})"
    else:
        if without := [name for name, due in seen.next.items() if due is None]:
            found["schedules"] = f"nothing is to come of the schedule of {' and '.join(without)}"
        if seen.polled is None or now - seen.polled > SILENT:
            since = f"since {in_utc(seen.polled)}" if seen.polled else "yet"
            found["worker"] = f"no worker has looked for work {since}"
        if repeated := repeated_errors(seen.errors):
            found["server"] = f"the log of Prefect's server repeats an error: {repeated[0]}"
    if seen.late:
        found["sweep"] = f"no sweep of {', '.join(seen.late)} has ended for longer than the schedule allows"
    return found


def confirmed(
    before: Mapping[Watched, str], found: Mapping[Watched, str], known: Iterable[Trouble], now: datetime
) -> tuple[Trouble, ...]:
    """The troubles that hold: found at this look and at the one before. A trouble keeps when it was first seen.

    What is wrong once is often over at the next look: after a start, or when a machine wakes that was asleep.
    """
    since = {trouble.what: trouble.since for trouble in known}
    return tuple(
        Trouble(what=what, message=message, since=since.get(what, now))
        for what, message in found.items()
        if what in before or what in since
    )


def errors_in(log: str) -> frozenset[str]:
    """The errors in a piece of the server's log, numbers left out: the same error is the same at another time."""
    lines = (ERROR.search(line) for line in log.splitlines())
    return frozenset(NUMBERS.sub("#", found[1].strip())[:200] for found in lines if found)


def repeated_errors(looks: Iterable[frozenset[str]]) -> list[str]:
    """The errors that came at several looks, the most frequent first."""
    counts = Counter(error for look in looks for error in look)
    return [error for error, number in counts.most_common() if number >= REPEATED]
