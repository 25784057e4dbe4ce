"""`queued-backlog` where a person reassigns in the platform's backlog: days may pass, and others act meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from journal import operations
from models.changes import Enroll, OptOut, ReassignQueued, Unenroll
from models.records import Behaviour, Mailbox
from models.report import Report
from tasks.queued_backlog import by_a_person, reassigning
from tasks.queued_backlog.by_a_person import LEFT
from tests.flows.house import check_report, outcomes
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.flows.test_queued_backlog import MAILBOXES, THIRD, busy, run, senders
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    SUE,
    ended,
    ruleset,
    running,
)

__all__ = ["unify", "working"]  # fixtures
P0, P1, P2 = "p0@x.test", "p1@x.test", "p2@x.test"
REASSIGN = "reassign what is queued of"
IDLE = (Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=0), *MAILBOXES[1:])  # what is queued there stays queued


def three_queued(unify: UnifyHouse, cancels: bool, **own: Any) -> None:
    unify.load(
        busy(
            queued=3,
            behaviour=Behaviour(C6="cancels" if cancels else "keeps_id"),
            mailboxes=IDLE,
            people=[P0, P1, P2, PIA],
            enrollments=[
                one for one in busy(queued=3).enrollments if one.sequence == OUTBOUND and one.person != "sue@x.test"
            ],
            **own,
        )
    )


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
    assert {P1: BOS_MAILBOX, P2: BOS_MAILBOX} == senders(unify, OUTBOUND)
    assert ("blocked", "not_queued") == tuple(outcomes(report).loc[P0, ["outcome", "reasons"]])
    assert [f"{P0}: {LEFT} '{OUTBOUND}': enroll them by hand if that was not meant"] == list(report.next)


def test_whoever_is_queued_while_it_is_asked_and_is_cancelled_with_them_is_enrolled_again(
    unify: UnifyHouse, working: Working
) -> None:
    three_queued(unify, cancels=True)

    def one_more_came(change: ReassignQueued) -> None:
        unify.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
        unify.do(change)

    working(instead={REASSIGN: one_more_came})
    report = by_backlog(unify)
    assert {P0, P1, P2, PIA} == set(senders(unify, OUTBOUND))
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
    working(
        instead={REASSIGN: lambda change: unify.do(change.model_copy(update={"to_mailboxes": (THIRD,)}))},
        remark="Bo's is full",
    )
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


def an_hour_later(unify: UnifyHouse, hours: int = 1) -> None:
    unify.sandbox.advance(unify.sandbox.now() + timedelta(hours=hours))


def gone_on_with(unify: UnifyHouse, **other: Any) -> Report:
    every = [*operations.in_flight(unify.journal), *operations.past(unify.journal)]
    [row] = [one for one in every if one.mode == "live"]
    asked = {"via": "backlog", "to_mailboxes": [BOS_MAILBOX], "sequence": OUTBOUND} | other
    return run(unify, **asked, operation=row.id)


def test_killed_after_it_enrolled_them_again_it_decides_nothing_anew(
    unify: UnifyHouse, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_queued(unify, cancels=True)

    def a_colleague_was_first(change: ReassignQueued) -> None:
        unify.do(Unenroll(person=P0, sequence=OUTBOUND))
        an_hour_later(unify)
        unify.do(change)

    def killed(*_: Any) -> None:
        raise ConnectionError("killed")

    working(instead={REASSIGN: a_colleague_was_first})
    with monkeypatch.context() as dying, pytest.raises(ConnectionError):
        dying.setattr(by_a_person, "record_begun", killed)
        by_backlog(unify)
    assert {P1, P2} == set(senders(unify, OUTBOUND))
    report = gone_on_with(unify)
    assert {P1, P2} == set(senders(unify, OUTBOUND))
    assert (2, 1) == (report.counts["reassigned"], report.counts["blocked"])


def test_a_move_that_is_settled_is_not_looked_at_again(unify: UnifyHouse, working: Working) -> None:
    unify.load(busy(queued=2, mailboxes=IDLE, people=[*(f"{x}{at}@x.test" for x in "pn" for at in (0, 1)), SUE, PIA]))

    def cut_off(change: ReassignQueued) -> None:
        unify.do(Enroll(person=PIA, sequence=NURTURE, mailbox=(ANAS_MAILBOX,)))
        an_hour_later(unify)
        unify.do(Unenroll(person=PIA, sequence=NURTURE))
        raise ConnectionError("the terminal closed")

    working(instead={f"{REASSIGN} '{OUTBOUND}'": cut_off})
    with pytest.raises(ConnectionError):
        run(unify, via="backlog", to_mailboxes=[BOS_MAILBOX])
    working()
    assert 4 == gone_on_with(unify, sequence=None).counts["reassigned"]
    assert PIA not in senders(unify, NURTURE)


def test_whom_a_person_put_back_by_hand_does_not_hide_that_the_others_were_cancelled(
    unify: UnifyHouse, working: Working
) -> None:
    three_queued(unify, cancels=True)

    def puts_one_back(change: ReassignQueued) -> None:
        unify.do(change)
        an_hour_later(unify)
        unify.do(Enroll(person=P0, sequence=OUTBOUND, mailbox=(BOS_MAILBOX,)))

    working(instead={REASSIGN: puts_one_back})
    by_backlog(unify)
    assert {P0, P1, P2} == set(senders(unify, OUTBOUND))


def test_who_left_long_before_the_answer_was_not_cancelled_by_it(unify: UnifyHouse, working: Working) -> None:
    three_queued(unify, cancels=True)

    def all_were_taken_out(change: ReassignQueued) -> None:
        for email in (P0, P1, P2):
            unify.do(Unenroll(person=email, sequence=OUTBOUND))
        an_hour_later(unify, 48)

    working(instead={REASSIGN: all_were_taken_out})
    report = by_backlog(unify)
    assert ({}, 3) == (senders(unify, OUTBOUND), report.counts["blocked"])
    assert all(email in report.next[0] for email in (P0, P1, P2))


def test_nobody_is_asked_where_nobody_is_left_to_move(
    unify: UnifyHouse, working: Working, monkeypatch: pytest.MonkeyPatch
) -> None:
    three_queued(unify, cancels=True)
    have = reassigning.have_reassigned

    def all_leave_before(*how: Any) -> None:
        for email in (P0, P1, P2):
            unify.do(Unenroll(person=email, sequence=OUTBOUND))
        have(*how)

    monkeypatch.setattr(reassigning, "have_reassigned", all_leave_before)
    person = working()
    by_backlog(unify)
    assert [] == [title for title in person.asked if REASSIGN in title]


@pytest.mark.rule("R9", "R26")
def test_who_opted_out_meanwhile_is_told_as_that_and_is_nobody_to_enroll(unify: UnifyHouse, working: Working) -> None:
    enrollments = [ended(PIA, days=100, steps_done=0), running(PIA, steps_done=0, started_at=NOW)]
    unify.load(
        busy(
            queued=0,
            behaviour=Behaviour(C6="cancels"),
            mailboxes=IDLE,
            rulesets=(ruleset(allow_same=True, days=0),),
            people=[PIA],
            enrollments=enrollments,
        )
    )
    working(instead={REASSIGN: lambda change: unify.do(OptOut(person=PIA))})
    report = by_backlog(unify)
    assert ("blocked", "opted_out") == tuple(outcomes(report).loc[PIA, ["outcome", "reasons"]])
    assert () == report.next


@pytest.mark.rule("R9")
def test_who_came_meanwhile_to_go_on_at_a_later_step_is_enrolled_again_too(unify: UnifyHouse, working: Working) -> None:
    unify.load(
        busy(
            queued=0,
            behaviour=Behaviour(C6="cancels"),
            mailboxes=IDLE,
            rulesets=(ruleset(allow_same=True, days=0),),
            people=[P0, PIA],
            enrollments=[ended(PIA, days=100, steps_done=1), running(P0, steps_done=0, started_at=NOW)],
        )
    )

    def one_more_came(change: ReassignQueued) -> None:
        unify.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
        unify.do(change)

    working(instead={REASSIGN: one_more_came})
    by_backlog(unify)
    assert {P0, PIA} == set(senders(unify, OUTBOUND))
