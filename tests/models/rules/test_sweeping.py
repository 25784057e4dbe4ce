"""A sweep is late once it misses two due times, or one by an hour."""

from datetime import UTC, datetime, timedelta

import pytest

from models.rules.sweeping import is_late
from models.schedule import Schedule

END = datetime(2026, 11, 2, 9, 0, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "minutes", "expected"),
    [
        ("*/5 * * * *", 5, False),
        ("*/5 * * * *", 12, False),
        ("*/5 * * * *", 13, True),
        ("*/5 * * * *", 180, True),
        ("* * * * *", 4, False),
        ("* * * * *", 5, True),
        ("*/30 * * * *", 62, False),
        ("*/30 * * * *", 63, True),
        ("0 * * * *", 120, False),
        ("0 * * * *", 123, True),  # of two due times at 10:00 and 11:00
        ("0 3 * * *", 18 * 60, False),
        ("0 3 * * *", 19 * 60 + 2, False),
        ("0 3 * * *", 19 * 60 + 3, True),
    ],
)
def test_whether_a_sweep_is_late_so_many_minutes_after_the_last(cron: str, minutes: int, expected: bool) -> None:
    assert expected == is_late(Schedule(cron), END, END + timedelta(minutes=minutes))


def test_none_is_late_while_none_is_due() -> None:
    office, evening = Schedule("*/5 9-17 * * 1-5"), END.replace(hour=17, minute=55)
    morning = END.replace(day=3, hour=9, minute=0)
    assert not is_late(office, evening, morning)
    assert is_late(office, evening, morning + timedelta(minutes=8))
