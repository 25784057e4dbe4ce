"""Whom an ownership change concerns, told by ends, by a time or by a look from before; and who comes back where."""

from datetime import timedelta

import pytest

from models.changes import ChangeMailboxOwner, Enroll, OptOut
from models.records import Sequence
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
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
    STEPS,
    SUE,
    days_ago,
    ended,
    play,
    ruleset,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]
BEFORE = [running(PIA, play=PLAY, steps_done=2), running(QUIN, steps_done=1), running(RAJ, play=PLAY, steps_done=0)]


@pytest.mark.rule("R1", "R2", "R5", "R9", "R17", "R25", "R27", "R40")
def test_everybody_who_fell_out_is_back_at_the_next_step_and_every_setting_as_it_was(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[*BEFORE, running(SUE, mailbox=BOS_MAILBOX)]))
    before = house.settings()
    report = house.run()
    check_report(report)
    assert ("completed", 3, 3) == (report.status, report.counts["considered"], report.counts["enrolled"])
    assert {PIA: (ANAS_MAILBOX, 3), QUIN: (ANAS_MAILBOX, 2), RAJ: (ANAS_MAILBOX, 1)} == {
        email: house.place(email, OUTBOUND) for email in (PIA, QUIN, RAJ)
    }
    assert before == house.settings()
    assert () == report.differences
    assert {PIA: "3", QUIN: "2", RAJ: "1"} == outcomes(report)["step"].to_dict()


@pytest.mark.rule("R1")
def test_without_a_look_from_before_they_are_candidates_with_their_evidence(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BEFORE))
    report = house.plan()
    check_report(report)
    assert "planned" == report.status
    assert "candidates by the time at which they were cancelled" in report.found
    assert {"cancelled 0 min from the change, after step 2"} <= set(outcomes(report)["detail"])


@pytest.mark.rule("R1")
@pytest.mark.parametrize("hours", [0, 30])
def test_a_look_from_before_the_change_leaves_no_candidates(house: House, hours: int) -> None:
    sandbox = house.load(workspace(people=TEAM, enrollments=BEFORE))
    assert 0 == house.plan().counts["considered"]
    sandbox.advance(NOW + timedelta(hours=hours))
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    report = house.plan()
    assert "A snapshot from before the change tells who was running." in report.found
    assert (3, 3) == (report.counts["considered"], report.counts["enrolled"])
    assert outcomes(report)["detail"].str.endswith("; running before it").all()


@pytest.mark.rule("R1")
def test_a_time_that_is_given_chooses_among_several_changes(house: House) -> None:
    old = [ended(SUE, days=20, end_reason="mailbox_owner_changed")]
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[*BEFORE, *old]))
    assert {SUE} == set(outcomes(house.plan(changed_at=days_ago(20).isoformat())).index)
    assert {PIA, QUIN, RAJ} == set(outcomes(house.plan()).index)
    assert 0 == house.plan(changed_at="2026-01-01").counts["considered"]


@pytest.mark.rule("R1")
def test_only_the_sequence_that_is_asked_for(house: House) -> None:
    enrollments = [*BEFORE, running(SUE, sequence=NURTURE)]
    house.load_and_change_owner(workspace(people=TEAM, enrollments=enrollments))
    report = house.run(sequence="nurture")
    check_report(report)
    assert {SUE: NURTURE} == outcomes(report)["sequence"].to_dict()
    assert house.place(PIA, OUTBOUND) is None


@pytest.mark.rule("R5", "R17", "R41")
def test_each_play_and_sequence_gets_one_duplicate_and_who_no_play_put_there_goes_directly(house: House) -> None:
    enrollments = [
        running(PIA, play=PLAY),
        running(QUIN, sequence=NURTURE, play="Other"),
        running(RAJ, sequence=NURTURE, play="Other"),
        running(SUE, sequence=NURTURE),
    ]
    plays = [play(), play("Other", sequence=NURTURE)]
    house.load_and_change_owner(workspace(people=TEAM, plays=plays, enrollments=enrollments))
    report = house.run(probe=False)
    check_report(report)
    assert 4 == report.counts["enrolled"]
    made = {row["name"]: row for row in house.sandbox.dump()["plays"][2:]}
    assert {(OUTBOUND, 1), (NURTURE, 2)} == {(row["sequence"], len(row["runs"][0]["log"])) for row in made.values()}
    assert all(report.operation_id in name for name in made)
    through = {email: house.enrollments(email)[-1].get("play") for email in TEAM}
    assert through[SUE] is None
    assert through[QUIN] == through[RAJ] != through[PIA]


@pytest.mark.rule("R6", "R7", "R8")
def test_several_rulesets_are_borrowed_from_as_far_as_their_contacts_need(house: House) -> None:
    rulesets = [ruleset(), ruleset(name="Open: 5%", default=False, allow_same=True, days=30)]
    sequences = [Sequence(name=OUTBOUND, steps=STEPS), Sequence(name=NURTURE, steps=STEPS, ruleset="Open: 5%")]
    enrollments = [running(PIA), running(QUIN, sequence=NURTURE)]
    house.load_and_change_owner(workspace(people=TEAM, rulesets=rulesets, sequences=sequences, enrollments=enrollments))
    before = house.settings()
    report = house.run()
    check_report(report)
    assert 2 == report.counts["enrolled"]
    assert {
        "ruleset:Default:allow_same_sequence_reenrollment",
        "ruleset:Default:block_reenrollment",
        "ruleset:Open%3A 5%25:block_reenrollment",
    } == {loan.setting for loan in report.loans}
    assert before == house.settings()


@pytest.mark.rule("R20", "R29")
def test_the_plan_foretells_what_the_live_run_does_also_for_those_who_stay_out(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[*BEFORE, running(SUE, play=PLAY)]))
    house.do(OptOut(person=SUE))
    house.do(Enroll(person=RAJ, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    planned, live = house.plan(), house.run()
    check_report(planned)
    check_report(live)
    assert planned.counts == live.counts
    assert planned.reasons == live.reasons == {"opted_out": 1, "already_enrolled": 1}
    assert () == live.differences


@pytest.mark.rule("R20")
def test_a_second_run_changes_nothing_and_says_so(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BEFORE))
    house.run()
    before = house.sandbox.dump()
    report = house.run()
    check_report(report)
    assert ("completed", 0, 3) == (report.status, report.counts["enrolled"], report.counts["unchanged"])
    assert ((), ()) == (report.loans, report.waits)
    assert before == house.sandbox.dump()


def test_a_mailbox_that_lost_nobody_is_nothing_to_do(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM))
    report = house.run()
    assert ("completed", 0) == (report.status, report.counts["considered"])
    assert f"no enrollment from {ANAS_MAILBOX} was cancelled" == report.found
