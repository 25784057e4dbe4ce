"""Whoever was paused when they fell out goes back paused, and is sent nothing until somebody resumes them."""

from datetime import timedelta

import pytest

from models.changes import ChangeMailboxOwner, OutOfOffice, PauseEnrollment
from tests.flows.house import House, check_report, outcomes
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.workspaces import ANAS_MAILBOX, BO, NOW, OUTBOUND, PIA, PLAY, QUIN, RAJ, SUE, running, workspace

__all__ = ["unify", "working"]  # fixtures
FOUR = [PIA, QUIN, RAJ, SUE]


def halted(house: House) -> list[str]:
    places = house.sandbox.places(FOUR, OUTBOUND)
    return sorted(places.loc[places["paused"], "email"])


@pytest.mark.rule("R1", "R9")
def test_who_was_paused_is_back_paused_and_the_date_is_told(house: House) -> None:
    house.load(workspace(people=FOUR, enrollments=[running(email, play=PLAY) for email in FOUR]))
    house.do(PauseEnrollment(person=PIA, sequence=OUTBOUND))
    house.do(OutOfOffice(person=QUIN, until=NOW + timedelta(days=5)))
    house.do(OutOfOffice(person=RAJ, until=NOW + timedelta(minutes=10)))
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    house.sandbox.advance(NOW + timedelta(hours=1))
    planned, report = house.plan(), house.run()
    check_report(report)
    assert (4, planned.counts, "completed") == (report.counts["enrolled"], report.counts, report.status)
    assert [PIA, QUIN] == halted(house)
    told = outcomes(report)["detail"]
    assert "was paused, is paused there until somebody resumes it" in told[PIA]
    assert "was paused until 2026-11-07 09:00 UTC, is paused there" in told[QUIN]
    assert "paused" not in told[RAJ] + told[SUE]
    assert {PIA: False, QUIN: False, RAJ: True, SUE: True} == {
        email: "play" in house.enrollments(email)[-1] for email in FOUR
    }
    house.sandbox.advance(NOW + timedelta(days=20))
    assert {PIA: 2, QUIN: 2} == house.sandbox.places([PIA, QUIN], OUTBOUND).set_index("email")["step"].to_dict()


def test_on_unify_as_well(unify: UnifyHouse, working: Working) -> None:
    unify.load(workspace(people=FOUR, enrollments=[running(email) for email in FOUR], plays=[]))
    unify.do(PauseEnrollment(person=PIA, sequence=OUTBOUND))
    unify.plan()
    unify.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    working()
    report = unify.run()
    assert 4 == report.counts["enrolled"]
    assert [PIA] == halted(unify)
