"""Whether a night was missed because nothing ran at its time."""

from datetime import datetime

from models.schedule import Schedule


def missed_night(schedule: Schedule | None, last: datetime | None, now: datetime) -> datetime | None:
    """When the last night was due that did not come (UTC); None: none was missed.

    `schedule` is None where no night is to come by itself. `last` is when the last live night began, our time; a home
    that never had one misses none: its first night only takes the record, and can as well do so at its time.
    """
    if schedule is None or last is None:
        return None
    due = schedule.due_before(now)
    return due if last < due else None
