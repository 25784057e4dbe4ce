"""`nightly-remediation`: owners are compared with the last look, and what changed is remediated."""

from datetime import timedelta
from typing import Any

import pytest

from models.changes import ChangeMailboxOwner, Enroll, SetSetting, Unenroll
from models.errors import InvalidInput
from models.records import Interval
from models.report import Report
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    ended,
    ruleset,
    running,
    workspace,
)


def night(house: House, **parameters: Any) -> Report:
    return house.carry_out("nightly-remediation", **parameters)


def busy(house: House, **own: Any) -> Any:
    enrollments = [running(PIA, play=PLAY), running(QUIN, play=PLAY), running(RAJ, mailbox=BOS_MAILBOX)]
    return house.load(workspace(**{"people": [PIA, QUIN, RAJ], "enrollments": enrollments, **own}))


def change_owner(house: House, to: str = BO) -> None:
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=to))


def now_running(house: House) -> set[str]:
    return {e.person for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")}


@pytest.mark.rule("R1")
def test_the_first_night_takes_the_record_and_changes_nothing(house: House) -> None:
    sandbox = busy(house)
    change_owner(house)
    before = sandbox.dump()
    report = night(house)
    assert before == sandbox.dump()
    assert ("completed", 0) == (report.status, report.counts["considered"])
    assert "nobody looked before" in report.found


@pytest.mark.rule("R1", "R2", "R9")
def test_a_changed_owner_is_noticed_and_whoever_fell_out_is_back_for_certain(house: House) -> None:
    busy(house)
    night(house)
    change_owner(house)
    settings = house.settings()
    report = night(house)
    check_report(report)
    assert ("completed", 2, ()) == (report.status, report.counts["enrolled"], report.differences)
    assert {PIA, QUIN, RAJ} == now_running(house)
    assert settings == house.settings()
    assert {PIA, QUIN} == set(outcomes(report).index)
    assert any(f"its owner was {ANA} and is {BO}; 2 ran from it" in line for line in report.plan)


def test_a_second_run_in_the_same_night_starts_nothing(house: House) -> None:
    busy(house)
    night(house)
    change_owner(house)
    night(house)
    again = night(house)
    assert 0 == again.counts["considered"]
    assert any("last night: ownership-change" in line and "completed" in line for line in again.plan)


def test_contacts_put_back_by_one_night_are_certain_when_the_owner_changes_again(house: House) -> None:
    busy(house)
    night(house)
    change_owner(house)
    night(house)
    house.sandbox.advance(house.sandbox.now() + timedelta(hours=3))
    change_owner(house, ANA)
    questions = len(house.listener.questions)
    report = night(house)
    assert 2 == report.counts["enrolled"]
    assert {PIA, QUIN, RAJ} == now_running(house)
    assert all("running before it" in detail or "resumes" in detail for detail in outcomes(report)["detail"])
    assert questions < len(house.listener.questions) or not house.listener.questions


def test_a_dry_run_only_plans_and_the_change_is_noticed_again(house: House) -> None:
    sandbox = busy(house)
    night(house)
    change_owner(house)
    before = sandbox.dump()
    planned = night(house, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", 2) == (planned.status, planned.counts["enrolled"])
    assert 2 == night(house).counts["enrolled"]


def test_more_contacts_than_may_go_back_unattended_are_left_to_a_person(house: House) -> None:
    sandbox = busy(house)
    night(house)
    change_owner(house)
    before = sandbox.dump()
    report = night(house, at_most=1)
    check_report(report)
    assert before == sandbox.dump()
    assert ("needs_attention", 2) == (report.status, report.counts["manual"])
    assert any("more than at_most (1)" in line for line in report.next)


def test_contacts_of_other_mailboxes_than_those_named_are_left_to_a_person(house: House) -> None:
    busy(house)
    night(house)
    change_owner(house)
    report = night(house, mailboxes=[BOS_MAILBOX])
    assert (2, 2, {RAJ}) == (report.counts["considered"], report.counts["manual"], now_running(house))
    assert 2 == night(house, mailboxes=[ANAS_MAILBOX]).counts["enrolled"]


def test_a_run_for_some_of_the_contacts_leaves_the_change_to_be_noticed(house: House) -> None:
    busy(house)
    night(house)
    change_owner(house)
    house.run(contacts=PIA)
    assert {PIA, RAJ} == now_running(house)
    night(house)
    assert {PIA, QUIN, RAJ} == now_running(house)
    assert 0 == night(house).counts["considered"]


def test_a_run_whose_wait_timed_out_leaves_the_change_to_be_noticed(house: House) -> None:
    busy(house)
    night(house)
    change_owner(house)
    report = house.run(reenrollment_wait_min=1, reenrollment_wait_max=2)
    assert ("needs_attention", {"timed_out": 2}) == (report.status, report.reasons)
    assert 2 == night(house).counts["enrolled"]
    assert {PIA, QUIN, RAJ} == now_running(house)


def kept_out_by_the_waiting_period(house: House) -> None:
    """Pia's enrollment ended 70 days ago, and 75 have to pass."""
    history = [ended(PIA, days=70, play=PLAY, mailbox=ANAS_MAILBOX)]
    busy(house, enrollments=history, people=[PIA], rulesets=(ruleset(allow_same=True, days=75),))


def days_pass(house: House, days: int) -> None:
    house.sandbox.advance(house.sandbox.now() + timedelta(days=days))


@pytest.mark.rule("R26")
@pytest.mark.parametrize("procedure", ["ownership-change", "enroll-contacts"])
def test_whoever_is_put_back_later_gets_the_mailbox_that_was_meant_then(house: House, procedure: str) -> None:
    kept_out_by_the_waiting_period(house)
    if procedure == "ownership-change":
        report = house.run(contacts=PIA, waiting_days=75, send_from=[BOS_MAILBOX])
    else:
        report = house.carry_out(procedure, emails=[PIA], sequence=OUTBOUND, mailboxes=[BOS_MAILBOX])
    assert {"recently_enrolled": 1} == report.reasons
    days_pass(house, 6)
    night(house)
    assert (BOS_MAILBOX, 3) == house.place(PIA, OUTBOUND)


@pytest.mark.rule("R26")
def test_whoever_was_in_another_sequence_since_is_left_alone(house: House) -> None:
    kept_out_by_the_waiting_period(house)
    assert {"recently_enrolled": 1} == house.run(contacts=PIA, waiting_days=75).reasons
    house.do(SetSetting(setting="ruleset:Default:block_reenrollment", value=Interval(value=0)))
    days_pass(house, 1)
    house.do(Enroll(person=PIA, sequence=NURTURE, mailbox=(ANAS_MAILBOX,)))
    house.do(Unenroll(person=PIA, sequence=NURTURE))
    days_pass(house, 1)
    report = night(house)
    assert (0, set()) == (report.counts["considered"], now_running(house))


@pytest.mark.rule("R26")
def test_whom_only_a_waiting_period_kept_out_is_put_back_once_it_is_over(house: House) -> None:
    kept_out_by_the_waiting_period(house)
    report = house.run(contacts=PIA, waiting_days=75)
    assert {"recently_enrolled": 1} == report.reasons
    assert 0 == night(house).counts["considered"]
    days_pass(house, 6)
    again = night(house)
    assert 1 == again.counts["enrolled"]
    assert (ANAS_MAILBOX, 3) == house.place(PIA, OUTBOUND)
    assert 0 == night(house).counts["considered"]


def test_a_mailbox_that_does_not_exist_is_answered_with_the_nearest(house: House) -> None:
    busy(house)
    with pytest.raises(InvalidInput, match="Did you mean"):
        night(house, mailboxes=["anna@send.acme.test"])
