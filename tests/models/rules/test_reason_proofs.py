"""Every reason with its proof, when it lapses, and the setting that lifts it."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.explanation import Explanation
from models.names import NONE, names
from models.records import PendingSetting
from models.rules.entering import PlayFacts
from models.rules.letting_in import Others
from models.setting_words import in_words
from tests.models.rules.facts import NOW, diagnosis, fact, settings, toggles
from tests.workspaces import EVERYBODY, OUTBOUND, PLAY, days_ago

SAME = "ruleset:Default:allow_same_sequence_reenrollment"
BLOCK = "ruleset:Default:block_reenrollment"
GLOBAL = "exclusion:Customers:exclude_from_sequences"
OWN = "ruleset:Default:exclusion:Customers"
AUDIENCE = "audience:Everybody:exclusion:Customers"
SOON = NOW + timedelta(minutes=20)


def explained(row: dict[str, Any], ways: dict[str, str] | None = None, **situation: Any) -> Explanation:
    (found,) = diagnosis(row, **situation).explanations(range(1), Others([]), [ways or {}])
    return found


def changing(setting: str, *, was: Any, value: Any) -> PendingSetting:
    return PendingSetting(setting=setting, was=was, value=value, takes_effect_at=SOON)


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
    (never,) = explained(fact(ended=12), acting=settings(allow_same=True, days=None)).blockers
    assert ("never_again", None) == (never.code, never.lapses_at)
    assert "last enrollment ended on 2026-10-21" in never.detail
    assert never.fix is not None


@pytest.mark.rule("R29")
@pytest.mark.parametrize("own", ["opted_out", "do_not_email"])
def test_nothing_lifts_an_opt_out(own: str) -> None:
    found = explained(fact(**{own: True}, ended=1))
    assert found.blockers[0].fix is None
    assert found.smallest_fix is None


@pytest.mark.rule("R20")
def test_a_running_enrollment_is_named_with_its_earliest_end_and_no_setting_helps() -> None:
    (running,) = explained(fact(running_in="Nurture", free_at=pd.Timestamp(SOON))).blockers
    assert "runs in 'Nurture'; one enrollment at a time, until it ends" == running.detail
    assert (SOON, None) == (running.lapses_at, running.fix)


@pytest.mark.rule("R30", "R34", "R35", "R68")
@pytest.mark.parametrize(
    ("everywhere", "here", "expected"), [(True, False, (GLOBAL,)), (False, True, (OWN,)), (True, True, (GLOBAL, OWN))]
)
def test_an_exclusion_is_lifted_by_every_toggle_that_is_on(
    everywhere: bool, here: bool, expected: tuple[str, ...]
) -> None:
    found = explained(fact(excluded_by=names("Customers")), on=toggles(("Customers", "Default", everywhere, here)))
    assert {"excluded:Customers"} == {blocker.code for blocker in found.blockers}
    assert expected == found.smallest_fix


@pytest.mark.rule("R57")
def test_an_exclusion_tells_by_which_way_it_matches_and_where_it_is_on() -> None:
    on = toggles(("Customers", "Default", True, True))
    ways = {"Customers": "the company's domain is bigcorp.test"}
    said = [blocker.detail for blocker in explained(fact(excluded_by=names("Customers")), ways, on=on).blockers]
    matches = "matches the exclusion 'Customers' (the company's domain is bigcorp.test), which is on "
    assert [f"{matches}for sequences everywhere", f"{matches}in the ruleset 'Default'"] == said


@pytest.mark.rule("R3", "R5")
def test_of_somebody_unknown_nothing_else_is_said() -> None:
    found = explained(fact(known=False), mailboxes=())
    assert ["unknown_contact"] == [blocker.code for blocker in found.blockers]
    assert found.smallest_fix is None


@pytest.mark.rule("R89")
def test_mailboxes_that_cannot_send_are_named() -> None:
    (found,) = explained(fact(), mailboxes=()).blockers
    assert ("mailbox_unavailable", "ana@send.acme.test is paused") == (found.code, found.detail)


def test_a_paused_sequence_and_an_earlier_reply_are_warnings_and_no_refusals() -> None:
    found = explained(fact(sequence_paused=True, last_end="replied"))
    assert (True, ("sequence_paused", "replied")) == (found.eligible, found.warnings)


# Through a play


def through(*, member: bool = True, kept_out_by: Any = NONE, seen: bool = False, **own: Any) -> PlayFacts:
    play = {
        "play": PLAY,
        "audience": EVERYBODY,
        "sequence": OUTBOUND,
        "allow_reruns": True,
        "cooldown_days": 2,
        "last_run_at": pd.NaT,
    }
    return PlayFacts(play | own, pd.DataFrame({"member": [member], "kept_out_by": [kept_out_by], "seen": [seen]}))


@pytest.mark.rule("R15", "R16", "R17")
def test_a_play_that_ran_of_late_keeps_everybody_out_until_its_cool_down_is_over() -> None:
    (found,) = explained(fact(), through=through(last_run_at=pd.Timestamp(days_ago(1.5)))).blockers
    assert ("play_cooldown", None, NOW + timedelta(days=0.5)) == (found.code, found.fix, found.lapses_at)
    assert "may run again at 2026-11-02 21:00 UTC" in found.detail
    assert () == explained(fact(), through=through(last_run_at=pd.Timestamp(days_ago(2)))).blockers


@pytest.mark.rule("R55")
def test_a_play_that_runs_once_takes_nobody_twice_and_no_setting_changes_that() -> None:
    found = explained(fact(), through=through(seen=True, allow_reruns=False))
    assert ["play_runs_once"] == [blocker.code for blocker in found.blockers]
    assert found.smallest_fix is None
    assert () == explained(fact(), through=through(seen=True)).blockers


@pytest.mark.rule("R33")
def test_whom_the_audience_itself_keeps_out_its_own_toggle_lets_in() -> None:
    found = explained(fact(), through=through(kept_out_by=names("Customers")))
    assert ("not_in_audience", (AUDIENCE,)) == (found.blockers[0].code, found.smallest_fix)
    assert "on in the audience 'Everybody' itself" in found.blockers[0].detail


@pytest.mark.rule("R4")
def test_no_setting_makes_a_member() -> None:
    found = explained(fact(), through=through(member=False))
    assert ("not_in_audience", "is not in the audience 'Everybody'") == (
        found.blockers[0].code,
        found.blockers[0].detail,
    )
    assert found.smallest_fix is None
    (without,) = explained(fact(), through=through(member=False, audience=None)).blockers
    assert "'Play' has no audience" == without.detail


# Changes under way


@pytest.mark.rule("R42", "R51")
@pytest.mark.parametrize(
    ("row", "situation", "change"),
    [
        (fact(ended=100), {}, changing(SAME, was=False, value=True)),
        (fact(ended=1, been_here=False), {}, changing(BLOCK, was={"value": 75, "unit": "DAY"}, value={"value": 0})),
        (
            fact(excluded_by=names("Customers")),
            {"on": toggles(("Customers", "Default", True, False))},
            changing(GLOBAL, was=True, value=False),
        ),
        (
            fact(excluded_by=names("Customers")),
            {"on": toggles(("Customers", "Default", False, True))},
            changing(OWN, was=True, value=False),
        ),
        (fact(), {"through": through(kept_out_by=names("Customers"))}, changing(AUDIENCE, was=True, value=False)),
    ],
    ids=["same", "block", "global", "ruleset", "audience"],
)
def test_what_was_changed_already_lapses_when_the_change_acts_and_is_not_asked_for_again(
    row: dict[str, Any], situation: dict[str, Any], change: PendingSetting
) -> None:
    found = explained(row, pending=(change,), **situation)
    (blocker,) = found.blockers
    assert (False, SOON, None, ()) == (found.eligible, blocker.lapses_at, blocker.fix, found.smallest_fix)
    assert f"{in_words(change.setting)} was changed already, which acts from 2026-11-02 09:20 UTC on" in blocker.detail


@pytest.mark.rule("R42", "R26")
def test_a_shorter_bar_that_is_under_way_moves_the_time_at_which_a_reason_lapses() -> None:
    shorter = changing(BLOCK, was={"value": 75, "unit": "DAY"}, value={"value": 30})
    found = explained(fact(ended=12, been_here=False), pending=(shorter,))
    assert (NOW + timedelta(days=18), (BLOCK,)) == (found.blockers[0].lapses_at, found.smallest_fix)


@pytest.mark.rule("R42", "R13")
def test_a_longer_bar_that_is_under_way_does_not_hold_whoever_is_free_before_it_acts() -> None:
    longer = changing(BLOCK, was={"value": 75, "unit": "DAY"}, value=None)
    (soon,) = explained(fact(ended=74.999, been_here=False), pending=(longer,)).blockers
    assert soon.lapses_at is not None
    assert soon.lapses_at < SOON
    (late,) = explained(fact(ended=74, been_here=False), pending=(longer,)).blockers
    assert late.lapses_at is None


@pytest.mark.rule("R51")
def test_whom_a_change_under_way_will_keep_out_is_warned_of() -> None:
    on = toggles(("Customers", "Default", False, False))
    found = explained(fact(excluded_by=names("Customers")), on=on, pending=(changing(GLOBAL, was=False, value=True),))
    assert (True, (), (f"change_under_way:{GLOBAL}",)) == (found.eligible, found.smallest_fix, found.warnings)
