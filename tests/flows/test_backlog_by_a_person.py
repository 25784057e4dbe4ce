"""`queued-backlog` where a person reassigns in the platform's backlog: days may pass, and others act meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from models.changes import Enroll, ReassignQueued, Unenroll
from models.records import Behaviour, Mailbox
from models.report import Report
from tests.flows.house import check_report, outcomes
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.flows.test_queued_backlog import MAILBOXES, THIRD, busy, run, senders
from tests.workspaces import ANA, ANAS_MAILBOX, BOS_MAILBOX, OUTBOUND, PIA

__all__ = ["unify", "working"]  # fixtures
P0, P1 = "p0@x.test", "p1@x.test"
REASSIGN = "reassign what is queued of"
IDLE = (Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=0), *MAILBOXES[1:])  # what is queued there stays queued


def three_queued(unify: UnifyHouse, cancels: bool, **own: Any) -> None:
    unify.load(busy(
        queued=3, behaviour=Behaviour(C6="cancels" if cancels else "keeps_id"), mailboxes=IDLE,
        people=[P0, P1, "p2@x.test", PIA], enrollments=[
            one for one in busy(queued=3).enrollments if one.sequence == OUTBOUND and one.person != "sue@x.test"
        ], **own,
    ))  # fmt: skip


def by_backlog(unify: UnifyHouse) -> Report:
    report = run(unify, via="backlog", to_mailboxes=[BOS_MAILBOX], sequence=OUTBOUND)
    check_report(report)
    return report


@pytest.mark.rule("R74", "R77")
@pytest.mark.parametrize("cancels", [True, False])
def test_whom_a_colleague_took_out_meanwhile_stays_out(unify: UnifyHouse, working: Working, cancels: bool) -> None:
    three_queued(unify, cancels)

    def a_colleague_was_first(change: ReassignQueued) -> None:
        unify.do(Unenroll(person=P0, sequence=OUTBOUND))
        unify.sandbox.advance(unify.sandbox.now() + timedelta(hours=1))
        unify.do(change)

    working(instead={REASSIGN: a_colleague_was_first})
    report = by_backlog(unify)
    assert {P1: BOS_MAILBOX, "p2@x.test": BOS_MAILBOX} == senders(unify, OUTBOUND)
    assert ("blocked", "not_queued") == tuple(outcomes(report).loc[P0, ["outcome", "reasons"]])
    assert cancels == any(f"{P0}: left '{OUTBOUND}' apart from the others" in line for line in report.next)


def test_whoever_is_queued_while_it_is_asked_and_is_cancelled_with_them_is_enrolled_again(
    unify: UnifyHouse, working: Working
) -> None:
    three_queued(unify, cancels=True)

    def one_more_came(change: ReassignQueued) -> None:
        unify.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
        unify.do(change)

    working(instead={REASSIGN: one_more_came})
    report = by_backlog(unify)
    assert {P0, P1, "p2@x.test", PIA} == set(senders(unify, OUTBOUND))
    assert {BOS_MAILBOX} == set(senders(unify, OUTBOUND).values())
    assert 4 == report.counts["reassigned"]


def test_the_wrong_mailbox_is_told(unify: UnifyHouse, working: Working) -> None:
    three_queued(unify, cancels=False)

    def to_another(change: ReassignQueued) -> None:
        unify.do(change.model_copy(update={"to_mailboxes": (THIRD,)}))

    def and_back(change: ReassignQueued) -> None:
        unify.do(change.model_copy(update={"from_mailbox": THIRD}))

    person = working(instead={REASSIGN: to_another, "reassign what is": and_back})
    report = by_backlog(unify)
    assert [f"some send from {THIRD} now: if that is right, say so as a remark"] == person.problems
    assert 3 == report.counts["reassigned"]
    assert {BOS_MAILBOX} == set(senders(unify, OUTBOUND).values())


def test_whom_a_person_moved_elsewhere_on_purpose_is_told_by_name(unify: UnifyHouse, working: Working) -> None:
    three_queued(unify, cancels=False)
    working(instead={REASSIGN: lambda change: unify.do(change.model_copy(update={"to_mailboxes": (THIRD,)}))},
            remark="Bo's is full")  # fmt: skip
    report = by_backlog(unify)
    assert (0, 3) == (report.counts["reassigned"], report.counts["failed"])
    assert f"sends from {THIRD}: was not moved" == outcomes(report).loc[P0, "detail"]


def test_who_is_queued_there_since_does_not_stand_in_the_way_of_an_answer(unify: UnifyHouse, working: Working) -> None:
    three_queued(unify, cancels=False)

    def one_more_came_after(change: ReassignQueued) -> None:
        unify.do(change)
        unify.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))

    person = working(instead={REASSIGN: one_more_came_after})
    assert 3 == by_backlog(unify).counts["reassigned"]
    assert [] == person.problems
    assert ANAS_MAILBOX == senders(unify, OUTBOUND)[PIA]
