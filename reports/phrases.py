"""How figures, times and names are written for people."""

import re
from datetime import UTC, datetime, timedelta

from models.wording import counted, in_utc, one_line

__all__ = ["clean", "counted", "duration", "moment", "period", "series"]

moment = in_utc


def clean(text: object) -> str:
    """A name or a value on one line, with every sign visible that a terminal or a browser would obey."""
    return one_line(re.sub(r"[\t\r\n\u2028\u2029]+", " ", str(text)))


def duration(length: timedelta) -> str:
    """The two largest units: `1 h 4 min`, `2 d 3 h`; `under a minute`."""
    minutes = round(length / timedelta(minutes=1))
    if minutes < 1:
        return "under a minute"
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    parts = [(days, "d"), (hours, "h"), (minutes, "min")]
    counted_units = [f"{number} {unit}" for number, unit in (parts[:2] if days else parts[1:]) if number]
    return " ".join(counted_units)


def period(start: datetime, end: datetime) -> str:
    """From when until when; the day is said once where it is the same."""
    start, end = start.astimezone(UTC), end.astimezone(UTC)
    until = f"{end:%H:%M}" if start.date() == end.date() else f"{end:%Y-%m-%d %H:%M}"
    return f"{start:%Y-%m-%d %H:%M} – {until} UTC"


def series(parts: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
