"""Whom a play refuses, and the reason it gives."""

from typing import Any

import pytest

from models.changes import RunPlay
from models.records import Behaviour, Company, Mailbox, Play, Ruleset, Sequence, SequenceStep
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    STEPS,
    ended,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)


def reason(sandbox: Sandbox) -> str | None:
    """Why the play refuses Pia; None where it enrolls her."""
    told: str | None = sandbox.apply(RunPlay(play=PLAY))["log"][0]["reason"]
    return told


@pytest.mark.rule("R29")
@pytest.mark.parametrize("bar", ["email_opt_out", "do_not_email"])
def test_who_opted_out_of_email_is_refused(sandboxes: Sandboxes, bar: str) -> None:
    sandbox = sandboxes(workspace(people=[person(PIA).model_copy(update={bar: True})]))
    assert {"email_opt_out": "opted_out", "do_not_email": "do_not_email"}[bar] == reason(sandbox)


@pytest.mark.rule("R20", "R28")
@pytest.mark.parametrize("sequence", [OUTBOUND, NURTURE])
@pytest.mark.parametrize("steps_done", [0, 2])
def test_who_runs_in_any_sequence_is_refused_until_it_ends(
    sandboxes: Sandboxes, sequence: str, steps_done: int
) -> None:
    at_once = ruleset(allow_same=True, days=0)
    enrollments = [running(PIA, sequence=sequence, steps_done=steps_done)]
    never_moves = Behaviour(C10="unenroll_first")
    sandbox = sandboxes(workspace(rulesets=at_once, enrollments=enrollments, behaviour=never_moves))
    assert "already_enrolled" == reason(sandbox)
    assert 1 == sandbox.state()["counts"]["enrollments"]["active" if steps_done else "queued"]


@pytest.mark.rule("R26")
@pytest.mark.parametrize(("days", "expected"), [(74.99, "recently_enrolled"), (75, None), (76, None)])
def test_another_sequence_takes_nobody_back_within_75_days_by_default(
    sandboxes: Sandboxes, days: float, expected: str | None
) -> None:
    enrollments = [ended(PIA, days=days, sequence=NURTURE)]
    assert expected == reason(sandboxes(workspace(rulesets=Ruleset(name="Default"), enrollments=enrollments)))


@pytest.mark.rule("R26")
def test_the_waiting_period_counts_from_the_last_end_anywhere(sandboxes: Sandboxes) -> None:
    enrollments = [ended(PIA, days=100), ended(PIA, days=3, sequence=NURTURE, steps_done=0)]
    assert "recently_enrolled" == reason(
        sandboxes(workspace(rulesets=ruleset(allow_same=True), enrollments=enrollments))
    )


@pytest.mark.rule("R14", "R26")
def test_a_waiting_period_of_0_days_lets_in_at_once(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(rulesets=ruleset(days=0), enrollments=[ended(PIA, days=0, sequence=NURTURE)]))
    assert reason(sandbox) is None


@pytest.mark.rule("R13")
@pytest.mark.parametrize("sequence", [OUTBOUND, NURTURE])
def test_no_waiting_period_at_all_means_never_again(sandboxes: Sandboxes, sequence: str) -> None:
    never = ruleset(allow_same=True, days=None)
    enrollments = [ended(PIA, days=5000, sequence=sequence)]
    assert "never_again" == reason(sandboxes(workspace(rulesets=never, enrollments=enrollments)))


@pytest.mark.rule("R11", "R12", "R45", "R46")
def test_going_back_into_the_same_sequence_needs_its_own_option(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(rulesets=ruleset(days=0), enrollments=[ended(PIA)]))
    [entry] = sandbox.apply(RunPlay(play=PLAY))["log"]
    expected = {
        "email": PIA,
        "result": "not_enrolled",
        "reason": "already_sequenced",
        "message": "Prospect is already sequenced",
    }
    assert expected == entry


@pytest.mark.rule("R11", "R12", "R13", "R46")
@pytest.mark.parametrize(
    ("allow_same", "days", "expected"),
    [
        (False, 0, {OUTBOUND: "already_sequenced", NURTURE: None}),
        (True, 0, {OUTBOUND: None, NURTURE: None}),
        (True, None, {OUTBOUND: "never_again", NURTURE: "never_again"}),
        (False, None, {OUTBOUND: "already_sequenced", NURTURE: "never_again"}),
        (True, 75, {OUTBOUND: "recently_enrolled", NURTURE: "recently_enrolled"}),
        (False, 75, {OUTBOUND: "already_sequenced", NURTURE: "recently_enrolled"}),
    ],
)
def test_the_two_options_decide_apart(
    sandboxes: Sandboxes, allow_same: bool, days: int | None, expected: dict[str, Any]
) -> None:
    plays = [play(), play("Other play", sequence=NURTURE)]
    for name, into in (("Other play", NURTURE), (PLAY, OUTBOUND)):
        enrollments = [ended(PIA, sequence=OUTBOUND)]
        settings = ruleset(allow_same=allow_same, days=days)
        sandbox = sandboxes(workspace(rulesets=settings, plays=plays, enrollments=enrollments))
        assert expected[into] == sandbox.apply(RunPlay(play=name))["log"][0]["reason"]


@pytest.mark.rule("R12", "R45")
@pytest.mark.parametrize("reasons", [(False, 75), (True, None), (True, 75)])
def test_refusals_of_re_enrollment_carry_the_words_of_the_platform(
    sandboxes: Sandboxes, reasons: tuple[bool, int | None]
) -> None:
    settings = ruleset(allow_same=reasons[0], days=reasons[1])
    sandbox = sandboxes(workspace(rulesets=settings, enrollments=[ended(PIA)]))
    assert "Prospect is already sequenced" == sandbox.apply(RunPlay(play=PLAY))["log"][0]["message"]


@pytest.mark.rule("R43")
@pytest.mark.parametrize("settings", [ruleset(), ruleset(days=None), ruleset(allow_same=True, days=75)])
def test_who_never_completed_a_step_needs_no_re_enrollment_setting(sandboxes: Sandboxes, settings: Ruleset) -> None:
    enrollments = [ended(PIA, days=1, steps_done=0), ended(PIA, days=2, steps_done=0, sequence=NURTURE)]
    assert reason(sandboxes(workspace(rulesets=settings, enrollments=enrollments))) is None


@pytest.mark.rule("R43")
def test_who_was_never_enrolled_needs_no_re_enrollment_setting(sandboxes: Sandboxes) -> None:
    assert reason(sandboxes(workspace(rulesets=ruleset(days=None)))) is None


@pytest.mark.rule("R30")
@pytest.mark.parametrize(
    "match",
    [
        {"person_email": (PIA,)},
        {"person_status": ("churned",)},
        {"company_domain": ("bigcorp.test",)},
        {"company_status": ("competitor",)},
        {"last_activity_within_days": 30},
    ],
)
def test_whom_an_exclusion_matches_is_refused_with_its_name(sandboxes: Sandboxes, match: dict[str, Any]) -> None:
    sandbox = sandboxes(
        workspace(
            people=[
                person(PIA, status="churned", company_domain="bigcorp.test"),
                person(QUIN, company_domain="x.test"),
            ],
            companies=Company(domain="bigcorp.test", status="competitor"),
            exclusions=excluding(name="Not these", **match),
            enrollments=[ended(PIA, days=12, steps_done=1)],
            rulesets=ruleset(allow_same=True, days=0),
        )
    )
    answer = sandbox.apply(RunPlay(play=PLAY))
    assert {"excluded:Not these": 1} == answer["not_enrolled"]
    assert [("not_enrolled", PIA), ("enrolled", QUIN)] == [(e["result"], e["email"]) for e in answer["log"]]


@pytest.mark.rule("R30", "R68")
@pytest.mark.parametrize(("everywhere", "here"), [(True, False), (False, True), (True, True), (False, False)])
def test_either_toggle_of_an_exclusion_bars_the_global_or_the_rulesets(
    sandboxes: Sandboxes, everywhere: bool, here: bool
) -> None:
    own = ruleset(exclusions={"Customers": here})
    sandbox = sandboxes(workspace(exclusions=excluding(PIA, on=everywhere), rulesets=own))
    assert ("excluded:Customers" if everywhere or here else None) == reason(sandbox)


@pytest.mark.rule("R30")
def test_a_rulesets_own_toggle_bars_the_sequences_of_that_ruleset_only(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(
        workspace(
            exclusions=excluding(PIA, on=False),
            rulesets=[ruleset(exclusions={"Customers": True}), ruleset(name="Lenient", default=False)],
            sequences=[Sequence(name=OUTBOUND, steps=STEPS), Sequence(name=NURTURE, ruleset="Lenient", steps=STEPS)],
            plays=[play(), play("Other play", sequence=NURTURE)],
        )
    )
    assert "excluded:Customers" == reason(sandbox)
    assert 1 == sandbox.apply(RunPlay(play="Other play"))["metrics"]["enrolled"]


BARS: list[tuple[str, dict[str, Any]]] = [
    ("opted_out", {"people": [person(PIA, opted_out=True, do_not_email=True)]}),
    ("do_not_email", {"people": [person(PIA, do_not_email=True)]}),
    ("excluded:Customers", {"exclusions": excluding(PIA)}),
    ("already_enrolled", {"enrollments": [ended(PIA, days=3), running(PIA, sequence=NURTURE)]}),
    ("already_sequenced", {"rulesets": ruleset(allow_same=False, days=None)}),
    ("never_again", {"rulesets": ruleset(allow_same=True, days=None)}),
    ("recently_enrolled", {"rulesets": ruleset(allow_same=True, days=75)}),
    ("mailbox_unavailable", {"rulesets": ruleset(allow_same=True, days=0)}),
]


@pytest.mark.rule("R28", "R29", "R30", "R45")
@pytest.mark.parametrize("first", range(len(BARS)))
def test_the_log_gives_the_first_reason_in_order(sandboxes: Sandboxes, first: int) -> None:
    sections: dict[str, Any] = {
        "mailboxes": [Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True), Mailbox(email=BOS_MAILBOX)],
        "enrollments": [ended(PIA, days=3)],
    }
    for _, bar in reversed(BARS[first:]):
        sections |= bar
    assert BARS[first][0] == reason(sandboxes(workspace(**sections)))


def test_a_play_without_a_mailbox_that_sends_refuses_everybody(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(plays=Play(name=PLAY, audience="Everybody", sequence=OUTBOUND, allow_reruns=True)))
    assert "mailbox_unavailable" == reason(sandbox)


def test_a_sequence_of_one_step_can_be_entered(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(sequences=[Sequence(name=OUTBOUND, steps=(SequenceStep(),))]))
    assert reason(sandbox) is None
