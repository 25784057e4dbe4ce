"""Whether a sweep is late."""

from datetime import datetime, timedelta

from models.schedule import Schedule

TAKES = timedelta(minutes=3)  # for a worker to start its process, and for what it has to do
LONGEST = timedelta(hours=1)  # however seldom sweeps are due, one is not late for longer without a word


def is_late(schedule: Schedule, since: datetime, now: datetime) -> bool:
    """Whether no sweep came to its end though one was due.

    `since` is when the last one ended, or from when on sweeps were to come. One due time may pass without: a sweep that
    is due while another is at work is cancelled. So late is who misses the second too, or the first by an hour.
    """
    first = schedule.due_after(since)
    return now > min(schedule.due_after(first), first + LONGEST) + TAKES
