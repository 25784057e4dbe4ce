"""Waves: a few contacts first, a look at what came of them, and the rest only where nothing differs."""

from typing import Any

import pytest

from journal import operations
from models.changes import Bounce, ChangeMailboxOwner, OptOut, SetSetting
from models.errors import InvalidInput
from models.records import Behaviour, Interval
from models.setting_keys import SettingKey
from models.waves import filled, wave_sizes
from reports.headline import headline
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import ANAS_MAILBOX, BO, NURTURE, OUTBOUND, PIA, PLAY, QUIN, RAJ, SUE, running, workspace

TEAM = [PIA, QUIN, RAJ, SUE]
BLOCK = SettingKey.ruleset("Default", "block_reenrollment")


def fallen(house: House, **own: Any) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[running(who, **own) for who in TEAM]))


@pytest.mark.parametrize("own", [{}, {"play": PLAY}], ids=["directly", "by a play"])
def test_each_wave_is_enrolled_after_somebody_said_so(house: House, own: dict[str, Any]) -> None:
    fallen(house, **own)
    report = house.run(waves="1,2,rest")
    check_report(report)
    assert ("completed", 4) == (report.status, report.counts["enrolled"])
    asked = [question for question in house.listener.questions if "begin wave" in question]
    assert ["begin wave 2 of 3, 2 contacts", "begin wave 3 of 3, 1 contact"] == [
        question.partition(": ")[2].partition("?")[0] for question in asked
    ]
    assert any("in waves of 1, 2, 1 contacts" in line for line in report.plan)
    copies = [name for name in house.sandbox.plays()["play"] if "handoff" in name]
    assert (3 if own else 0) == len(copies)


def test_who_is_asked_sees_what_came_of_the_wave_before(house: House) -> None:
    fallen(house)
    house.run(waves="1,rest")
    shown = next(one for one in house.listener.shown if one.about == "wave 2")
    assert [("What came of wave 1", (f"1 contact enrolled, as forecast: {PIA}",))] == [shown.sections[0]]
    assert "Borrowed settings go back by themselves by 2026-11-02" in shown.words


def test_a_no_leaves_the_others_as_they_are_and_gives_everything_back(house: House) -> None:
    fallen(house)
    before = house.settings()
    report = house.run(waves="1,rest", answer=lambda words: "begin wave" not in words)
    check_report(report)
    assert ("needs_attention", 1, 3) == (report.status, report.counts["enrolled"], report.counts["blocked"])
    assert "stopped before wave 2 of 2: nobody agreed to go on" in report.next[0]
    assert "1 of 4 contacts is back in its sequence; 3 were not begun." == headline(report)
    assert before == house.settings()
    assert 3 == house.run().counts["enrolled"]  # run again for them


@pytest.mark.parametrize(
    ("happens", "why"),
    [
        (Bounce(person=PIA), f"1 email bounced: {PIA}"),
        (SetSetting(setting=BLOCK, value=Interval(value=5, unit="DAY")), "somebody changed how long contacts wait"),
    ],
    ids=["a bounce", "a setting"],
)
def test_it_stops_by_itself_before_the_next_wave(house: House, happens: Any, why: str) -> None:
    fallen(house)
    house.listener.once("wave 1 of 2 is enrolled", lambda: house.do(happens))
    report = house.run(waves="1,rest")
    assert ("needs_attention", 1) == (report.status, report.counts["enrolled"])
    assert f"stopped before wave 2 of 2: {why}" in report.next[0]
    assert not [question for question in house.listener.questions if "begin wave" in question]


def test_an_outcome_that_differs_stops_it(house: House) -> None:
    house.load(workspace(people=TEAM))

    def opts_out(words: str) -> bool:
        house.do(OptOut(person=PIA))
        return True

    report = house.carry_out(
        "enroll-contacts", emails=TEAM, sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX], waves="1,rest", answer=opts_out
    )
    assert ("needs_attention", 0) == (report.status, report.counts["enrolled"])
    assert f"1 contact ended otherwise than forecast: {PIA}" in report.next[0]
    assert {PIA: "opted_out"} | dict.fromkeys((QUIN, RAJ, SUE), "wave_not_begun") == outcomes(report)[
        "reasons"
    ].to_dict()


def test_the_next_wave_comes_by_itself_after_the_wait(house: House) -> None:
    fallen(house)
    report = house.run(waves="1,2,rest", wave_wait=30)
    assert ("completed", 4) == (report.status, report.counts["enrolled"])
    assert not [question for question in house.listener.questions if "begin wave" in question]
    assert ["wave 2 of 3", "wave 3 of 3"] == [wait.waits_for for wait in report.waits if "wave" in wait.waits_for]


def test_a_move_goes_in_waves_too(house: House) -> None:
    house.load(
        workspace(people=TEAM, behaviour=Behaviour(C10="unenroll_first"), enrollments=[running(who) for who in TEAM])
    )
    no = house.carry_out(
        "sequence-move",
        from_sequence=OUTBOUND,
        to_sequence=NURTURE,
        waves="1,rest",
        answer=lambda words: "begin wave" not in words,
    )
    assert (1, 3) == (no.counts["enrolled"], no.counts["blocked"])
    assert [PIA] == house.sandbox.places(TEAM, NURTURE)["email"].tolist()


@pytest.mark.parametrize("text", ["1,10", "rest,1", "0,rest", "one,rest", ""])
def test_waves_that_make_no_sense_are_refused_before_anything_is_begun(house: House, text: str) -> None:
    fallen(house)
    with pytest.raises(InvalidInput, match=r"waves: .* Write for example 1,10,rest"):
        house.run(waves=text or ",")


def test_waves_take_what_there_is_and_the_last_takes_the_rest() -> None:
    assert (1, 10) == wave_sizes("waves", " 1, 10 ,REST")
    assert (1, 10, 189) == filled((1, 10), 200)
    assert (1, 4) == filled((1, 10), 5)
    assert () == filled((1, 10), 1)
    assert () == filled((), 200)


def test_a_night_goes_in_the_waves_of_its_policy(house: House) -> None:
    house.load(workspace(people=TEAM, enrollments=[running(who) for who in TEAM]))
    house.carry_out("nightly-remediation")
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    night = house.carry_out("nightly-remediation", waves="1,rest", wave_wait=10)
    assert 4 == night.counts["enrolled"]
    [remediated] = [row for row in operations.past(house.journal) if row.procedure == "ownership-change"]
    assert [1, 3] == (remediated.plan or {})["waves"]
