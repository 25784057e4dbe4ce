"""Exclusions remove whom they match from running sequences, at the sequence level and only there."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.changes import SetSetting
from models.records import Behaviour, Company, Sequence, SequenceStep
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.platforms.sandbox.enforced import switched_off
from tests.workspaces import (
    EVERYBODY,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    days_ago,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)

BIG = "bigcorp.test"
GLOBAL, LOCAL = "exclusion:Customers:exclude_from_sequences", "ruleset:Default:exclusion:Customers"
IN_AUDIENCE = f"audience:{EVERYBODY}:exclusion:Customers"
LONGEST = timedelta(minutes=46)  # R51


def matched_and_running(*, on: bool = False, **sections: object) -> Workspace:
    """Pia (active) and Quin (queued) match 'Customers', which is off; Raj does not. All run in Outbound."""
    defaults: dict[str, object] = {
        "people": [PIA, QUIN, RAJ],
        "exclusions": (excluding(PIA, QUIN, on=on),),
        "enrollments": [running(PIA), running(QUIN, steps_done=0, next_step_at=days_ago(-9)), running(RAJ)],
    }
    return workspace(**(defaults | sections))


def ends(sandbox: Sandbox) -> dict[str, str | None]:
    return {found.person: found.end_reason for found in sandbox.workspace_record().enrollments}


def in_hours(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def turn(sandbox: Sandbox, setting: str, on: bool, *, wait: timedelta = LONGEST) -> None:
    sandbox.apply(SetSetting(setting=setting, value=on))
    sandbox.advance(sandbox.now() + wait)


@pytest.mark.rule("R61", "R62")
@pytest.mark.parametrize("setting", [GLOBAL, LOCAL])
def test_turning_it_on_at_the_sequence_level_removes_whoever_matches_and_nobody_else(
    sandboxes: Sandboxes, setting: str
) -> None:
    sandbox = sandboxes(matched_and_running())
    turn(sandbox, setting, on=True)
    assert {PIA: "excluded", QUIN: "excluded", RAJ: None} == ends(sandbox)


@pytest.mark.rule("R62", "R51")
def test_nobody_is_removed_before_the_change_acts(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(matched_and_running())
    turn(sandbox, GLOBAL, on=True, wait=timedelta(minutes=14))
    assert {None} == set(ends(sandbox).values())
    [pending] = sandbox.pending()
    sandbox.advance(pending.takes_effect_at)
    [removed] = {found.ended_at for found in sandbox.workspace_record().enrollments if found.end_reason}
    assert pending.takes_effect_at == removed


@pytest.mark.rule("R62")
def test_a_rulesets_toggle_removes_from_its_own_sequences_only(sandboxes: Sandboxes) -> None:
    two = (ruleset(), ruleset(name="Lenient", default=False))
    sequences = (Sequence(name=OUTBOUND, steps=STEPS), Sequence(name=NURTURE, steps=STEPS, ruleset="Lenient"))
    sandbox = sandboxes(
        matched_and_running(
            rulesets=two,
            sequences=sequences,
            enrollments=[running(PIA), running(QUIN, sequence=NURTURE)],
        )
    )
    turn(sandbox, LOCAL, on=True)
    assert {PIA: "excluded", QUIN: None} == ends(sandbox)


@pytest.mark.rule("R62")
def test_a_company_level_rule_removes_everybody_at_the_company(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(
        matched_and_running(
            people=[person(PIA, company_domain=BIG), person(QUIN, company_domain=BIG), RAJ],
            companies=(Company(domain=BIG, status="customer"),),
            exclusions=(excluding(company_status=("customer",), on=False),),
        )
    )
    turn(sandbox, GLOBAL, on=True)
    assert {PIA: "excluded", QUIN: "excluded", RAJ: None} == ends(sandbox)


@pytest.mark.rule("R64")
def test_an_audiences_toggle_removes_nobody(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(matched_and_running())
    turn(sandbox, IN_AUDIENCE, on=True)
    assert {None} == set(ends(sandbox).values())


@pytest.mark.rule("R63", "R33")
def test_the_sequence_level_removes_though_the_audience_level_is_off(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(matched_and_running())
    sandbox.apply(SetSetting(setting=IN_AUDIENCE, value=False))
    turn(sandbox, GLOBAL, on=True)
    assert "excluded" == ends(sandbox)[PIA]


@pytest.mark.rule("R62", "R68")
def test_turning_on_the_second_toggle_removes_nobody_more(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(matched_and_running(on=True))
    turn(sandbox, LOCAL, on=True)
    assert {None} == set(ends(sandbox).values()), "the exclusion acted before: it did not come to act"


@pytest.mark.rule("R62")
def test_under_c18_keeps_whoever_runs_already_goes_on(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(matched_and_running(behaviour=Behaviour(C18="keeps")))
    turn(sandbox, GLOBAL, on=True)
    assert {None} == set(ends(sandbox).values())


@pytest.mark.rule("R66")
@pytest.mark.parametrize("settled", ["removes", "keeps"])
def test_an_activity_rule_at_the_sequence_level_removes_contacts_after_the_platforms_own_email(
    sandboxes: Sandboxes, settled: str
) -> None:
    rule = excluding(name="Last sales activity", last_activity_within_days=14)
    queued = running(PIA, steps_done=0, started_at=days_ago(1))
    sandbox = sandboxes(workspace(exclusions=(rule,), enrollments=[queued], behaviour=Behaviour(C18=settled)))
    sandbox.advance(sandbox.now() + timedelta(hours=2))
    [found] = sandbox.workspace_record().enrollments
    assert ("canceled", "excluded", 1) == (found.state, found.end_reason, found.steps_done)


@pytest.mark.rule("R64", "R66")
def test_an_activity_rule_that_is_off_at_the_sequence_level_lets_them_go_on(sandboxes: Sandboxes) -> None:
    rule = excluding(name="Last sales activity", on=False, last_activity_within_days=14)
    sandbox = sandboxes(workspace(exclusions=(rule,), enrollments=[running(PIA, steps_done=0, started_at=days_ago(1))]))
    sandbox.advance(sandbox.now() + timedelta(hours=2))
    assert {PIA: None} == ends(sandbox)


@pytest.mark.rule("R66")
def test_under_c18_keeps_whoever_matched_before_goes_on_and_who_starts_to_match_is_removed(
    sandboxes: Sandboxes,
) -> None:
    rule = excluding(name="Active", on=False, last_activity_within_days=14)
    steps = (SequenceStep(), SequenceStep(), SequenceStep())
    made = workspace(
        people=[PIA, QUIN, RAJ],
        exclusions=(rule,),
        behaviour=Behaviour(C18="keeps"),
        sequences=(Sequence(name=OUTBOUND, steps=steps),),
        enrollments=[
            running(PIA, started_at=days_ago(3), next_step_at=in_hours(3)),
            running(QUIN, steps_done=0, next_step_at=in_hours(3)),
            running(RAJ, started_at=days_ago(30)),
        ],
    )
    sandbox = sandboxes(made)
    turn(sandbox, "exclusion:Active:exclude_from_sequences", on=True)
    sandbox.advance(in_hours(3))
    assert {PIA: None, QUIN: "excluded", RAJ: "excluded"} == ends(sandbox), "Raj's activity was too long ago to match"


@pytest.mark.rule("R66")
def test_who_is_removed_by_a_step_of_theirs_gets_no_task_of_the_next_one(sandboxes: Sandboxes) -> None:
    rule = excluding(name="Active", last_activity_within_days=14)
    steps = (SequenceStep(), SequenceStep(type="PHONE_CALL"))
    sandbox = sandboxes(
        workspace(
            exclusions=(rule,),
            sequences=(Sequence(name=OUTBOUND, steps=steps),),
            enrollments=[running(PIA, steps_done=0, next_step_at=NOW)],
        )
    )
    sandbox.advance(in_hours(2))
    assert {PIA: "excluded"} == ends(sandbox)
    assert () == sandbox.workspace_record().tasks


@pytest.mark.rule("R66")
def test_who_finishes_with_the_step_that_makes_them_match_has_completed(sandboxes: Sandboxes) -> None:
    rule = excluding(name="Active", last_activity_within_days=14)
    sequence = Sequence(name=OUTBOUND, steps=(SequenceStep(),))
    queued = running(PIA, steps_done=0, next_step_at=NOW)
    sandbox = sandboxes(workspace(exclusions=(rule,), sequences=(sequence,), enrollments=[queued]))
    sandbox.advance(in_hours(2))
    assert {PIA: "completed"} == ends(sandbox)


@pytest.mark.rule("R62")
def test_a_file_with_an_exclusion_on_and_people_running_whom_it_matches_is_loaded_as_it_is(
    sandboxes: Sandboxes,
) -> None:
    sandbox = sandboxes(matched_and_running(on=True))
    sandbox.apply(SetSetting(setting=IN_AUDIENCE, value=True))
    sandbox.advance(NOW + LONGEST)
    assert {None} == set(ends(sandbox).values())


@pytest.mark.rule("R62")
def test_taken_back_before_it_acted_it_removes_nobody(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(matched_and_running())
    turn(sandbox, GLOBAL, on=True, wait=timedelta(minutes=10))
    turn(sandbox, GLOBAL, on=False)
    assert {None} == set(ends(sandbox).values())


@pytest.mark.rule("R62")
def test_where_changes_act_at_once_so_does_what_follows_from_them(tmp_path: Path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path}/sandbox.db")
    sandbox.load(
        matched_and_running(
            people=[PIA, QUIN, RAJ, SUE], exclusions=(excluding(PIA, SUE, on=False),), plays=(play(published=True),)
        )
    )
    with switched_off("R51"):
        sandbox.apply(SetSetting(setting=GLOBAL, value=True))
        assert {PIA: "excluded", QUIN: None, RAJ: None} == ends(sandbox)
        sandbox.apply(SetSetting(setting=GLOBAL, value=False))
        assert {PIA: "excluded", QUIN: None, RAJ: None, SUE: None} == ends(sandbox)
    sandbox.close()
