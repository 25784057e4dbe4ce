"""Moving people who run in one sequence to another: by a play's run and the source's settings (C10), or not at all."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.changes import Enroll, RunPlay, SetSetting
from models.errors import Refused
from models.records import Behaviour, Interval, Ruleset, Sequence
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    STEPS,
    days_ago,
    ended,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)

SOURCE, TARGET = "Source's", "Target's"
SINCE_FOUR_DAYS = [running(PIA, started_at=days_ago(4))]


def rulesets(source: int | None, target: int | None) -> list[Ruleset]:
    """The rulesets of Outbound (where people run) and Nurture (where they are to go), by their bars in days."""
    return [ruleset(name=SOURCE, days=source), ruleset(name=TARGET, default=False, days=target)]


def team(source: int | None = 3, target: int | None = 75, **sections: Any) -> Any:
    """Pia, a step done, began in Outbound four days ago; a play of everybody goes into Nurture."""
    sequences = [
        Sequence(name=OUTBOUND, ruleset=SOURCE, steps=STEPS),
        Sequence(name=NURTURE, ruleset=TARGET, steps=STEPS),
    ]
    given: dict[str, Any] = {
        "enrollments": SINCE_FOUR_DAYS,
        "sequences": sequences,
        "rulesets": rulesets(source, target),
        "plays": play(sequence=NURTURE, mailboxes=(BOS_MAILBOX,)),
    }
    return workspace(**(given | sections))


def reason(sandbox: Sandbox, email: str = PIA) -> str | None:
    log = sandbox.apply(RunPlay(play=PLAY))["log"]
    found: str | None = next(entry["reason"] for entry in log if entry["email"] == email)
    return found


def where(sandbox: Sandbox, email: str = PIA) -> list[tuple[str, str, str | None]]:
    return [
        (row.sequence, row.state, row.end_reason)
        for row in sandbox.workspace_record().enrollments
        if row.person == email
    ]


@pytest.mark.rule("R21", "R22", "R24")
def test_a_plays_run_takes_over_who_runs_elsewhere_where_the_source_lets_them_leave(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team())
    assert reason(sandbox) is None
    assert [(OUTBOUND, "canceled", "unenrolled"), (NURTURE, "queued", None)] == where(sandbox)
    assert {PIA: BOS_MAILBOX} == sandbox.places([PIA], NURTURE).set_index("email")["mailbox"].to_dict()
    assert {"entered": 1, "enrolled": 1, "not_enrolled": 0} == sandbox.play_metrics(PLAY)


@pytest.mark.rule("R20", "R22")
def test_re_enrollment_that_is_off_at_the_source_keeps_them_there(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(source=None, target=0))
    assert "already_enrolled" == reason(sandbox)
    assert [(OUTBOUND, "active", None)] == where(sandbox)


@pytest.mark.rule("R23")
@pytest.mark.parametrize(
    ("days", "expected"), [(3, None), (4, None), (4.001, "already_enrolled"), (5, "already_enrolled")]
)
def test_the_waiting_period_counts_from_the_start_of_the_enrollment_that_runs(
    sandboxes: Sandboxes, days: float, expected: str | None
) -> None:
    waits = Ruleset(name=SOURCE, default=True, block_reenrollment=Interval(value=round(days * 1440), unit="MINUTE"))
    sandbox = sandboxes(team(rulesets=[waits, ruleset(name=TARGET, default=False)]))
    assert expected == reason(sandbox)


@pytest.mark.rule("R21")
def test_it_is_the_sources_ruleset_that_decides_and_not_the_targets(sandboxes: Sandboxes) -> None:
    assert "already_enrolled" == reason(sandboxes(team(source=75, target=0)))
    assert reason(sandboxes(team(source=0, target=75), name="other")) is None


@pytest.mark.rule("R24")
def test_by_hand_nobody_is_moved(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(source=0))
    before = sandbox.dump()
    with pytest.raises(Refused, match="already_enrolled"):
        sandbox.apply(Enroll(person=PIA, sequence=NURTURE, mailbox=(ANAS_MAILBOX,)))
    asked = pd.DataFrame({"email": [PIA], "sequence": [NURTURE], "mailbox": [ANAS_MAILBOX]})
    assert ["already_enrolled"] == sandbox.enroll(asked)["reason"].tolist()
    assert before == sandbox.dump()


@pytest.mark.rule("R20")
def test_where_the_workspace_wants_people_unenrolled_first_settings_move_nobody(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(source=0, target=0, behaviour=Behaviour(C10="unenroll_first")))
    assert "already_enrolled" == reason(sandbox)
    assert [(OUTBOUND, "active", None)] == where(sandbox)


@pytest.mark.rule("R20")
def test_nobody_is_moved_into_the_sequence_that_they_run_in(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(source=0, plays=play(sequence=OUTBOUND)))
    assert "already_enrolled" == reason(sandbox)
    assert [(OUTBOUND, "active", None)] == where(sandbox)


@pytest.mark.rule("R22")
@pytest.mark.parametrize(
    ("sections", "expected"),
    [
        ({"people": [person(PIA, opted_out=True)]}, "opted_out"),
        ({"exclusions": excluding(PIA)}, "excluded:Customers"),
        ({"target": None}, "never_again"),
        (
            {"enrollments": [running(PIA, started_at=days_ago(4)), ended(PIA, days=9, sequence=NURTURE)]},
            "already_sequenced",
        ),
        ({"enrollments": [running(PIA, started_at=days_ago(4)), ended(PIA, days=9)]}, "recently_enrolled"),
        ({"plays": play(sequence=NURTURE, mailboxes=())}, "mailbox_unavailable"),
    ],
)
def test_what_else_the_target_refuses_it_refuses_still_and_they_stay_where_they_run(
    sandboxes: Sandboxes, sections: dict[str, Any], expected: str
) -> None:
    sandbox = sandboxes(team(**sections))
    assert expected == reason(sandbox)
    assert (OUTBOUND, "active", None) in where(sandbox)


@pytest.mark.rule("R22", "R42")
def test_a_setting_moves_people_only_once_it_acts(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(source=75))
    sandbox.apply(SetSetting(setting=f"ruleset:{SOURCE}:block_reenrollment", value=Interval(value=0)))
    assert "already_enrolled" == reason(sandbox)
    sandbox.advance(sandbox.now() + timedelta(days=1))
    assert reason(sandbox) is None


@pytest.mark.rule("R22")
def test_only_those_who_are_taken_over_leave_their_sequence(sandboxes: Sandboxes) -> None:
    enrollments = [running(PIA, started_at=days_ago(4)), running(QUIN, started_at=days_ago(1))]
    sandbox = sandboxes(team(people=[PIA, QUIN], enrollments=enrollments))
    answer = sandbox.apply(RunPlay(play=PLAY))
    assert {"already_enrolled": 1} == answer["not_enrolled"]
    assert [(OUTBOUND, "active", None)] == where(sandbox, QUIN)
    assert [(OUTBOUND, "canceled", "unenrolled"), (NURTURE, "queued", None)] == where(sandbox, PIA)


def test_the_facts_tell_since_when_somebody_runs_and_under_which_ruleset(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(people=[PIA, QUIN]))
    facts = sandbox.facts(pd.DataFrame({"email": [PIA, QUIN, "no@x.test"], "sequence": NURTURE})).set_index("email")
    assert (OUTBOUND, days_ago(4), SOURCE) == tuple(facts.loc[PIA, ["running_in", "running_since", "running_ruleset"]])
    nobody = facts.loc[[QUIN, "no@x.test"], ["running_in", "running_since", "running_ruleset"]]
    assert nobody.isna().all(axis=None)


def test_a_sequence_without_a_ruleset_of_its_own_runs_under_the_default_one(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA)]))
    facts = sandbox.facts(pd.DataFrame({"email": [PIA], "sequence": [NURTURE]}))
    assert ["Default"] == facts["running_ruleset"].tolist()
