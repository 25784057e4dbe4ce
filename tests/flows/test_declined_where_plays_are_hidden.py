"""Where the platform shows no plays: a person keeps the declined out, by name; whom something lets in shows anyway."""

from typing import Any

import pytest

from models.changes import RunPlay, SetSetting
from models.errors import NeedsPerson
from models.report import Report
from models.setting_keys import SettingKey
from tests.flows.house import House, check_report
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.flows.test_declined_are_kept_out import (
    ANSWERS,
    APPROVED,
    NO,
    SECOND,
    SECOND_SHIELD,
    enrolled,
    two_plays,
    when_lifted,
)
from tests.workspaces import ANAS_MAILBOX, NURTURE, OUTBOUND, PIA, QUIN, RAJ, SUE, play

__all__ = ["unify", "working"]  # fixtures
KEEP_OUT = "keep 2 contacts whom nobody approved out of every play"


def drafts(house: House) -> None:
    """As two plays, of which none is published: only a person's run lets anybody in."""
    house.load(two_plays(plays=(play(), play(SECOND, sequence=NURTURE, audience="Half"))))


def rerun(unify: UnifyHouse, **own: Any) -> Report:
    return unify.carry_out(
        "exclusion-rerun",
        **{
            "exclusion": "Customers",
            "contacts": "\n".join((PIA, QUIN, *NO)),
            "sequence": OUTBOUND,
            "approve": ANSWERS,
            "send_from": [ANAS_MAILBOX],
            **own,
        },
    )


@pytest.mark.rule("R33", "R39")
def test_a_person_is_asked_to_keep_them_out_by_name_before_the_exclusion_comes_off(
    unify: UnifyHouse, working: Working
) -> None:
    drafts(unify)
    shield = SetSetting(setting=SECOND_SHIELD, value=True)
    person = working(instead={KEEP_OUT: lambda change: unify.do(shield)}, remark="turned on in 'Half'; it was off")
    when_lifted(unify, lambda: unify.do(RunPlay(play=SECOND)))
    report = rerun(unify)
    check_report(report)
    assert ("completed", APPROVED) == (report.status, enrolled(unify))
    asked = [title for title in person.asked if "play" not in title or title == KEEP_OUT]
    assert (KEEP_OUT, "turn off \"Exclude from Sequences\" in the exclusion 'Customers'") == tuple(asked[:2])
    assert f"they are: {RAJ}, {SUE}" == person.first_lines[0]
    assert "take back what Olga did to keep out whom nobody approved" == person.asked[-1]
    assert "what was said of it: turned on in 'Half'; it was off" == person.first_lines[-1]


def test_the_plan_names_whom_a_person_has_to_keep_out(unify: UnifyHouse) -> None:
    drafts(unify)
    decided, undecided = ("\n".join(rerun(unify, dry_run=True, approve=how).plan) for how in (ANSWERS, None))
    assert f"have a person keep 2 contacts whom nobody approved out of every play: {RAJ}, {SUE}" in decided
    assert "Whom nobody approves has to be kept out of plays by a person" in undecided


def test_whom_a_play_let_in_all_the_same_shows_and_is_taken_out(unify: UnifyHouse, working: Working) -> None:
    drafts(unify)
    working(remark="they are in no play")
    when_lifted(unify, lambda: unify.do(RunPlay(play=SECOND)))
    report = rerun(unify)
    assert "needs_attention" == report.status
    for email in NO:
        words = f"{email}, whom nobody approved, was enrolled in '{NURTURE}' by the play '{SECOND}'"
        assert any(words in line and "taken out again" in line for line in report.next), report.next
        assert unify.place(email, NURTURE) is None


def test_nothing_is_lifted_where_somebody_says_that_they_cannot_be_kept_out(
    unify: UnifyHouse, working: Working
) -> None:
    drafts(unify)
    before = unify.settings()
    person = working(refuse=(KEEP_OUT,))
    with pytest.raises(NeedsPerson, match=f"Olga says that this cannot be done: {KEEP_OUT}: no such button"):
        rerun(unify)
    assert ([KEEP_OUT], before) == (person.asked, unify.settings())


def test_nobody_is_asked_where_nobody_was_declined(unify: UnifyHouse, working: Working) -> None:
    drafts(unify)
    person = working()
    report = rerun(unify, contacts=f"{PIA}\n{QUIN}", approve="all")
    assert "completed" == report.status
    assert not any("keep" in title for title in person.asked), person.asked
    assert unify.sandbox.setting(SettingKey.parse(SECOND_SHIELD)) is False
