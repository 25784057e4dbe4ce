"""Enrollments, sequences and mailboxes are paused and resumed, by people and by themselves."""

from datetime import datetime, timedelta

import pytest

from models.changes import (
    EditSequence,
    FinishTask,
    OutOfOffice,
    PauseEnrollment,
    PauseMailbox,
    PauseSequence,
    ResumeEnrollment,
    Unenroll,
)
from models.errors import InvalidInput, NotAllowed, Refused
from models.records import RepTask, SequenceStep
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import ANA, ANAS_MAILBOX, BO, NOW, NURTURE, OUTBOUND, PIA, QUIN, ended, running, workspace

BACK = NOW + timedelta(days=7)
PAUSE, RESUME = (change(person=PIA, sequence=OUTBOUND) for change in (PauseEnrollment, ResumeEnrollment))
AWAY = OutOfOffice(person=PIA, until=BACK)


def two_queued() -> Workspace:
    """Pia and Quin, whose first email is due."""
    return workspace(people=[PIA, QUIN], enrollments=[running(PIA, steps_done=0), running(QUIN, steps_done=0)])


def first_sent(sandbox: Sandbox) -> dict[str, datetime]:
    """When each person's first email left."""
    return {
        one.person: step.at
        for one in sandbox.workspace_record().enrollments
        for step in one.steps
        if (step.number, step.status) == (1, "FINISHED")
    }


def pauses(sandbox: Sandbox) -> list[tuple[bool, datetime | None]]:
    return [(one.paused, one.paused_until) for one in sandbox.workspace_record().enrollments]


def test_a_paused_enrollment_is_sent_nothing_until_somebody_resumes_it(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(two_queued())
    assert {"person": PIA, "sequence": OUTBOUND, "paused": True} == sandbox.apply(PAUSE)
    sandbox.advance(NOW + timedelta(days=30))
    assert [QUIN] == list(first_sent(sandbox))
    assert {"person": PIA, "sequence": OUTBOUND, "paused": False} == sandbox.apply(RESUME)
    sandbox.advance(NOW + timedelta(days=31))
    assert {PIA, QUIN} == set(first_sent(sandbox))


def test_who_is_out_of_office_goes_on_by_themselves_when_they_are_back(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(two_queued())
    sandbox.apply(AWAY)
    assert [(True, BACK), (False, None)] == pauses(sandbox)
    sandbox.advance(BACK - timedelta(seconds=1))
    assert [QUIN] == list(first_sent(sandbox))
    sandbox.advance(BACK)
    assert [(False, None), (False, None)] == pauses(sandbox)
    assert BACK == first_sent(sandbox)[PIA]


def test_an_enrollment_that_ended_while_its_contact_was_away_does_not_resume(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(two_queued())
    sandbox.apply(AWAY)
    sandbox.apply(Unenroll(person=PIA, sequence=OUTBOUND))
    sandbox.advance(BACK + timedelta(days=1))
    assert [(True, BACK), (False, None)] == pauses(sandbox)
    assert [QUIN] == list(first_sent(sandbox))


@pytest.mark.parametrize(
    ("changes", "until"),
    [
        ((AWAY, PAUSE), None),
        ((PAUSE, AWAY), None),
        ((AWAY, OutOfOffice(person=PIA, until=BACK + timedelta(days=1))), BACK + timedelta(days=1)),
        ((OutOfOffice(person=PIA, until=BACK + timedelta(days=1)), AWAY), BACK + timedelta(days=1)),
        ((PAUSE, RESUME, AWAY), BACK),
    ],
    ids=["then by hand", "by hand first", "longer", "shorter", "resumed before"],
)
def test_of_two_pauses_the_longer_one_holds(
    sandboxes: Sandboxes, changes: tuple[OutOfOffice, ...], until: datetime | None
) -> None:
    sandbox = sandboxes(two_queued())
    for change in changes:
        sandbox.apply(change)
    assert (True, until) == pauses(sandbox)[0]


def test_a_pause_goes_along_with_an_upgrade(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(two_queued())
    sandbox.apply(AWAY)
    sandbox.apply(EditSequence(sequence=OUTBOUND, steps=(SequenceStep(), SequenceStep(wait_days=5)), upgrade=True))
    assert [(True, BACK), (False, None)] == pauses(sandbox)[2:]
    sandbox.advance(BACK)
    assert BACK == first_sent(sandbox)[PIA]


@pytest.mark.parametrize("change", [PAUSE, RESUME], ids=["pause", "resume"])
def test_what_is_so_already_leaves_no_trace(sandboxes: Sandboxes, change: PauseEnrollment) -> None:
    sandbox = sandboxes(two_queued())
    sandbox.apply(change)
    with sandbox.work() as work:
        before = work.rows("SELECT * FROM enrollment_pause")
    sandbox.advance(NOW + timedelta(minutes=5))
    sandbox.apply(change)
    with sandbox.work() as work:
        assert before == work.rows("SELECT * FROM enrollment_pause")


@pytest.mark.parametrize("change", [PauseEnrollment, ResumeEnrollment])
@pytest.mark.parametrize("sequence", [OUTBOUND, NURTURE])
def test_who_does_not_run_in_that_sequence_is_not_paused(
    sandboxes: Sandboxes, change: type[PauseEnrollment], sequence: str
) -> None:
    runs_elsewhere = running(PIA, sequence=NURTURE if sequence == OUTBOUND else OUTBOUND)
    sandbox = sandboxes(workspace(enrollments=[ended(PIA, sequence=sequence), runs_elsewhere]))
    with pytest.raises(Refused, match=f"not_enrolled: {PIA} is not running in '{sequence}'"):
        sandbox.apply(change(person=PIA, sequence=sequence))


@pytest.mark.parametrize("until", [NOW, NOW - timedelta(days=1)])
def test_nobody_is_away_until_an_instant_gone_by(sandboxes: Sandboxes, until: datetime) -> None:
    sandbox = sandboxes(two_queued())
    with pytest.raises(InvalidInput, match="until: it is 2026-11-02 09:00 UTC already"):
        sandbox.apply(OutOfOffice(person=PIA, until=until))
    with pytest.raises(Refused, match="not running in any sequence"):
        sandboxes(workspace(enrollments=[ended(PIA)])).apply(AWAY)


@pytest.mark.parametrize("change", [PauseSequence, PauseMailbox])
def test_a_paused_sequence_or_mailbox_sends_nothing_until_it_is_resumed(
    sandboxes: Sandboxes, change: type[PauseSequence | PauseMailbox]
) -> None:
    of = {"sequence": OUTBOUND} if change is PauseSequence else {"mailbox": ANAS_MAILBOX}
    sandbox = sandboxes(two_queued())
    assert of | {"paused": True} == sandbox.apply(change.model_validate(of | {"paused": True}))
    sandbox.advance(NOW + timedelta(days=1))
    assert {} == first_sent(sandbox)
    sandbox.apply(change.model_validate(of | {"paused": False}))
    sandbox.advance(NOW + timedelta(days=2))
    assert {PIA, QUIN} == set(first_sent(sandbox))


def test_a_task_that_is_finished_lets_the_sequence_go_on(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(enrollments=[running(PIA, started_at=NOW - timedelta(days=2))]))
    sandbox.advance(NOW + timedelta(hours=1))
    [task] = sandbox.tasks().to_dict("records")
    assert {"task": task["task"], "status": "COMPLETED"} == sandbox.apply(FinishTask(task=task["task"]))
    assert 3 == sandbox.places([PIA], OUTBOUND)["step"].item()
    with pytest.raises(Refused, match="task_closed: task 1 is completed"):
        sandbox.apply(FinishTask(task=task["task"]))
    with pytest.raises(InvalidInput, match="task: there is no task number 9"):
        sandbox.apply(FinishTask(task=9))


def test_a_rep_finishes_their_own_tasks_only(sandboxes: Sandboxes) -> None:
    tasks = [RepTask(person=PIA, type="PHONE_CALL", assignee=who) for who in (BO, ANA, None)]
    sandboxes(workspace(tasks=tasks))
    rep, admin = sandboxes(user=BO), sandboxes(user=ANA)
    for number in (2, 3):
        with pytest.raises(NotAllowed, match="finish somebody else's task"):
            rep.apply(FinishTask(task=number))
    rep.apply(FinishTask(task=1))
    admin.apply(FinishTask(task=2))
    assert ["COMPLETED", "COMPLETED", "READY"] == rep.tasks()["status"].tolist()
