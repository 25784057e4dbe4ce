"""Who was declined is enrolled by nothing that an exclusion's lifting opened, from the lift until all is given back."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journal import loans
from models.changes import DuplicatePlay, Enroll, RunPlay, SetSetting, UploadAudience
from models.errors import InvalidInput
from models.records import Audience, Behaviour, Sequence, SequenceStep
from models.report import Report
from models.workspace import Workspace
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANAS_MAILBOX,
    EVERYBODY,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    excluding,
    play,
    ruleset,
    workspace,
)

SECOND = "Second play"
GLOBAL, LOCAL = "exclusion:Customers:exclude_from_sequences", "ruleset:Default:exclusion:Customers"
SHIELD, SECOND_SHIELD = (f"audience:{name}:exclusion:Customers" for name in (EVERYBODY, "Half"))
NO = (RAJ, SUE)
ANSWERS = "email,decision,why\n" + "".join(f"{email},{'no' if email in NO else 'yes'},\n" for email in (PIA, QUIN, *NO))


def two_plays(**own: Any) -> Workspace:
    """Four customers are in the audience of one published play, the two who are declined in that of another one too."""
    steps = (SequenceStep(), SequenceStep(wait_days=1))
    return workspace(
        **{
            "people": (PIA, QUIN, *NO),
            "exclusions": (excluding(PIA, QUIN, *NO),),
            "rulesets": (ruleset(exclusions={"Customers": True}),),
            "sequences": (Sequence(name=OUTBOUND, steps=steps), Sequence(name=NURTURE, steps=steps)),
            "audiences": (Audience(name=EVERYBODY, people=(PIA, QUIN, *NO)), Audience(name="Half", people=NO)),
            "plays": (play(published=True), play(SECOND, sequence=NURTURE, audience="Half", published=True)),
            **own,
        }
    )


def rerun(house: House, **parameters: Any) -> Report:
    return house.carry_out(
        "exclusion-rerun",
        **{
            "exclusion": "Customers",
            "play": PLAY,
            "approve": ANSWERS,
            **parameters,
        },
    )


def enrolled(house: House, *, after: timedelta = timedelta(days=2)) -> set[tuple[str, str]]:
    """Who has or had an enrollment in which sequence, once all that was given back acts."""
    house.sandbox.advance(house.sandbox.now() + after)
    return {(entry.person, entry.sequence) for entry in house.sandbox.workspace_record().enrollments}


APPROVED = {(PIA, OUTBOUND), (QUIN, OUTBOUND)}


def when_lifted(house: House, act: Any, *, after: timedelta = timedelta(0)) -> None:
    """Have a person act once the exclusion is seen to be off."""
    house.listener.once("the wait for exclusion settings ended: done", act)


@pytest.mark.rule("R33", "R44")
@pytest.mark.parametrize(
    "own",
    [{}, {"shield_others": True}, {"play": None, "contacts": f"{PIA}\n{QUIN}\n{RAJ}\n{SUE}", "sequence": OUTBOUND}],
)
def test_every_play_that_could_let_in_somebody_declined_keeps_them_out(house: House, own: dict[str, Any]) -> None:
    house.load(two_plays())
    before = house.sandbox.dump()["audiences"]
    report = rerun(house, **own)
    check_report(report)
    assert ("completed", APPROVED) == (report.status, enrolled(house))
    assert {SHIELD, SECOND_SHIELD} <= {loan.setting for loan in report.loans}
    shared = [one for one in house.sandbox.dump()["audiences"] if "handoff" not in one["name"]]
    assert [one | {"exclusions": {}} for one in before] == [
        one | {"exclusions": {name: on for name, on in one.get("exclusions", {}).items() if on}} for one in shared
    ]


def test_the_plan_says_what_is_turned_on_for_whom_before_anybody_agrees(house: House) -> None:
    house.load(two_plays())
    undecided = rerun(house, approve=None, dry_run=True)
    told = "\n".join(undecided.plan)
    assert f"'{SECOND}' could let in 2 contacts of those who are judged" in told
    assert f"by turning on the toggle of the audience '{EVERYBODY}' first" in told
    decided = rerun(house, dry_run=True)
    told = "\n".join(decided.plan)
    assert all(f"turn on the toggle of the audience '{name}'" in told for name in (EVERYBODY, "Half"))
    assert [] == house.plan_of(decided)["others"]
    assert [[PLAY, EVERYBODY, 2], [SECOND, "Half", 2]] == house.plan_of(decided)["ways"]


def test_whoever_is_reached_besides_is_named_by_play_before_anybody_agrees(house: House) -> None:
    others = tuple(f"other{number}@x.test" for number in range(7))
    everybody = (PIA, QUIN, *NO, *others)
    house.load(
        two_plays(
            people=everybody,
            exclusions=(excluding(*everybody),),
            audiences=(
                Audience(name=EVERYBODY, people=(PIA, QUIN, *NO)),
                Audience(name="Half", people=(*NO, others[0])),
                Audience(name="Rest", people=others),
            ),
            plays=(
                play(published=True),
                play(SECOND, sequence=NURTURE, audience="Half", published=True),
                play("Third", sequence=NURTURE, audience="Rest", published=True),
            ),
        )
    )
    report = rerun(house, dry_run=True)
    assert [["Third", 7]] == house.plan_of(report)["others"]
    assert any(f"'Third' (7): {', '.join(others[:5])} and 2 more" in line for line in report.plan), report.plan
    assert list(others) == pd.read_csv(report.files["reached"])["email"].tolist()
    carried_out = rerun(house)
    assert APPROVED | {(email, NURTURE) for email in others} == enrolled(house)
    assert "completed" == carried_out.status


@pytest.mark.rule("R33", "R55")
@pytest.mark.parametrize("settled", ["enrolls_later", "no_retry"])
def test_plays_that_a_person_runs_meanwhile_let_in_nobody_who_was_declined(house: House, settled: Any) -> None:
    house.load(
        two_plays(
            behaviour=Behaviour(C11=settled),
            plays=(
                play(published=True),
                play(SECOND, sequence=NURTURE, audience="Half", published=True),
                play("Draft", sequence=NURTURE, audience="Half"),
                play("Other draft", audience="Half"),
            ),
        )
    )

    def run_all() -> None:
        for name in (PLAY, SECOND, "Draft", "Other draft"):
            house.do(RunPlay(play=name))

    when_lifted(house, run_all)
    report = rerun(house)
    assert ("completed", APPROVED) == (report.status, enrolled(house))


def a_new_play(house: House, folder: Path) -> None:
    """A person makes an audience of somebody declined and runs a play on it."""
    (folder / "new.csv").write_text(f"email\n{RAJ}\n")
    house.do(UploadAudience(name="New", csv=str(folder / "new.csv")))
    house.do(DuplicatePlay(play=SECOND, name="New", audience="New"))
    house.do(RunPlay(play="New"))


def test_whom_a_play_made_meanwhile_lets_in_is_taken_out_at_the_next_look_and_named(
    house: House, tmp_path: Path
) -> None:
    house.load(two_plays())
    when_lifted(house, lambda: a_new_play(house, tmp_path))
    report = rerun(house)
    [line] = report.next
    assert line.startswith(f"{RAJ}, whom nobody approved, was enrolled in '{NURTURE}' by the play 'New' at 2026-11-02")
    assert line.endswith("while 'Customers' was off: taken out again before its first step"), line
    assert ("needs_attention", line) == (report.status, outcomes(report).at[RAJ, "detail"])
    [entry] = [one for one in house.sandbox.workspace_record().enrollments if one.person == RAJ]
    assert ("canceled", 0) == (entry.state, entry.steps_done)


@pytest.mark.rule("R41")
def test_whom_a_person_enrolls_by_hand_is_left_there_and_named(house: House) -> None:
    house.load(two_plays())
    when_lifted(house, lambda: house.do(Enroll(person=RAJ, sequence=NURTURE, mailbox=(ANAS_MAILBOX,))))
    report = rerun(house)
    [line] = report.next
    assert f"{RAJ}, whom nobody approved, was enrolled in '{NURTURE}' by hand" in line
    assert line.endswith("left there, since a person chose that: unenroll them if it was a mistake")
    assert 1 == len(house.enrollments(RAJ))


def test_a_later_enrollment_is_told_within_hours_and_not_when_the_hold_ends(house: House, tmp_path: Path) -> None:
    long = (SequenceStep(), SequenceStep(wait_days=9))
    house.load(two_plays(sequences=(Sequence(name=OUTBOUND, steps=long), Sequence(name=NURTURE, steps=long))))
    seen: list[Any] = []
    house.listener.once("waiting for everybody to finish", lambda: a_new_play(house, tmp_path))
    house.listener.once("taken out again", lambda: seen.append(house.sandbox.now()))
    lifted: list[Any] = []
    when_lifted(house, lambda: lifted.append(house.sandbox.now()))
    rerun(house)
    assert seen[0] - lifted[0] <= timedelta(hours=7)


def test_a_toggle_that_somebody_turned_on_lately_is_relied_on_only_once_it_acts(house: House) -> None:
    house.load(two_plays(seed=3))
    for shield in (SHIELD, SECOND_SHIELD):
        house.do(SetSetting(setting=shield, value=True))
    report = rerun(house)
    assert ("completed", APPROVED) == (report.status, enrolled(house))
    assert ["audience settings", "exclusion settings"] == [wait.waits_for for wait in report.waits][:2]
    assert {GLOBAL, LOCAL} == {loan.setting for loan in report.loans}


def test_nothing_is_lifted_where_a_play_came_up_that_is_not_shielded(house: House, tmp_path: Path) -> None:
    house.load(two_plays())
    before = house.settings()
    house.listener.once("waiting for audience settings", lambda: a_new_play(house, tmp_path))
    with pytest.raises(InvalidInput) as refused:
        rerun(house)
    for words in ("'New' (audience 'New')", RAJ, "'Customers' was not lifted", "Run it again"):
        assert words in str(refused.value), refused.value
    assert (set(), before) == (enrolled(house), house.settings())
    assert [] == [loan.setting for loan in loans.open_loans(house.journal)]


def test_whom_the_answers_decline_is_kept_out_although_nobody_asked_about_them(house: House) -> None:
    house.load(
        two_plays(
            audiences=(
                Audience(name=EVERYBODY, people=(PIA, QUIN)),
                Audience(name="Half", people=NO),
            )
        )
    )
    report = rerun(house)
    check_report(report)
    assert ("completed", APPROVED) == (report.status, enrolled(house))
    assert {"not_approved": 2} == report.reasons
