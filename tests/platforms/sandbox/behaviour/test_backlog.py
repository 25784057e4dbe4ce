"""The email backlog: what is queued moves, in the order of the queue, and nothing else does."""

from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from models.changes import (
    ACTIONS,
    AddExclusion,
    Bounce,
    Change,
    ChangeMailboxOwner,
    DeleteAudience,
    DeletePlay,
    DeleteSequence,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    Enroll,
    FinishTask,
    MakePlay,
    OptOut,
    OutOfOffice,
    PauseEnrollment,
    PauseMailbox,
    PauseSequence,
    PublishPlay,
    ReassignQueued,
    ReassignTask,
    Reply,
    ResumeEnrollment,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    Unenroll,
    UploadAudience,
)
from models.errors import InvalidInput, Refused
from models.records import Behaviour, ExclusionMatch, Interval, Mailbox, RepTask, Sequence, SequenceStep
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    running,
    workspace,
)

THIRD = "third@send.acme.test"
THREE = (Mailbox(email=ANAS_MAILBOX, owner=ANA), Mailbox(email=BOS_MAILBOX, owner=BO), Mailbox(email=THIRD, owner=BO))
QUEUE = [
    running(PIA, steps_done=0, next_step_at=NOW + timedelta(days=1)),
    running(QUIN, steps_done=0, next_step_at=NOW),
    running(RAJ),
]


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


@pytest.mark.rule("R74", "R98")
def test_what_was_moved_while_queued_does_not_fall_out_when_the_mailbox_changes_hands(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], mailboxes=THREE, enrollments=QUEUE))
    move(sandbox, BOS_MAILBOX)
    assert 1 == sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))["unenrolled"]
    assert {PIA: "queued", QUIN: "queued", RAJ: "canceled"} == states(sandbox)


def states(sandbox: Sandbox) -> dict[str, str]:
    return {e.person: e.state for e in sandbox.workspace_record().enrollments}


@pytest.mark.rule("R75", "R77", "R80", "R82")
def test_once_step_one_is_sent_it_is_told_as_active_and_does_not_move(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], mailboxes=THREE, enrollments=QUEUE))
    sandbox.advance(NOW + timedelta(hours=1))  # Quin's first email leaves
    [running_now] = sandbox.running(10, sequence=OUTBOUND, mailbox=ANAS_MAILBOX)
    assert {PIA: "queued", QUIN: "active", RAJ: "active"} == dict(running_now[["email", "state"]].to_numpy())
    assert 1 == move(sandbox, BOS_MAILBOX)["reassigned"]
    assert {PIA: BOS_MAILBOX, QUIN: ANAS_MAILBOX, RAJ: ANAS_MAILBOX} == mailboxes(sandbox)


@pytest.mark.rule("R73")
def test_the_open_tasks_of_what_moves_send_from_there_too(sandboxes: Sandboxes) -> None:
    by_hand = Sequence(name=OUTBOUND, steps=(SequenceStep(type="MANUAL_EMAIL"),))
    closed = RepTask(person=PIA, type="EMAIL", status="COMPLETED", sequence=OUTBOUND, mailbox=ANAS_MAILBOX)
    elsewhere = RepTask(person=QUIN, type="EMAIL", sequence=OUTBOUND, mailbox=THIRD)
    sandbox = sandboxes(
        workspace(
            people=[PIA, QUIN],
            mailboxes=THREE,
            sequences=by_hand,
            tasks=[closed, elsewhere],
            enrollments=[running(PIA, steps_done=0, started_at=NOW), running(QUIN, steps_done=0, mailbox=BOS_MAILBOX)],
        )
    )
    sandbox.advance(NOW + timedelta(hours=1))
    assert [ANAS_MAILBOX, THIRD, BOS_MAILBOX, ANAS_MAILBOX] == sandbox.tasks()["mailbox"].tolist()
    move(sandbox, BOS_MAILBOX)
    assert [ANAS_MAILBOX, THIRD, BOS_MAILBOX, BOS_MAILBOX] == sandbox.tasks()["mailbox"].tolist()


@pytest.mark.rule("R81", "R82")
def test_no_change_gives_what_is_past_step_one_another_mailbox(sandboxes: Sandboxes, tmp_path: Path) -> None:
    csv = tmp_path / "list.csv"
    csv.write_text(f"email\n{RAJ}\n")
    every: list[Change] = [
        ReassignQueued(sequence=OUTBOUND, from_mailbox=ANAS_MAILBOX, to_mailboxes=(BOS_MAILBOX, THIRD)),
        Enroll(person=RAJ, sequence=OUTBOUND, mailbox=(BOS_MAILBOX,)),
        ReassignTask(task=1, assignee=BO),
        SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_SENDER"),
        UploadAudience(name="List", csv=str(csv)),
        SetSetting(setting="ruleset:Default:block_reenrollment", value=Interval(value=0)),
        DuplicatePlay(play=PLAY, name="Copy", audience="List", mailboxes=(BOS_MAILBOX,)),
        MakePlay(name="Own", audience="List", sequence=OUTBOUND, mailboxes=(BOS_MAILBOX,)),
        RunPlay(play="Copy"),
        EditSequence(sequence=OUTBOUND, steps=STEPS[:3], upgrade=True),
        DuplicateSequence(sequence=OUTBOUND, name="Copy"),
        PublishPlay(play=PLAY, published=True),
        AddExclusion(name="Nobody", match=ExclusionMatch()),
        FinishTask(task=1),
        *(change(person=RAJ, sequence=OUTBOUND) for change in (PauseEnrollment, ResumeEnrollment)),
        PauseMailbox(mailbox=ANAS_MAILBOX, paused=True),
        PauseSequence(sequence=OUTBOUND, paused=False),
        OutOfOffice(person=RAJ, until=NOW + timedelta(days=9)),
        ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO),
        Unenroll(person=RAJ, sequence=OUTBOUND),
        DeletePlay(play="Own"),
        DeleteAudience(audience="List"),
        DeleteSequence(sequence="Copy"),
        Reply(person=RAJ),
        Bounce(person=RAJ),
        OptOut(person=RAJ),
    ]
    assert set(ACTIONS.values()) == {type(change) for change in every}
    task = RepTask(person=RAJ, type="EMAIL", sequence=OUTBOUND, mailbox=ANAS_MAILBOX)
    sandbox = sandboxes(workspace(people=[PIA, QUIN, RAJ], mailboxes=THREE, enrollments=QUEUE, tasks=task))
    for change in every:
        with suppress(Refused):
            sandbox.apply(change)
        sandbox.advance(sandbox.now() + timedelta(hours=1))
        runs = [e for e in sandbox.workspace_record().enrollments if e.person == RAJ and e.state == "active"]
        assert {ANAS_MAILBOX} >= {e.mailbox for e in runs}
    senders = {e.mailbox for e in sandbox.workspace_record().enrollments if e.person == RAJ}
    assert {ANAS_MAILBOX} == senders
