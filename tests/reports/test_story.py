"""What happened, in a terminal: in order, in 80 columns, many of one kind in one line, and no longer than a screen."""

import io
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from rich.console import Console

from models.story import Event
from reports.story import FIRST, LAST, started, story_lines
from reports.terminal import print_report
from tests.reports.reported import NINE, a_report

KEY = "ruleset:Default:block_reenrollment"
BEGUN = Event("begun", NINE, "olga@laptop", after={"from": "shell"})


def at(minutes: int, what: str, **own: Any) -> Event:
    return Event(what, NINE + timedelta(minutes=minutes), **own)


def told(*events: Event) -> list[str]:
    return [line.words for line in story_lines(events, "op-1")]


def printed(events: Iterable[Event], width: int = 80) -> str:
    out = io.StringIO()
    print_report(a_report(), Console(file=out, width=width, color_system=None, highlight=False), None, events)
    return out.getvalue()


def a_change(number: int, *, state: str = "made", **own: Any) -> Event:
    return at(number, own.pop("what", "enroll"), about=f"enroll contact {number}", state=state, **own)


def test_each_event_is_a_sentence() -> None:
    lent = {KEY: "75 DAY"}, {KEY: "0 DAY"}
    assert [
        "Begun by olga@laptop, in a shell",
        "Planned: 2 enrolled, 1 blocked (plan 1a2b)",
        "Asked: Put 2 back?",
        "Asked: Put 1 back? (closed without an answer)",
        "Approved by Olga Ops (go on, plan 1a2b)",
        "Approved 1 contact by Bo, agreed to beforehand (approve, plan 3c4d)",
        "Borrowed: the waiting period: 75 days, set to 0 days (another operation had it out)",
        "Waited for the settings: done at 2026-11-02 09:32 UTC (5 probes)",
        "A probe proved it: the settings",
        "The waiting period: given back: 75 days",
        "The waiting period: somebody set another value meanwhile, which was left alone; it was 0 days now",
        "Read back: 1,200 enrolled",
        "Ended: needs attention (it broke)",
    ] == told(
        BEGUN,
        at(0, "planned", after={"plan": "1a2b", "lines": [], "forecast": {"enrolled": 2, "blocked": 1}}),
        at(0, "asked", after={"question": "Put 2 back?", "problem": ""}, state="answered"),
        at(0, "asked", after={"question": "Put 1 back?", "problem": ""}, state="expired"),
        at(1, "approved", who="Olga Ops", about="go on", after={"plan": "1a2b", "shown": {"question": "?"}}),
        at(1, "approved", who="Bo", about="approve", after={"plan": "3c4d", "shown": None, "approved": ["p@x.test"]}),
        at(2, "borrowed", before=lent[0], after=lent[1], about="the waiting period", state="joined"),
        at(2, "waited", about="the settings", state="done", until=NINE + timedelta(minutes=32), after={"probes": 5}),
        at(32, "probed", about="the settings"),
        at(39, "let_go", about="the waiting period"),
        at(40, "given_back", before=lent[1], after=lent[0], about="the waiting period", state="returned"),
        at(40, "given_back", before=lent[1], about="the waiting period", state="superseded"),
        at(60, "read_back", after={"outcomes": {"enrolled": 1200}}),
        at(60, "ended", state="needs_attention", after={"failure": "it broke"}),
    )


@pytest.mark.parametrize(
    ("by", "started_from", "words"),
    [
        ("olga@laptop", "shell", "by olga@laptop, in a shell"),
        ("Cron", "schedule", "by Cron, by a schedule"),
        ("20261102-020000-1a2b", "night", "by operation 20261102-020000-1a2b, by a night"),
        (None, "deployment", "by somebody whom Prefect does not name, from a form, or by Prefect's API"),
        (None, None, ""),
    ],
)
def test_who_started_it_is_told_with_from_where(by: str | None, started_from: str | None, words: str) -> None:
    assert words == started(by, started_from)


def test_many_changes_of_one_kind_are_two_lines_and_a_number() -> None:
    assert [
        "Enroll contact 1",
        "Enroll contact 2",
        "and 3 more changes of this kind (enroll), made, the last at 2026-11-02 09:05 UTC",
        "Enroll contact 6: NOT KNOWN whether it was made",
    ] == told(*map(a_change, range(1, 6)), a_change(6, state="not known"))


def test_a_change_is_told_with_what_was_there_before_it_and_when_it_was_known() -> None:
    known = NINE + timedelta(minutes=4)
    assert [
        "Enroll contact 1; before: mode ASSIGN_TO_SENDER, user none (known to be made at 2026-11-02 09:04 UTC)",
        "Enroll contact 2: REFUSED",
    ] == told(a_change(1, before={"mode": "ASSIGN_TO_SENDER", "user": None}, until=known), a_change(2, state="refused"))


def test_borrowing_and_waiting_have_one_line_each() -> None:
    assert [] == told(
        at(2, "set_setting", about="set it", state="made"), at(3, "let_go"), at(4, "probe", about="x", state="made")
    )


def test_a_long_story_is_capped_and_says_where_the_rest_is() -> None:
    events = [a_change(number, what=f"kind_{number}") for number in range(100)]
    lines = told(*events)
    assert FIRST + 1 + LAST == len(lines)
    assert f"… and {100 - FIRST - LAST} more lines: `handoff show op-1 --json` has each event" == lines[FIRST]
    assert ("Enroll contact 0", "Enroll contact 99") == (lines[0], lines[-1])
    exactly = told(*events[: FIRST + LAST])
    assert (FIRST + LAST, []) == (len(exactly), [line for line in exactly if "more line" in line])


def test_it_fits_80_columns_and_a_time_is_said_once() -> None:
    long = a_change(0, what="run_play", who="x")
    text = printed([BEGUN, long, at(0, "planned", after={"plan": "x", "lines": ["a"] * 3, "forecast": {}})])
    section = text.partition("What happened\n")[2].partition("\n\n")[0]
    assert 1 == section.count("2026-11-02 09:00 UTC")
    assert max(map(len, text.splitlines())) <= 80
    assert "What happened" not in printed([])


def test_a_name_obeys_nothing() -> None:
    [line] = told(Event("begun", NINE, "\x1b[31m\u202eolga\n", after={"from": "shell"}))
    assert line.isprintable()
