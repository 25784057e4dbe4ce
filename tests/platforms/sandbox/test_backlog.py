"""The email backlog: what is queued moves, in the order of the queue, and nothing else does."""

from datetime import timedelta

import pytest

from models.changes import ReassignQueued
from models.errors import InvalidInput, Refused
from models.records import Behaviour, Mailbox
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, OUTBOUND, PIA, QUIN, RAJ, running, workspace

THIRD = "third@send.acme.test"
THREE = (Mailbox(email=ANAS_MAILBOX, owner=ANA), Mailbox(email=BOS_MAILBOX, owner=BO), Mailbox(email=THIRD, owner=BO))
QUEUE = [
    running(PIA, steps_done=0, next_step_at=NOW + timedelta(days=1)), running(QUIN, steps_done=0, next_step_at=NOW),
    running(RAJ),
]  # fmt: skip


def move(sandbox: Sandbox, *to: str) -> dict[str, object]:
    return sandbox.apply(ReassignQueued(sequence=OUTBOUND, from_mailbox=ANAS_MAILBOX, to_mailboxes=to))


def mailboxes(sandbox: Sandbox) -> dict[str, str]:
    return {e.person: e.mailbox for e in sandbox.workspace_record().enrollments}


@pytest.mark.rule("R73", "R74", "R75", "R82")
def test_queued_enrollments_move_by_turns_in_the_order_of_the_queue_and_active_ones_stay(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], mailboxes=THREE, enrollments=QUEUE))
    assert {"sequence": OUTBOUND, "reassigned": 2} == move(sandbox, BOS_MAILBOX, THIRD)
    assert {QUIN: BOS_MAILBOX, PIA: THIRD, RAJ: ANAS_MAILBOX} == mailboxes(sandbox)
    assert {"sequence": OUTBOUND, "reassigned": 0} == move(sandbox, BOS_MAILBOX)


@pytest.mark.rule("R74")
def test_under_c6_cancels_they_are_cancelled_and_have_to_be_enrolled_again(sandboxes: Sandboxes) -> None:
    made = workspace(people=[PIA, QUIN, RAJ], mailboxes=THREE, enrollments=QUEUE, behaviour=Behaviour(C6="cancels"))
    sandbox = sandboxes(made)
    assert {"sequence": OUTBOUND, "reassigned": 0, "cancelled": 2} == move(sandbox, BOS_MAILBOX)
    ends = {e.person: (e.state, e.end_reason) for e in sandbox.workspace_record().enrollments}
    assert {PIA: ("canceled", "unenrolled"), QUIN: ("canceled", "unenrolled"), RAJ: ("active", None)} == ends


def test_a_paused_target_is_refused_and_nothing_moves(sandboxes: Sandboxes) -> None:
    paused = (*THREE[:2], Mailbox(email=THIRD, owner=BO, paused=True))
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], mailboxes=paused, enrollments=QUEUE))
    with pytest.raises(Refused, match=r"mailbox_unavailable: third@send\.acme\.test is paused"):
        move(sandbox, BOS_MAILBOX, THIRD)
    assert {ANAS_MAILBOX} == set(mailboxes(sandbox).values())


def test_the_mailbox_that_they_are_queued_at_is_no_target(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], mailboxes=THREE, enrollments=QUEUE))
    with pytest.raises(InvalidInput, match="to_mailboxes"):
        move(sandbox, ANAS_MAILBOX)
