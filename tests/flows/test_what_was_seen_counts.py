"""What is known of a workspace's behaviour, and what rules and forecasts make of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from journal import facts, operations
from models.open_questions import OPEN_QUESTIONS, RESTS_ON, as_known
from models.records import Behaviour
from tasks.enrollment_diagnosis.enquiry import Enquiry, check_diagnosis
from tests.conftest import Sandboxes
from tests.flows.house import House, outcomes
from tests.flows.on_unify import UnifyHouse, unify
from tests.journal.journals import operation
from tests.workspaces import ANAS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA, ended, play, ruleset, running, workspace

__all__ = ["unify"]  # a fixture
AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("question", OPEN_QUESTIONS)
def test_what_a_platform_tells_goes_before_what_was_seen_and_that_before_what_is_assumed(question: str) -> None:
    assumed = OPEN_QUESTIONS[question].assumed
    seen = {question: ("seen", AT)}
    assert ("told", "told") == known(question, "told", seen)
    assert ("seen", "seen") == known(question, None, seen)
    assert (assumed, "assumed") == known(question, None, {})
    assert str(as_known(question, None, {})).endswith(f"({question}: assumed, not tried here)")


def known(question: str, told: str | None, seen: Any) -> tuple[str, str]:
    found = as_known(question, told, seen)
    return found.answer, found.how


def test_every_question_that_a_procedure_rests_on_is_one_that_is_asked() -> None:
    assert {code for codes in RESTS_ON.values() for code in codes} <= set(OPEN_QUESTIONS)


@pytest.mark.rule("R43")
@pytest.mark.parametrize(
    ("settled", "expected"), [("exempt", ()), ("counts", ("already_sequenced", "recently_enrolled"))]
)
def test_an_enrollment_without_a_step_keeps_somebody_out_where_it_counts(
    sandboxes: Sandboxes, settled: str, expected: tuple[str, ...]
) -> None:
    behaviour = Behaviour.model_validate({"Q2": settled})
    sandbox = sandboxes(workspace(enrollments=[ended(PIA, steps_done=0)], behaviour=behaviour))
    found = Enquiry(sandbox).diagnose(check_diagnosis(sandbox, [PIA], OUTBOUND, None)).frame()
    assert expected == found["reasons"].item().each


def saw(house: House, question: str, answer: str) -> None:
    """As if a calibration of `unify` had seen it."""
    row = operations.begin(house.journal, operation(procedure="calibrate", workspace="unify", ended_at=AT))
    facts.note(house.journal, "unify", row.id, question, answer, "", AT)


def test_a_calibration_makes_the_forecast_of_somebody_enrolled_without_a_step(unify: UnifyHouse) -> None:
    unify.load(workspace(enrollments=[ended(PIA, steps_done=0)]))
    enrolling = {"emails": [PIA], "sequence": OUTBOUND, "mailboxes": [ANAS_MAILBOX]}
    assert 1 == unify.carry_out("enroll-contacts", dry_run=True, **enrolling).counts["enrolled"]
    saw(unify, "Q2", "counts")
    assert 1 == unify.carry_out("enroll-contacts", dry_run=True, **enrolling).counts["blocked"]


@pytest.mark.rule("R9")
@pytest.mark.parametrize(("answer", "step"), [("next_step", "3"), ("first_step", "1")])
def test_where_the_api_begins_anew_the_forecast_says_step_one(unify: UnifyHouse, answer: str, step: str) -> None:
    unify.load(workspace(rulesets=ruleset(allow_same=True, days=0), enrollments=[ended(PIA)]))
    saw(unify, "Q6", answer)
    report = unify.carry_out("enroll-contacts", dry_run=True, emails=[PIA], sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX])
    assert step == outcomes(report).loc[PIA, "step"]
    assert any("(Q6: seen here at 2026-11-02 09:30 UTC)" in line for line in report.plan), report.plan


def test_whoever_came_by_a_play_is_moved_by_one_where_plays_were_seen_to_take_over(unify: UnifyHouse) -> None:
    unify.load(workspace(enrollments=[running(PIA, play="Play")], plays=[play()]))
    moving = {"from_sequence": OUTBOUND, "to_sequence": NURTURE, "waiting_days": 0}

    def ways() -> set[str]:
        plan = unify.plan_of(unify.carry_out("sequence-move", dry_run=True, **moving))
        return set(plan["actions"])

    assert "run_play" not in ways()
    saw(unify, "C10", "settings")
    assert "run_play" in ways()


def test_a_sandbox_tells_of_itself_and_its_plans_say_nothing_of_it(house: House) -> None:
    house.load(workspace(now=NOW))
    report = house.carry_out("enroll-contacts", dry_run=True, emails=[PIA], sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX])
    assert not any("it rests on this" in line for line in report.plan), report.plan
