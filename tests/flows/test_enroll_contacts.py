"""`enroll-contacts`: one or a few people, by hand."""

from datetime import UTC, datetime, timedelta

import pytest

from journal import loans, operations
from models.changes import SetSetting
from models.errors import InvalidInput, Refused
from models.records import Interval, Mailbox
from models.tables.journal import OperationRow
from tasks.settings_in_force import acting_settings
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NOW,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    SUE,
    ended,
    person,
    ruleset,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]


@pytest.mark.rule("R41", "R9")
def test_people_are_enrolled_at_their_next_step_from_the_mailboxes_by_turns(house: House) -> None:
    house.load(workspace(people=TEAM, enrollments=[ended(QUIN, days=100, sequence="Nurture", steps_done=1)]))
    report = house.carry_out(
        "enroll-contacts", emails=[PIA, QUIN], sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX, BOS_MAILBOX]
    )
    check_report(report)
    assert "completed" == report.status
    assert (ANAS_MAILBOX, 1) == house.place(PIA, OUTBOUND)
    assert (BOS_MAILBOX, 1) == house.place(QUIN, OUTBOUND)
    assert {"considered": 2, "enrolled": 2} == {name: number for name, number in report.counts.items() if number}
    assert () == report.differences


@pytest.mark.rule("R20", "R29")
def test_whoever_may_not_be_enrolled_is_told_with_every_reason_and_nobody_else_is_held_up(house: House) -> None:
    house.load(
        workspace(
            people=[PIA, person(QUIN, opted_out=True), RAJ],
            enrollments=[ended(QUIN, days=10), running(RAJ, sequence="Nurture")],
        )
    )
    report = house.carry_out("enroll-contacts", emails=[PIA, QUIN, RAJ, "nobody@x.test", "oops"], sequence=OUTBOUND)
    check_report(report)
    told = outcomes(report)["reasons"]
    assert "" == told[PIA]
    assert "opted_out;already_sequenced;recently_enrolled" == told[QUIN]
    assert "already_enrolled" == told[RAJ]
    assert 2 == report.counts["rejected"]
    assert "needs_attention" == report.status


@pytest.mark.rule("R26", "R27")
def test_a_waiting_period_that_another_operation_has_on_loan_counts_as_given_back(house: House) -> None:
    again = ruleset(allow_same=True)
    sandbox = house.load(workspace(people=TEAM, rulesets=again, enrollments=[ended(QUIN, days=10, steps_done=1)]))
    other = OperationRow(
        id="other",
        procedure="ownership-change",
        workspace="sandbox",
        subject=BOS_MAILBOX,
        mode="live",
        folder=str(house.home / "other"),
        started_at=NOW,
        recorded_at=datetime.now(UTC),
    )
    operations.begin(house.journal, other)
    was, lifted = Interval(value=75).model_dump(mode="json"), Interval(value=0)
    block = "ruleset:Default:block_reenrollment"
    loans.take(
        house.journal, other.id, "sandbox", block, was, lifted.model_dump(mode="json"), NOW, NOW + timedelta(hours=4)
    )
    house.do(SetSetting(setting=block, value=lifted))
    sandbox.advance(NOW + timedelta(hours=2))
    assert not acting_settings(sandbox).at["Default", "block"]
    report = house.carry_out("enroll-contacts", emails=[QUIN], sequence=OUTBOUND)
    assert ("recently_enrolled", 0) == (outcomes(report)["reasons"][QUIN], report.counts["enrolled"])
    night = house.carry_out("nightly-remediation", dry_run=True)
    assert [] == [line for line in night.plan if "is over" in line], "nobody's waiting period is over"


def test_a_dry_run_tells_who_would_be_enrolled_and_changes_nothing(house: House) -> None:
    sandbox = house.load(workspace(people=TEAM))
    before = sandbox.dump()
    report = house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", 1) == (report.status, report.counts["enrolled"])
    assert (f"enroll 1 contact directly into '{OUTBOUND}'",) == report.plan


def test_a_second_time_nobody_is_enrolled_again(house: House) -> None:
    house.load(workspace(people=TEAM))
    house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND)
    again = house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND)
    assert (0, 1) == (again.counts["enrolled"], again.counts["unchanged"])
    assert 1 == len(house.enrollments(PIA))


def test_saying_no_enrolls_nobody(house: House) -> None:
    house.load(workspace(people=TEAM))
    report = house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND, yes=False)
    assert "cancelled" == report.status
    assert [f"Workspace sandbox: enroll 1 contact by hand into '{OUTBOUND}'?"] == house.listener.questions
    assert [] == house.enrollments(PIA)


def test_a_paused_mailbox_enrolls_nobody(house: House) -> None:
    paused = (Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True),)
    house.load(workspace(people=TEAM, mailboxes=paused, plays=[]))
    report = house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND)
    assert {"mailbox_unavailable": 1} == report.reasons


def test_a_misspelt_sequence_is_answered_with_the_nearest(house: House) -> None:
    house.load(workspace(people=TEAM))
    with pytest.raises(InvalidInput, match="Did you mean 'Outbound'"):
        house.carry_out("enroll-contacts", emails=[PIA], sequence="Outbond")


def test_whoever_has_no_mailbox_is_asked_to_name_one(house: House) -> None:
    house.load(workspace(people=TEAM, mailboxes=(Mailbox(email=ANAS_MAILBOX),)))
    with pytest.raises(InvalidInput, match=r"ana@acme\.test has no mailbox"):
        house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND)


def test_a_second_run_into_the_same_sequence_is_refused_while_the_first_is_under_way(house: House) -> None:
    house.load(workspace(people=TEAM))
    now = datetime.now(UTC)
    operations.begin(
        house.journal,
        OperationRow(
            id="first",
            procedure="enroll-contacts",
            workspace="sandbox",
            subject=OUTBOUND,
            mode="live",
            folder=".",
            started_at=now,
            recorded_at=now,
            next=[],
        ),
    )
    with pytest.raises(Refused, match="operation first"):
        house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND)
