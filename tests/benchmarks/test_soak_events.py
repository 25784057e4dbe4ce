"""A month's events come from its seed alone, and one that fails is shrunk to what it takes."""

from pathlib import Path

from benchmarks.soak.doings import KINDS
from benchmarks.soak.events import DAY, KILLS, OFFICE, PEOPLE, Event, draw_month, read_events, write_events
from benchmarks.soak.office import STARTS
from benchmarks.soak.shrinking import shrink


def test_the_same_seed_gives_the_same_month_and_another_one_another() -> None:
    month = draw_month(7, 30)
    assert month == draw_month(7, 30) == sorted(month)
    assert month != draw_month(8, 30)
    assert PEOPLE.keys() | OFFICE.keys() | KILLS.keys() == {event.kind for event in draw_month(7, 300)}
    assert 0 <= month[0].at and month[-1].at < 30 * DAY


def test_a_longer_month_begins_differently_only_where_it_is_longer() -> None:
    assert draw_month(7, 3) == [event for event in draw_month(7, 5) if event.at < 3 * DAY]


def test_every_kind_of_event_is_done_by_somebody() -> None:
    assert set(PEOPLE) == set(KINDS)
    assert {"cancel", "resume_twice"} == set(OFFICE) - set(STARTS)


def test_a_month_kept_as_a_file_is_the_same_month(tmp_path: Path) -> None:
    month = draw_month(7, 3)
    kept = write_events(month, tmp_path / "month.json", seed=7, days=3, contacts=200)
    assert (month, {"seed": 7, "days": 3, "contacts": 200}) == read_events(kept)


def test_a_failing_month_is_shrunk_to_the_two_events_that_it_takes() -> None:
    month = draw_month(7, 30)
    wanted = {month[40], month[333]}
    played = list[int]()

    def fails(events: list[Event]) -> bool:
        played.append(len(events))
        return wanted <= set(events)

    assert sorted(wanted) == shrink(month, fails, trials=500)
    assert 150 > len(played)


def test_shrinking_keeps_to_its_budget_and_to_what_fails() -> None:
    month, played = draw_month(7, 30), list[int]()

    def fails(events: list[Event]) -> bool:
        played.append(len(events))
        return month[0] in events

    assert month[0] in shrink(month, fails, trials=5)
    assert 5 == len(played)
