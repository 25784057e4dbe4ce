"""What it takes to move people from one sequence to another, in both ways, and what becomes of each."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.names import Names, names
from models.rules.moving import by_settings, settings_to_lift, unenrolling_first
from tests.models.rules.facts import NOW, fact, facts, settings
from tests.workspaces import NURTURE, OUTBOUND, days_ago

MAILBOX = ["ana@send.acme.test"]
LEAVE, SAME, BLOCK = (
    "ruleset:Source:block_reenrollment",
    "ruleset:Default:allow_same_sequence_reenrollment",
    "ruleset:Default:block_reenrollment",
)
BACK = "ruleset:Source:allow_same_sequence_reenrollment"


def runs(days: float = 4, **own: Any) -> dict[str, Any]:
    """Somebody who runs in the source since so many days, a step done; the facts are those for the target, Nurture."""
    row = {
        "sequence": NURTURE,
        "running_in": OUTBOUND,
        "running_since": days_ago(days),
        "running_ruleset": "Source",
        "completed_a_step": True,
    }
    return fact(**(row | own))


def acting(source: int | None = 75, target: int | None = 75, *, same: bool = False) -> pd.DataFrame:
    return settings(allow_same=same, days=target, Source=(False, source))


def told(found: pd.DataFrame, *columns: str) -> tuple[Any, ...]:
    return tuple(str(value) if isinstance(value, Names) else value for value in found.iloc[0][list(columns)])


def settled(row: dict[str, Any], values: pd.DataFrame, waiting: int = 0) -> pd.DataFrame:
    return by_settings(facts(row), values, OUTBOUND, timedelta(days=waiting), NOW, MAILBOX)


def taken_out(row: dict[str, Any], values: pd.DataFrame, waiting: int = 0) -> pd.DataFrame:
    home = facts(row).assign(sequence=OUTBOUND, ruleset="Source", been_here=True)
    return unenrolling_first(facts(row), home, values, OUTBOUND, timedelta(days=waiting), NOW, MAILBOX)


def lifted(row: dict[str, Any], found: pd.DataFrame) -> dict[str, int]:
    return settings_to_lift(facts(row), found)


@pytest.mark.rule("R21", "R22", "R23")
@pytest.mark.parametrize(("source", "expected"), [(75, {LEAVE: 1}), (None, {LEAVE: 1}), (4, {}), (0, {})])
def test_by_settings_only_the_sources_bar_has_to_go_where_it_has_not_passed(
    source: int | None, expected: dict[str, int]
) -> None:
    found = settled(runs(days=4), acting(source, target=75))
    assert ("enrolled", True, True) == told(found, "forecast", "leaves", "way_back")
    assert expected == lifted(runs(days=4), found)


@pytest.mark.rule("R23")
def test_by_settings_a_waiting_period_keeps_those_who_began_within_it() -> None:
    found = settled(runs(days=2), acting(), waiting=3)
    assert ("blocked", "already_enrolled", False) == told(found, "forecast", "forecast_reasons", "leaves")
    assert "enrolled" == told(settled(runs(days=4), acting(), waiting=3), "forecast")[0]


@pytest.mark.rule("R12", "R26")
def test_by_settings_what_the_target_refuses_besides_is_lifted_too() -> None:
    row = runs(been_here=True, last_ended=pd.Timestamp(days_ago(9)), resumes_after=2)
    found = settled(row, acting())
    assert ("enrolled", "already_enrolled;already_sequenced;recently_enrolled", 3) == told(
        found, "forecast", "forecast_reasons", "step"
    )
    assert {LEAVE: 1, SAME: 1, BLOCK: 1} == lifted(row, found)


@pytest.mark.rule("R26")
def test_unenrolling_first_makes_a_recent_end_that_bars_whoever_completed_a_step() -> None:
    found = taken_out(runs(), acting())
    assert ("enrolled", "recently_enrolled", True, True) == told(
        found, "forecast", "forecast_reasons", "leaves", "way_back"
    )
    assert {BLOCK: 1, BACK: 1, LEAVE: 1} == lifted(runs(), found)


@pytest.mark.rule("R43")
def test_unenrolling_first_takes_no_setting_for_whoever_completed_no_step() -> None:
    row = runs(completed_a_step=False)
    found = taken_out(row, acting(None, None))
    assert ("enrolled", "", True) == told(found, "forecast", "forecast_reasons", "leaves")
    assert {} == lifted(row, found)


@pytest.mark.rule("R26")
def test_unenrolling_first_takes_nobody_out_whom_a_waiting_period_would_leave_outside() -> None:
    found = taken_out(runs(), acting(), waiting=3)
    assert ("blocked", "recently_enrolled", False) == told(found, "forecast", "forecast_reasons", "leaves")
    assert {} == lifted(runs(), found)


@pytest.mark.rule("R29", "R30")
@pytest.mark.parametrize("move", [settled, taken_out])
@pytest.mark.parametrize(
    ("own", "reason"), [({"opted_out": True}, "opted_out"), ({"excluded_by": names("Customers")}, "excluded:Customers")]
)
def test_whom_no_setting_helps_stays_where_they_run(move: Any, own: dict[str, Any], reason: str) -> None:
    found = move(runs(**own), acting())
    assert ("blocked", reason, False, False) == told(found, "forecast", "forecast_reasons", "leaves", "needs_block")


@pytest.mark.rule("R20")
@pytest.mark.parametrize("move", [settled, taken_out])
def test_whoever_runs_in_a_third_sequence_stays_there(move: Any) -> None:
    found = move(runs(running_in="Third", days=1000), acting(0, 0))
    assert ("blocked", "already_enrolled", False) == told(found, "forecast", "forecast_reasons", "leaves")


@pytest.mark.parametrize("move", [settled, taken_out])
def test_whoever_runs_in_the_target_is_there_already(move: Any) -> None:
    found = move(runs(running_in=NURTURE), acting())
    assert ("unchanged", "", False) == told(found, "forecast", "forecast_reasons", "leaves")


@pytest.mark.parametrize("move", [settled, taken_out])
def test_a_move_that_stopped_between_its_halves_only_needs_the_second(move: Any) -> None:
    """Pia was taken out of the source and not taken in: she runs nowhere, and her end there is recent."""
    row = runs(running_in=None, running_since=pd.NaT, running_ruleset=None, last_ended=pd.Timestamp(days_ago(0.01)))
    found = move(row, acting())
    assert ("enrolled", False, "recently_enrolled") == told(found, "forecast", "leaves", "forecast_reasons")
    assert {BLOCK: 1} == lifted(row, found)


@pytest.mark.parametrize("move", [by_settings, unenrolling_first])
def test_without_a_mailbox_that_can_send_nobody_is_moved(move: Any) -> None:
    row = facts(runs())
    parts = (row,) if move is by_settings else (row, row)
    found = move(*parts, acting(), OUTBOUND, timedelta(0), NOW, [])
    assert ("blocked", "mailbox_unavailable") == told(found, "forecast", "forecast_reasons")


def test_a_ruleset_that_source_and_target_share_counts_a_contact_once() -> None:
    row = runs(running_ruleset="Default", last_ended=pd.Timestamp(days_ago(9)))
    assert {BLOCK: 1} == lifted(row, settled(row, acting()))


def test_nobody_at_all_is_fine_too() -> None:
    nobody = facts(runs()).iloc[:0]
    found = by_settings(nobody, acting(), OUTBOUND, timedelta(0), NOW, MAILBOX)
    assert 0 == len(found)
    assert {} == settings_to_lift(nobody, found)
    assert 0 == len(unenrolling_first(nobody, nobody, acting(), OUTBOUND, timedelta(0), NOW, MAILBOX))
