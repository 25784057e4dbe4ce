"""Who was taken out after the owner changed, by an operation of ours or alone by hand, is not taken for the change."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.changes import ChangeMailboxOwner, Enroll, Unenroll
from models.records import Behaviour
from models.report import Report
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    SUE,
    running,
    workspace,
)

FELL = [PIA, QUIN, SUE]


def night(house: House) -> Report:
    report = house.carry_out("nightly-remediation")
    check_report(report)
    return report


def hours_pass(house: House, hours: float) -> None:
    house.sandbox.advance(house.sandbox.now() + timedelta(hours=hours))


def now_running(house: House) -> dict[str, str]:
    return {
        e.person: e.sequence for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")
    }


def fell_out_and_raj_was_enrolled(house: House, **own: Any) -> None:
    """A night took the record; the owner changed, and hours later a rep enrolled Raj from that mailbox."""
    house.load(
        workspace(
            **{
                "people": [*FELL, RAJ],
                "enrollments": [running(email) for email in FELL],
                "behaviour": Behaviour(C10="unenroll_first"),
                **own,
            }
        )
    )
    assert "completed" == night(house).status
    hours_pass(house, 1)
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    hours_pass(house, 2)
    house.do(Enroll(person=RAJ, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))


def by_call_outcomes(house: House) -> None:
    report = house.carry_out("call-outcomes", outcomes=f"email,disposition\n{RAJ},No\n", policy={"No": "unenroll"})
    assert 1 == report.counts["unenrolled"]


def by_a_move(house: House) -> None:
    report = house.carry_out("sequence-move", from_sequence=OUTBOUND, to_sequence=NURTURE, contacts=RAJ)
    assert 1 == report.counts["enrolled"]


def by_a_move_of_the_backlog(house: House) -> None:
    given = {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX], "via": "direct"}
    assert 1 == house.carry_out("queued-backlog", **given).counts["reassigned"]


def by_hand(house: House) -> None:
    house.do(Unenroll(person=RAJ, sequence=OUTBOUND))


@pytest.mark.rule("R1")
@pytest.mark.parametrize("take_out", [by_call_outcomes, by_a_move, by_a_move_of_the_backlog, by_hand])
def test_a_night_puts_back_who_fell_out_and_not_who_was_taken_out_later(
    house: House, take_out: Callable[[House], None]
) -> None:
    fell_out_and_raj_was_enrolled(house)
    take_out(house)
    raj = now_running(house).get(RAJ)
    hours_pass(house, 12)
    report = night(house)
    assert dict.fromkeys(FELL, OUTBOUND) == {email: now_running(house).get(email) for email in FELL}
    assert 3 == report.counts["enrolled"]
    assert raj == now_running(house).get(RAJ)
    assert RAJ not in outcomes(report).index or "manual" == outcomes(report).at[RAJ, "outcome"]


@pytest.mark.rule("R1")
def test_whom_an_operation_took_out_at_the_moment_of_a_change_did_not_fall_out(house: House) -> None:
    """Raj is taken out by what came of a call, and the owner changes within the minutes that a burst takes."""
    house.load(workspace(people=[*FELL, RAJ], enrollments=[running(email) for email in (*FELL, RAJ)]))
    assert "completed" == night(house).status
    hours_pass(house, 1)
    by_call_outcomes(house)
    hours_pass(house, 1 / 30)
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    hours_pass(house, 12)
    assert 3 == night(house).counts["enrolled"]
    assert dict.fromkeys(FELL, OUTBOUND) == now_running(house)
