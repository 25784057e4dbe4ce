"""Figures, times and names read well."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from reports.phrases import clean, counted, duration, moment, period, series


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0, "under a minute"),
        (0.4, "under a minute"),
        (1, "1 min"),
        (60, "1 h"),
        (64, "1 h 4 min"),
        (1440, "1 d"),
        (1500, "1 d 1 h"),
        (1445, "1 d"),
        (59.8, "1 h"),
    ],
)
def test_a_duration_has_its_two_largest_units(minutes: float, told: str) -> None:
    assert told == duration(timedelta(minutes=minutes))


def test_a_time_is_told_in_utc() -> None:
    assert "2026-11-02 09:00 UTC" == moment(datetime(2026, 11, 2, 11, 0, tzinfo=timezone(timedelta(hours=2))))


def test_a_period_says_its_day_once() -> None:
    nine = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
    assert "2026-11-02 09:00 – 10:04 UTC" == period(nine, nine + timedelta(minutes=64))
    assert "2026-11-02 09:00 – 2026-11-03 09:00 UTC" == period(nine, nine + timedelta(days=1))


def test_a_number_has_its_noun() -> None:
    assert ["1 contact", "0 contacts", "1,200 contacts"] == [counted(number, "contact") for number in (1, 0, 1200)]
    assert "2 replies" == counted(2, "reply", "replies")


def test_parts_are_joined_as_in_a_sentence() -> None:
    assert ["", "a", "a and b", "a, b and c"] == [series(list(parts)) for parts in ("", "a", "ab", "abc")]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\nb\r\nc\td", "a b c d"),
        ("\x1b[31mred", r"\x1b[31mred"),
        ("a\u202eb", r"a\u202eb"),
        ("\ud800", r"\ud800"),
        ("Zoë", "Zoë"),
    ],
)
def test_what_a_terminal_or_a_browser_would_obey_is_shown_instead(text: str, shown: str) -> None:
    assert shown == clean(text)
