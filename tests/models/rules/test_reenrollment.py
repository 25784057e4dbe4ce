"""Which re-enrollment settings contacts really need, and which they do not."""

from datetime import timedelta

import pandas as pd
import pytest

from models.names import NONE, names
from models.records import Interval
from models.rules.reenrollment import as_set, count_needs, judge, needs, settings_frame, suffices
from models.setting_keys import SettingKey
from tests.models.rules.facts import NOW, fact, facts, settings

SAME = SettingKey.parse("ruleset:Default:allow_same_sequence_reenrollment")
BLOCK = SettingKey.parse("ruleset:Default:block_reenrollment")
DAYS_75, AT_ONCE = {"value": 75, "unit": "DAY"}, {"value": 0, "unit": "DAY"}


def needed(row: dict[str, object], acting: pd.DataFrame, waiting_days: int = 0) -> set[str]:
    found = facts(row)
    return set(count_needs(found, judge(found, acting, timedelta(days=waiting_days), NOW)))


@pytest.mark.rule("R6", "R7", "R8", "R14")
@pytest.mark.parametrize(
    ("allow_same", "days", "expected"),
    [
        (False, 75, {SAME, BLOCK}),
        (False, None, {SAME, BLOCK}),
        (True, 75, {BLOCK}),
        (True, None, {BLOCK}),
        (False, 0, {SAME}),
        (False, 3, {SAME}),  # a bar of three days lapsed: it ended ten days ago
        (True, 0, set()),
    ],
)
def test_only_the_settings_that_keep_a_contact_out_are_needed(
    allow_same: bool, days: int | None, expected: set[str]
) -> None:
    assert expected == needed(fact(ended=10), settings(allow_same=allow_same, days=days))


@pytest.mark.rule("R46")
def test_into_another_sequence_only_the_bar_has_to_go() -> None:
    assert {BLOCK} == needed(fact(ended=10, been_here=False), settings())


@pytest.mark.rule("R43")
def test_who_never_completed_a_step_needs_none() -> None:
    assert set() == needed(fact(ended=1, completed_a_step=False), settings(days=None))


@pytest.mark.rule("R29", "R20")
@pytest.mark.parametrize(
    "own", [{"opted_out": True}, {"do_not_email": True}, {"excluded_by": names("X")}, {"running_in": "Nurture"}]
)
def test_whom_something_else_keeps_out_needs_none(own: dict[str, object]) -> None:
    assert set() == needed(fact(ended=10, **own), settings())


@pytest.mark.rule("R14")
def test_a_waiting_period_keeps_those_out_who_ended_within_it() -> None:
    both = facts(fact("long@x.test", ended=6), fact("late@x.test", ended=4))
    judged = judge(both, settings(), timedelta(days=5), NOW)
    assert ["", "recently_enrolled"] == judged["reasons_lifted"].map(str).tolist()
    assert [True, False] == judged["needs_block"].tolist()
    assert [True, False] == judged["needs_same"].tolist()


def test_a_bar_shorter_than_the_waiting_period_stays_as_it_is() -> None:
    judged = judge(facts(fact(ended=4)), settings(days=3), timedelta(days=5), NOW)
    assert [NONE] == judged["reasons_lifted"].tolist()


def test_needs_are_counted_by_ruleset() -> None:
    found = facts(fact("a@x.test", ended=10), fact("b@x.test", ended=10), fact("c@x.test", ended=10, ruleset="O:pen"))
    acting = settings(**{"O:pen": (True, 75)})
    counts = count_needs(found, judge(found, acting, timedelta(0), NOW))
    assert {SAME: 2, BLOCK: 2, "ruleset:O%3Apen:block_reenrollment": 1} == counts


def test_a_loan_is_taken_for_what_is_not_set_as_needed() -> None:
    loans = needs({SAME: 2, BLOCK: 3}, {SAME: False, BLOCK: DAYS_75}, 0)
    assert [(SAME, False, True, 2), (BLOCK, DAYS_75, AT_ONCE, 3)] == [
        (loan.setting, loan.was, loan.set_to, loan.contacts) for loan in loans
    ]


def test_a_setting_that_somebody_opened_already_is_not_borrowed() -> None:
    assert [] == needs({SAME: 2, BLOCK: 3}, {SAME: True, BLOCK: AT_ONCE}, 0)


def test_a_waiting_period_is_what_the_bar_is_set_to() -> None:
    (loan,) = needs({BLOCK: 1}, {BLOCK: None}, 5)
    assert (None, {"value": 5, "unit": "DAY"}) == (loan.was, loan.set_to)


@pytest.mark.parametrize(
    ("value", "wanted", "enough"),
    [
        (True, True, True),
        (False, True, False),
        (AT_ONCE, {"value": 5, "unit": "DAY"}, True),
        ({"value": 24, "unit": "HOUR"}, {"value": 1, "unit": "DAY"}, True),
        ({"value": 2, "unit": "WEEK"}, {"value": 13, "unit": "DAY"}, False),
        (None, AT_ONCE, False),
    ],
)
def test_a_value_suffices_when_it_is_the_wanted_one_or_a_shorter_bar(
    value: object, wanted: object, enough: bool
) -> None:
    assert enough is suffices(value, wanted)


def test_settings_of_rulesets_go_to_json_and_back_to_what_the_rules_take() -> None:
    rulesets = pd.DataFrame(
        [("Default", False, Interval(value=75)), ("A: 5%", True, None)], columns=["ruleset", "allow_same", "block"]
    )
    values = as_set(rulesets)
    assert DAYS_75 == values[BLOCK]
    assert values["ruleset:A%3A 5%25:block_reenrollment"] is None
    frame = settings_frame(values)
    assert timedelta(days=75) == frame.at["Default", "block"]
    assert pd.isna(frame.at["A: 5%", "block"])
    assert [False, True] == frame.loc[["Default", "A: 5%"], "allow_same"].tolist()
