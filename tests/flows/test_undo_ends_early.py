"""An undo that ends before its end: nobody is left paused or in no sequence, and every setting is back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from models.changes import PauseEnrollment
from models.records import Behaviour
from models.report import Report
from tasks.cancelling import cancel_operation
from tasks.hooks import release
from tasks.operation import Operation
from tasks.restore_settings.lost_runs import expire
from tasks.restore_settings.restoring import debts, give_back_all
from tests.flows.cut_short import cut_short
from tests.flows.house import House, outcomes
from tests.flows.test_undo import CASES, as_it_runs, undo
from tests.workspaces import ANAS_MAILBOX, BOS_MAILBOX, NURTURE, OUTBOUND, PIA, QUIN, running, workspace

MOVE = {"from_sequence": OUTBOUND, "to_sequence": NURTURE}
THERE = {PIA: (NURTURE, ANAS_MAILBOX, False), QUIN: (NURTURE, ANAS_MAILBOX, False)}
BACK = {PIA: (OUTBOUND, ANAS_MAILBOX, False)}


def moved(house: House, paused: str | None = None) -> Report:
    team = [running(PIA), running(QUIN, steps_done=2)]
    house.load(workspace(people=[PIA, QUIN], behaviour=Behaviour(C10="unenroll_first"), enrollments=team))
    if paused:
        house.do(PauseEnrollment(person=paused, sequence=OUTBOUND))
    report = house.carry_out("sequence-move", **MOVE)
    house.sandbox.advance(house.sandbox.now() + timedelta(seconds=5))
    return report


def late(house: House) -> None:
    house.sandbox.advance(house.sandbox.now() + timedelta(days=1))
    give_back_all(debts("sandbox"))


ENDERS: dict[str, Callable[[House, Operation], Any]] = {
    "cancelled": lambda house, operation: cancel_operation(operation.id),
    "failed": lambda house, operation: release(operation, "failed", "the platform was away"),
    "not answered": lambda house, operation: expire(operation),
    "swept": lambda house, operation: late(house),
}


@pytest.mark.parametrize(
    ("how", "at", "ends"),
    [
        ("cancelled", "pause", THERE),
        ("failed", "pause", THERE),
        ("cancelled", "unenroll", THERE | BACK),
        ("failed", "unenroll", THERE | BACK),
        ("not answered", "unenroll", THERE | BACK),
        ("swept", "unenroll", THERE | BACK),
        ("cancelled", "enroll", THERE | BACK),
    ],
)
def test_who_is_held_is_resumed_and_who_was_taken_out_goes_back(
    house: House, monkeypatch: pytest.MonkeyPatch, how: str, at: str, ends: dict[str, Any]
) -> None:
    report = moved(house)
    before = house.settings()
    operation = cut_short(house, monkeypatch, "undo", {"undone": report.operation_id}, at=at)
    ENDERS[how](house, Operation.at_hand(operation))
    assert ends == as_it_runs(house)
    assert before == house.settings()


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
@pytest.mark.parametrize("at", ["pause", "unenroll", "enroll"])
def test_cut_short_around_a_write_and_resumed_it_ends_as_a_whole_one(
    house: House, monkeypatch: pytest.MonkeyPatch, at: str, before: bool
) -> None:
    report = moved(house)
    settings = house.settings()
    operation = cut_short(house, monkeypatch, "undo", {"undone": report.operation_id}, at=at, before=before)
    resumed = undo(house, report, operation=operation)
    assert ("completed", 2, ()) == (resumed.status, resumed.counts["enrolled"], resumed.next)
    assert {PIA: (OUTBOUND, ANAS_MAILBOX, False), QUIN: (OUTBOUND, ANAS_MAILBOX, False)} == as_it_runs(house)
    assert settings == house.settings()


def test_a_failed_one_that_is_resumed_holds_them_again_and_brings_everybody_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = moved(house)
    operation = cut_short(house, monkeypatch, "undo", {"undone": report.operation_id}, at="unenroll")
    release(Operation.at_hand(operation), "failed", "the platform was away")
    resumed = undo(house, report, operation=operation)
    assert ("completed", 2) == (resumed.status, resumed.counts["enrolled"])
    assert {PIA: (OUTBOUND, ANAS_MAILBOX, False), QUIN: (OUTBOUND, ANAS_MAILBOX, False)} == as_it_runs(house)


def in_place(house: House) -> Report:
    """Both queued, and moved to Bo's mailbox where they are; Quin is paused."""
    waiting = [running(PIA, state="queued", steps_done=0), running(QUIN, state="queued", steps_done=0)]
    house.load(workspace(people=[PIA, QUIN], enrollments=waiting))
    house.do(PauseEnrollment(person=QUIN, sequence=OUTBOUND))
    report = house.carry_out("queued-backlog", from_mailbox=ANAS_MAILBOX, to_mailboxes=[BOS_MAILBOX])
    house.sandbox.advance(house.sandbox.now() + timedelta(seconds=5))
    assert {PIA: (OUTBOUND, BOS_MAILBOX, False), QUIN: (OUTBOUND, BOS_MAILBOX, True)} == as_it_runs(house)
    return report


@pytest.mark.parametrize("at", ["unenroll", "enroll"])
def test_who_was_paused_in_its_place_goes_back_paused(house: House, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    report = in_place(house)
    operation = cut_short(house, monkeypatch, "undo", {"undone": report.operation_id}, at=at)
    undo(house, report, operation=operation)
    assert {PIA: (OUTBOUND, ANAS_MAILBOX, False), QUIN: (OUTBOUND, ANAS_MAILBOX, True)} == as_it_runs(house)


@pytest.mark.parametrize("at", ["pause", "unenroll", "enroll"])
def test_who_was_paused_before_is_never_resumed(house: House, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    report = moved(house, paused=QUIN)
    before = as_it_runs(house)
    assert [False, True] == [before[who][2] for who in (PIA, QUIN)]
    operation = cut_short(house, monkeypatch, "undo", {"undone": report.operation_id}, at=at)
    if at == "pause":
        cancel_operation(operation)
        assert before == as_it_runs(house)
        return
    undo(house, report, operation=operation)
    assert {PIA: (OUTBOUND, ANAS_MAILBOX, False), QUIN: (OUTBOUND, ANAS_MAILBOX, True)} == as_it_runs(house)


def test_whom_a_cancelled_one_had_enrolled_is_in_its_report(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    procedure, team, parameters = CASES["call-outcomes"]
    house.load(team)
    report = house.carry_out(procedure, **parameters)
    house.sandbox.advance(house.sandbox.now() + timedelta(seconds=5))
    operation = cut_short(house, monkeypatch, "undo", {"undone": report.operation_id}, at="enroll")
    cancel_operation(operation)
    assert 1 == Operation.at_hand(operation).outcomes.counts("outcome")["enrolled"]


def test_who_was_sent_an_email_while_it_lay_dead_is_not_taken_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.load(workspace(people=[PIA, QUIN]))
    enrolling = {"emails": [PIA, QUIN], "sequence": OUTBOUND, "mailboxes": [ANAS_MAILBOX]}
    report = house.carry_out("enroll-contacts", **enrolling)
    operation = cut_short(house, monkeypatch, "undo", {"undone": report.operation_id}, at="unenroll", before=True)
    house.sandbox.advance(house.sandbox.now() + timedelta(days=2))
    undone = undo(house, report, operation=operation)
    assert {"email_sent"} == set(outcomes(undone)["reasons"])
    assert {PIA, QUIN} == set(as_it_runs(house))
