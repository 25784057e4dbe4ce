"""Every reason with its proof, when it lapses, the setting that lifts it, and whom that would let in besides."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.explanation import Explanation
from models.rules.explaining import explain, lifted_by
from tests.models.rules.facts import NOW, fact, facts, settings, toggles

SAME = "ruleset:Default:allow_same_sequence_reenrollment"
BLOCK = "ruleset:Default:block_reenrollment"
GLOBAL = "exclusion:Customers:exclude_from_sequences"
OWN = "ruleset:Default:exclusion:Customers"
NO_TOGGLES = toggles()


def explained(row: dict[str, Any], acting: pd.DataFrame | None = None, on: pd.DataFrame = NO_TOGGLES) -> Explanation:
    (found,) = explain(facts(row), settings() if acting is None else acting, on, NOW)
    return found


def test_somebody_eligible_has_no_blockers_and_nothing_to_fix() -> None:
    found = explained(fact(resumes_after=2))
    assert (True, (), (), 3) == (found.eligible, found.blockers, found.smallest_fix, found.resumes_at_step)


@pytest.mark.rule("R12", "R26")
def test_a_bar_tells_its_days_when_it_lapses_and_its_fix() -> None:
    found = explained(fact(ended=12))
    same, recent = found.blockers
    assert ("already_sequenced", "R12", None) == (same.code, same.rule, same.lapses_at)
    assert ("recently_enrolled", "R26") == (recent.code, recent.rule)
    assert "ended 12 days ago; Default waits 75 days" == recent.detail
    assert NOW + timedelta(days=63) == recent.lapses_at
    assert recent.fix is not None
    assert (BLOCK, "0 DAY", "admin") == (recent.fix.setting, recent.fix.value, recent.fix.requires)
    assert (False, (SAME, BLOCK)) == (found.eligible, found.smallest_fix)


@pytest.mark.rule("R13")
def test_a_bar_for_ever_never_lapses_but_can_be_lifted() -> None:
    (never,) = explained(fact(ended=12), settings(allow_same=True, days=None)).blockers
    assert ("never_again", None) == (never.code, never.lapses_at)
    assert never.fix is not None


@pytest.mark.rule("R29")
@pytest.mark.parametrize("own", ["opted_out", "do_not_email"])
def test_nothing_lifts_an_opt_out(own: str) -> None:
    found = explained(fact(**{own: True}, ended=1))
    assert found.blockers[0].fix is None
    assert found.smallest_fix is None


@pytest.mark.rule("R20")
def test_a_running_enrollment_is_named_and_no_setting_helps() -> None:
    found = explained(fact(running_in="Nurture"))
    assert "runs in 'Nurture'" in found.blockers[0].detail
    assert found.smallest_fix is None


@pytest.mark.rule("R30", "R34", "R35", "R68")
@pytest.mark.parametrize(
    ("everywhere", "here", "expected"), [(True, False, (GLOBAL,)), (False, True, (OWN,)), (True, True, (GLOBAL, OWN))]
)
def test_an_exclusion_is_lifted_by_every_toggle_that_is_on(
    everywhere: bool, here: bool, expected: tuple[str, ...]
) -> None:
    found = explained(fact(excluded_by="Customers"), on=toggles(("Customers", "Default", everywhere, here)))
    assert {"excluded:Customers"} == {blocker.code for blocker in found.blockers}
    assert expected == found.smallest_fix


@pytest.mark.rule("R3", "R5")
def test_unknown_contacts_and_sequences_are_said_so() -> None:
    found = explained(fact(known=False))
    assert ["unknown_contact"] == [blocker.code for blocker in found.blockers]
    assert found.smallest_fix is None


def test_a_paused_sequence_is_a_warning_and_no_refusal() -> None:
    found = explained(fact(sequence_paused=True))
    assert (True, ("sequence_paused",)) == (found.eligible, found.warnings)


def lifted(
    row: dict[str, Any], setting: str, on: pd.DataFrame = NO_TOGGLES, acting: pd.DataFrame | None = None
) -> bool:
    return bool(lifted_by(facts(row), settings() if acting is None else acting, on, setting, NOW).iloc[0])


def test_a_setting_lets_in_whom_it_alone_keeps_out() -> None:
    assert not lifted(fact(ended=1), SAME)
    assert lifted(fact(ended=100), SAME)
    assert not lifted(fact(), SAME)
    assert lifted(fact(ended=1), BLOCK, acting=settings(allow_same=True))
    assert lifted(fact(ended=1), BLOCK, acting=settings(allow_same=True, days=None))


@pytest.mark.rule("R68")
def test_a_toggle_lets_in_only_where_the_other_one_is_off() -> None:
    row = fact(excluded_by="Customers")
    assert lifted(row, GLOBAL, toggles(("Customers", "Default", True, False)))
    assert lifted(row, OWN, toggles(("Customers", "Default", False, True)))
    both = toggles(("Customers", "Default", True, True))
    assert not lifted(row, GLOBAL, both)
    assert not lifted(row, OWN, both)
    assert not lifted(fact(excluded_by="Customers\nRivals"), GLOBAL, toggles(("Customers", "Default", True, False)))
