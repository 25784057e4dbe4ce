"""The times of a cron line are those of Prefect's server, and a year has one night a day whatever the clocks do."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.server.schemas.schedules import CronSchedule

from models.errors import InvalidInput
from models.schedule import Schedule
from models.settings import Settings
from tests.examples import THOROUGH, often

NIGHT = "0 2 * * *"
CLOCKS_TURN = (
    "America/New_York",
    "Europe/Berlin",
    "Europe/London",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "America/Santiago",
    "Africa/Cairo",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Tehran",
    "Pacific/Chatham",
)
"""Among them: half an hour (Lord Howe), at midnight (Sao Paulo until 2019, Cairo, Beirut), for a month (Casablanca)."""
ZONES = tuple(sorted(available_timezones())) if THOROUGH else (*CLOCKS_TURN, "UTC", "Asia/Kolkata")
YEARS = (2018, 2026)  # before and after several of them gave it up


def of_prefect(cron: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    """What the scheduler of Prefect's server would make, in UTC."""
    schedule = CronSchedule(cron=cron, timezone=zone)
    return [one.astimezone(UTC) for one in asyncio.run(schedule.get_dates(start=start, end=end))]


def midnight(year: int, zone: str) -> datetime:
    """When a year begins in a zone."""
    return datetime(year, 1, 1, tzinfo=ZoneInfo(zone))


def days(year: int) -> list[date]:
    first = date(year, 1, 1)
    return [first + timedelta(days=number) for number in range((date(year + 1, 1, 1) - first).days)]


@cache
def turns(zone: str, year: int) -> tuple[datetime, ...]:
    """The instants at which a zone's clocks are turned, to half an hour."""
    clock = ZoneInfo(zone)
    halves = [datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=30 * number) for number in range(365 * 48)]
    return tuple(
        later
        for now, later in pairwise(halves)
        if now.astimezone(clock).utcoffset() != later.astimezone(clock).utcoffset()
    )


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("zone", ZONES)
def test_a_year_has_one_night_each_calendar_day(zone: str, year: int) -> None:
    begins, ends = midnight(year, zone), midnight(year + 1, zone) - timedelta(seconds=1)
    nights = of_prefect(NIGHT, zone, begins, ends)
    assert days(year) == [night.astimezone(ZoneInfo(zone)).date() for night in nights]


def test_a_night_at_a_time_that_does_not_exist_comes_an_hour_later_and_one_that_comes_twice_the_first_time() -> None:
    new_york = ZoneInfo("America/New_York")
    skipped, doubled = datetime(2026, 3, 8, tzinfo=new_york), datetime(2026, 11, 1, tzinfo=new_york)
    day = timedelta(hours=23)
    assert ["03:00 -0400"] == _clock(of_prefect(NIGHT, new_york.key, skipped, skipped + day), new_york)
    assert ["01:30 -0400"] == _clock(of_prefect("30 1 * * *", new_york.key, doubled, doubled + day), new_york)


def _clock(instants: list[datetime], zone: ZoneInfo) -> list[str]:
    return [f"{instant.astimezone(zone):%H:%M %z}" for instant in instants]


@pytest.mark.parametrize("zone", CLOCKS_TURN)
def test_a_scheduler_that_looks_again_in_the_hours_when_clocks_turn_makes_no_night_twice(zone: str) -> None:
    for turn in turns(zone, 2018):
        begin, end = turn - timedelta(hours=30), turn + timedelta(hours=30)
        looks = [begin + timedelta(minutes=30 * step) for step in range(48, 72)]
        found = {night for look in looks for night in of_prefect(NIGHT, zone, look, end)}
        assert sorted(found) == of_prefect(NIGHT, zone, looks[0], end)


@often(150, thorough=3000)
@given(
    minute=st.sampled_from(["0", "30", "*/5", "5-59/7", "0,1,59", "*"]),
    hour=st.sampled_from(["2", "*", "0", "1-3", "*/6", "23"]),
    days=st.sampled_from([("*", "*"), ("1,15", "*"), ("*", "1-5"), ("*", "SUN"), ("*", "5-7"), ("28-31", "*")]),
    zone=st.sampled_from(CLOCKS_TURN),
    year=st.sampled_from(YEARS),
    where=st.floats(0, 1),
    near=st.booleans(),
)
def test_what_is_due_next_is_what_prefect_makes_next(
    minute: str, hour: str, days: tuple[str, str], zone: str, year: int, where: float, near: bool
) -> None:
    schedule = Schedule.read("X", f"{minute} {hour} {days[0]} * {days[1]}", zone)
    assert schedule is not None
    start = datetime(year, 1, 1, tzinfo=UTC) + timedelta(seconds=round(where * 365 * 86_400))
    if near and (close := turns(zone, year)):
        start = close[round(where * (len(close) - 1))] + timedelta(seconds=round((where * 997 % 1 - 0.5) * 18_000))
    [made] = asyncio.run(CronSchedule(cron=schedule.cron, timezone=zone).get_dates(1, start + timedelta(seconds=1)))
    due = schedule.due_after(start)
    assert made.astimezone(UTC) == due
    assert due == schedule.due_before(due)
    before = schedule.due_before(start)
    assert before <= start < due == schedule.due_after(before)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "no cron line of five fields"),
        ("* * * *", "no cron line of five fields"),
        ("@daily", "no cron line of five fields"),
        ("0 2 * * * *", "no cron line of five fields"),
        ("61 * * * *", "Bad minute"),
        ("H 2 * * *", "Bad minute"),
        ("*/0 * * * *", "Bad minute"),
        ("0 2 * * L", "Bad day-of-week"),
        ("0 2 30 2 *", "Bad day-of-month"),
        ("0 2 1 * MON", "Name one of them"),
    ],
)
@pytest.mark.parametrize("name", ["night", "sweep"])
def test_a_setting_that_is_no_cron_line_is_refused_by_name(name: str, text: str, named: str) -> None:
    settings = Settings.model_validate({f"{name}_cron": text})
    with pytest.raises(InvalidInput, match=f"HANDOFF_{name.upper()}_CRON.*{named}"):
        getattr(settings, f"{name}_schedule")


@pytest.mark.parametrize("text", ["off", " OFF "])
def test_off_is_no_schedule(text: str) -> None:
    assert (None, None) == (Settings(night_cron=text).night_schedule, Settings(sweep_cron=text).sweep_schedule)


def test_unless_set_the_night_is_at_two_in_the_organisations_zone_and_a_sweep_comes_every_five_minutes() -> None:
    settings = Settings(timezone="Europe/Berlin")
    assert Schedule("0 2 * * *", "Europe/Berlin") == settings.night_schedule
    assert Schedule("*/5 * * * *", "UTC") == settings.sweep_schedule


@pytest.mark.parametrize("text", ["*/70 * * * *", "5/15 * * * *", "0-59/61 * * * *", "0 2 * 2-4/2 *", "0 0 29 2 *"])
def test_what_is_taken_prefect_takes_too(text: str) -> None:
    schedule = Schedule.read("X", text)
    assert schedule is not None
    start = datetime(2026, 5, 1, tzinfo=UTC)
    [made] = asyncio.run(CronSchedule(cron=schedule.cron, timezone="UTC").get_dates(1, start + timedelta(seconds=1)))
    assert made.astimezone(UTC) == schedule.due_after(start)
