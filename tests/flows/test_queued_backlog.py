"""`queued-backlog`: queued enrollments go to other mailboxes, and what is past step one is left to a person."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.changes import Enroll, Unenroll
from models.errors import InvalidInput
from models.records import Behaviour, Mailbox
from models.report import Report
from models.workspace import Workspace
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
    QUIN,
    RAJ,
    SUE,
    ended,
    running,
    workspace,
)

THIRD = "third@send.acme.test"
MAILBOXES = (
    Mailbox(email=ANAS_MAILBOX, owner=ANA),
    Mailbox(email=BOS_MAILBOX, owner=BO),
    Mailbox(email=THIRD, owner=BO),
)


def busy(*, queued: int = 5, **own: Any) -> Workspace:
    """So many queued in Outbound and as many in Nurture, and Sue, who is past step one; all from Ana's mailbox."""
    people = [f"p{at}@x.test" for at in range(queued)], [f"n{at}@x.test" for at in range(queued)]
    waiting = [
        running(email, steps_done=0, sequence=name, started_at=NOW)
        for emails, name in zip(people, (OUTBOUND, NURTURE), strict=True)
        for email in emails
    ]
    return workspace(
        **{
            "people": [*people[0], *people[1], SUE],
            "mailboxes": MAILBOXES,
            "enrollments": [*waiting, running(SUE)],
            **own,
        }
    )


def run(house: House, **parameters: Any) -> Report:
    return house.carry_out(
        "queued-backlog", **{"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX, THIRD], **parameters}
    )


def senders(house: House, sequence: str) -> dict[str, str]:
    return {
        e.person: e.mailbox
        for e in house.sandbox.workspace_record().enrollments
        if e.sequence == sequence and e.state in ("queued", "active")
    }


@pytest.mark.rule("R73", "R75", "R76", "R80", "R98")
def test_a_dry_run_tells_who_would_move_where_and_changes_nothing(house: House) -> None:
    sandbox = house.load(busy())
    before = sandbox.dump()
    report = run(house, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", 10, 10) == (report.status, report.counts["reassigned"], report.counts["considered"])
    assert (
        f"11 enrollments run from {ANAS_MAILBOX}: 10 are queued, 1 is past step one: see worklist.csv" == report.found
    )
    assert [SUE] == pd.read_csv(report.files["worklist"])["email"].tolist()
    assert f"move 5 queued enrollments of 'Nurture' to {BOS_MAILBOX}, {THIRD}, by turns" == report.plan[0]
    assert f"move 5 queued enrollments of 'Outbound' to {THIRD}, {BOS_MAILBOX}, by turns" == report.plan[1]


@pytest.mark.rule("R73", "R74", "R79", "R89", "R98")
def test_what_is_queued_moves_to_the_mailboxes_evenly_and_keeps_its_place(house: House) -> None:
    house.load(busy())
    before = {e.person: e.next_step_at for e in house.sandbox.workspace_record().enrollments}
    report = run(house)
    check_report(report)
    assert ((), 10) == (report.differences, report.counts["reassigned"])
    moved = pd.Series(senders(house, OUTBOUND) | senders(house, NURTURE)).value_counts()
    assert {BOS_MAILBOX: 5, THIRD: 5, ANAS_MAILBOX: 1} == dict(moved)
    assert before == {e.person: e.next_step_at for e in house.sandbox.workspace_record().enrollments}
    told = outcomes(report)["mailbox"]
    assert {**told, SUE: ANAS_MAILBOX} == senders(house, OUTBOUND) | senders(house, NURTURE)


@pytest.mark.rule("R75", "R81", "R82")
def test_what_is_past_step_one_stays_and_is_on_the_worklist_with_what_to_do(house: House) -> None:
    house.load(busy())
    report = run(house)
    assert ("completed", {}, ()) == (report.status, report.reasons, report.next), "it was never asked for"
    worklist = pd.read_csv(report.files["worklist"])
    assert [SUE] == worklist["email"].tolist()
    assert "cannot be switched any more" in worklist["what_to_do"].iloc[0]
    assert ANAS_MAILBOX == senders(house, OUTBOUND)[SUE]


@pytest.mark.rule("R77")
def test_each_enrollment_is_looked_at_again_right_before_acting(house: House) -> None:
    house.load(
        busy(
            queued=2,
            enrollments=[
                running("p0@x.test", steps_done=0, started_at=NOW),
                running("p1@x.test", steps_done=0, started_at=NOW, next_step_at=NOW + timedelta(days=3)),
            ],
        )
    )

    def while_somebody_thinks(question: str) -> bool:
        house.sandbox.advance(NOW + timedelta(hours=2))  # p0's first email leaves
        return True

    report = house.carry_out(
        "queued-backlog", answer=while_somebody_thinks, from_mailbox=ANAS_MAILBOX, to_mailboxes=[BOS_MAILBOX]
    )
    check_report(report)
    told = outcomes(report)
    assert ["manual", "reassigned"] == told["outcome"].tolist()
    assert "past_step_one" == told.at["p0@x.test", "reasons"]
    assert ["p0@x.test"] == pd.read_csv(report.files["worklist"])["email"].tolist()
    assert ["p0@x.test"] == [difference.email for difference in report.differences]
    assert ("completed", ()) == (report.status, report.next)


def test_whoever_is_queued_meanwhile_moves_too_and_is_told(house: House) -> None:
    house.load(busy(queued=1, people=["p0@x.test", PIA], enrollments=[running("p0@x.test", steps_done=0)]))

    def while_somebody_thinks(question: str) -> bool:
        house.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
        return True

    report = house.carry_out(
        "queued-backlog", answer=while_somebody_thinks, from_mailbox=ANAS_MAILBOX, to_mailboxes=[BOS_MAILBOX]
    )
    check_report(report)
    assert {"p0@x.test": BOS_MAILBOX, PIA: BOS_MAILBOX} == senders(house, OUTBOUND)
    assert 2 == report.counts["reassigned"]


@pytest.mark.rule("R74")
def test_where_the_platform_cancels_what_it_moves_they_are_enrolled_again(house: House) -> None:
    house.load(busy(behaviour=Behaviour(C6="cancels")))
    report = run(house)
    check_report(report)
    assert (10, (), ()) == (report.counts["reassigned"], report.differences, report.loans)
    assert {**outcomes(report)["mailbox"], SUE: ANAS_MAILBOX} == senders(house, OUTBOUND) | senders(house, NURTURE)
    assert any("this platform may cancel what it moves" in line for line in report.plan)


@pytest.mark.rule("R26", "R43", "R74")
def test_where_it_cancels_the_settings_that_enrolling_again_needs_are_borrowed_and_given_back(house: House) -> None:
    later = NOW + timedelta(days=3)
    queued = [running(email, steps_done=0, next_step_at=later) for email in (PIA, QUIN)]
    enrollments = [ended(PIA, days=100, sequence=NURTURE), *queued]
    house.load(busy(queued=0, people=[PIA, QUIN, SUE], enrollments=enrollments, behaviour=Behaviour(C6="cancels")))
    settings = house.settings()
    report = run(house, to_mailboxes=[BOS_MAILBOX])
    check_report(report)
    assert settings == house.settings()
    assert 2 == len(report.loans)
    assert {PIA: BOS_MAILBOX, QUIN: BOS_MAILBOX} == senders(house, OUTBOUND)
    assert ("completed", ()) == (report.status, report.differences)


def test_a_second_time_nothing_is_queued_there_any_more(house: House) -> None:
    house.load(busy())
    run(house)
    again = run(house)
    assert (0, 0) == (again.counts["reassigned"], again.counts["considered"])


def test_only_one_sequence_can_be_meant(house: House) -> None:
    house.load(busy())
    report = run(house, sequence=OUTBOUND)
    assert 5 == report.counts["reassigned"]
    assert {ANAS_MAILBOX} == set(senders(house, NURTURE).values())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"from_mailbox": "anna@send.acme.test"}, "Did you mean"),
        ({"to_mailboxes": [ANAS_MAILBOX]}, "is where they are queued"),
        ({"to_mailboxes": ["nowhere@x.test"]}, "to_mailboxes: there is no mailbox"),
        ({"sequence": "Outbond"}, "Did you mean 'Outbound'"),
    ],
)
def test_wrong_input_is_refused_with_the_field_and_changes_nothing(house: House, given: Any, words: str) -> None:
    sandbox = house.load(busy())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=words):
        run(house, **given)
    assert before == sandbox.dump()


def test_a_paused_target_is_refused(house: House) -> None:
    house.load(busy(mailboxes=(*MAILBOXES[:2], Mailbox(email=THIRD, paused=True))))
    with pytest.raises(InvalidInput, match=r"to_mailboxes: third@send\.acme\.test is paused"):
        run(house)


def test_raj_who_runs_from_another_mailbox_is_left_alone(house: House) -> None:
    house.load(busy(queued=0, people=[RAJ], enrollments=[running(RAJ, steps_done=0, mailbox=BOS_MAILBOX)]))
    report = run(house, to_mailboxes=[THIRD])
    assert 0 == report.counts["considered"]
    assert {RAJ: BOS_MAILBOX} == senders(house, OUTBOUND)


@pytest.mark.rule("R77", "R80")
def test_whoever_is_not_queued_any_more_when_it_acts_is_told_and_left_alone(house: House) -> None:
    house.load(busy(queued=2))

    def meanwhile(question: str) -> bool:
        house.do(Unenroll(person="p0@x.test", sequence=OUTBOUND))
        return True

    report = house.carry_out(
        "queued-backlog", answer=meanwhile, from_mailbox=ANAS_MAILBOX, to_mailboxes=[BOS_MAILBOX], sequence=OUTBOUND
    )
    check_report(report)
    assert ("blocked", "not_queued") == tuple(outcomes(report).loc["p0@x.test", ["outcome", "reasons"]])
    assert {"p1@x.test": BOS_MAILBOX, SUE: ANAS_MAILBOX} == senders(house, OUTBOUND)
