"""How contacts are put back: from which mailboxes, at which step, by a play or directly, after which wait."""

from datetime import timedelta

import pytest

from models.changes import ChangeMailboxOwner, RunPlay
from models.records import Mailbox
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    ended,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]
BY_PLAY = [running(email, play=PLAY, steps_done=2) for email in TEAM]


@pytest.mark.rule("R5")
@pytest.mark.parametrize("via", ["play", "direct"])
def test_several_mailboxes_take_turns(house: House, via: str) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    report = house.run(send_from=[ANAS_MAILBOX, BOS_MAILBOX], via=via)
    check_report(report)
    places = [house.place(email, OUTBOUND) for email in TEAM]
    assert {ANAS_MAILBOX, BOS_MAILBOX} == {place[0] for place in places if place}
    assert [place[0] for place in places if place] == outcomes(report).loc[TEAM, "mailbox"].tolist()


def test_a_paused_mailbox_is_passed_over_and_if_there_is_no_other_nobody_is_enrolled(house: House) -> None:
    mailboxes = [Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True), Mailbox(email=BOS_MAILBOX, owner=ANA)]
    house.load_and_change_owner(workspace(people=TEAM, mailboxes=mailboxes, enrollments=BY_PLAY))
    planned = house.plan()
    check_report(planned)
    assert {"mailbox_unavailable": 4} == planned.reasons
    report = house.run(send_from=[ANAS_MAILBOX, BOS_MAILBOX])
    check_report(report)
    assert {BOS_MAILBOX} == set(outcomes(report)["mailbox"])


@pytest.mark.rule("R41")
def test_directly_means_without_a_play(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    report = house.run(via="direct")
    check_report(report)
    assert 4 == report.counts["enrolled"]
    dump = house.sandbox.dump()
    assert (1, 1) == (len(dump["plays"]), len(dump["audiences"]))
    assert {None} == {house.enrollments(email)[-1].get("play") for email in TEAM}


@pytest.mark.rule("R10", "R11", "R12")
def test_starting_over_duplicates_the_sequence_and_begins_at_step_1(house: House) -> None:
    enrollments = [*BY_PLAY[:2], running(RAJ, sequence=NURTURE, steps_done=3)]
    house.load_and_change_owner(workspace(people=TEAM, enrollments=enrollments))
    planned, report = house.plan(restart=True), house.run(restart=True)
    check_report(report)
    assert planned.counts == report.counts
    copy = f"{OUTBOUND} (restart 2026-11-02)"
    assert {PIA: (ANAS_MAILBOX, 1), QUIN: (ANAS_MAILBOX, 1)} == {
        email: house.place(email, copy) for email in (PIA, QUIN)
    }
    assert (ANAS_MAILBOX, 1) == house.place(RAJ, f"{NURTURE} (restart 2026-11-02)")
    assert {"ruleset:Default:block_reenrollment"} == {loan.setting for loan in report.loans}


@pytest.mark.rule("R10", "R20")
def test_starting_over_a_second_time_uses_the_same_duplicate_and_moves_nobody(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    house.run(restart=True)
    before = house.sandbox.dump()
    again = house.run(restart=True)
    check_report(again)
    assert (0, 4) == (again.counts["enrolled"], again.counts["unchanged"])
    assert before == house.sandbox.dump()


@pytest.mark.rule("R14", "R26")
def test_a_waiting_period_keeps_those_out_who_ended_within_it(house: House) -> None:
    early = ended(PIA, days=8, play=PLAY, end_reason="mailbox_owner_changed")
    late = [
        ended(QUIN, days=8, play=PLAY, end_reason="mailbox_owner_changed"),
        ended(QUIN, days=2, steps_done=1, sequence=NURTURE, mailbox=BOS_MAILBOX, end_reason="unenrolled").model_copy(
            update={"started_at": NOW - timedelta(days=7)}
        ),
    ]
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[early, *late]))
    before = house.settings()
    report = house.run(waiting_days=5, contacts=f"{PIA} {QUIN}")
    check_report(report)
    assert {PIA: "enrolled", QUIN: "blocked"} == outcomes(report)["outcome"].to_dict()
    assert {"recently_enrolled": 1} == report.reasons
    assert {"5 DAY"} == {loan.set_to for loan in report.loans if loan.setting.endswith("block_reenrollment")}
    assert before == house.settings()


@pytest.mark.rule("R42", "R18", "R19")
def test_without_a_probe_the_longest_wait_is_done_by_the_clock(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    report = house.run(probe=False, reenrollment_wait_max=75)
    check_report(report)
    (wait,) = report.waits
    assert ("done", "clock", timedelta(minutes=75)) == (wait.ended, wait.proved_by, wait.until - wait.since)
    assert 4 == report.counts["enrolled"]


@pytest.mark.rule("R15", "R16", "R17")
def test_the_play_that_just_ran_is_left_alone_and_its_duplicate_runs(house: House) -> None:
    house.load(workspace(people=TEAM))
    house.do(RunPlay(play=PLAY))
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    report = house.run()
    check_report(report)
    assert 4 == report.counts["enrolled"]
    assert [1, 1] == [len(row["runs"]) for row in house.sandbox.dump()["plays"]]
