"""What a rep may do, and what only an admin may."""

from datetime import timedelta
from pathlib import Path

import pytest

from models.changes import (
    AddExclusion,
    Bounce,
    Change,
    ChangeMailboxOwner,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    Enroll,
    FinishTask,
    OptOut,
    OutOfOffice,
    PauseEnrollment,
    PauseMailbox,
    PauseSequence,
    PublishPlay,
    ReassignTask,
    Reply,
    RunPlay,
    SetSetting,
    Unenroll,
    UploadAudience,
)
from models.errors import InvalidInput, NotAllowed, Refused
from models.records import ExclusionMatch, Interval, RepTask, SequenceStep, User
from models.workspace import Workspace
from tests.conftest import Sandboxes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    EVERYBODY,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    ended,
    excluding,
    running,
    workspace,
)

ADMINS_ONLY = [
    SetSetting(setting="ruleset:Default:block_reenrollment", value=Interval(value=0)),
    SetSetting(setting="ruleset:Default:allow_same_sequence_reenrollment", value=True),
    SetSetting(setting="exclusion:Customers:exclude_from_sequences", value=False),
    ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO),
    DuplicatePlay(play=PLAY, name="Copy", audience=EVERYBODY),
    RunPlay(play=PLAY),
    PauseMailbox(mailbox=ANAS_MAILBOX, paused=True),
    PublishPlay(play=PLAY, published=True),
    AddExclusion(name="Rivals", match=ExclusionMatch(person_email=(PIA,))),
]


def team_at_work() -> Workspace:
    return workspace(
        people=[PIA, QUIN],
        exclusions=excluding("x@x.test"),
        enrollments=[running(QUIN), ended(PIA, steps_done=0)],
        tasks=[RepTask(person=QUIN, type="PHONE_CALL", assignee=assignee) for assignee in (BO, ANA)],
    )


@pytest.mark.rule("R47", "R48")
@pytest.mark.parametrize("change", ADMINS_ONLY, ids=str)
def test_a_rep_is_refused_what_is_the_admins_and_told_whom_to_ask(sandboxes: Sandboxes, change: Change) -> None:
    sandboxes(team_at_work())
    sandbox = sandboxes(user=BO)
    before = sandbox.dump()
    with pytest.raises(NotAllowed, match=f"needs_admin: {BO} may not .* Ask an admin of the organisation"):
        sandbox.refuse_unless_allowed(type(change))
    with pytest.raises(NotAllowed, match="Ask an admin of the organisation") as refusal:
        sandbox.apply(change)
    assert 2 == refusal.value.exit_code
    assert before == sandbox.dump()


@pytest.mark.rule("R47")
@pytest.mark.parametrize("change", ADMINS_ONLY, ids=str)
def test_an_admin_is_allowed_all_of_it(sandboxes: Sandboxes, change: Change) -> None:
    sandbox = sandboxes(team_at_work(), user=ANA)
    sandbox.refuse_unless_allowed(type(change))
    sandbox.apply(change)


@pytest.mark.rule("R41", "R47")
@pytest.mark.parametrize(
    "change",
    [
        Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)),
        Unenroll(person=QUIN, sequence=OUTBOUND),
        DuplicateSequence(sequence=NURTURE, name="Nurture again"),
        EditSequence(sequence=OUTBOUND, steps=(SequenceStep(), SequenceStep(wait_days=9)), upgrade=True),
        OptOut(person=QUIN),
        ReassignTask(task=1, assignee=ANA),
        FinishTask(task=1),
        PauseEnrollment(person=QUIN, sequence=OUTBOUND),
        PauseSequence(sequence=OUTBOUND, paused=True),
        Reply(person=QUIN),
        Bounce(person=QUIN),
        OutOfOffice(person=QUIN, until=NOW + timedelta(days=3)),
    ],
    ids=str,
)
def test_a_rep_may_do_the_daily_work(sandboxes: Sandboxes, change: Change) -> None:
    sandboxes(team_at_work())
    sandbox = sandboxes(user=BO)
    before = sandbox.dump()
    sandbox.refuse_unless_allowed(type(change))
    sandbox.apply(change)
    assert before != sandbox.dump()


def test_a_rep_may_upload_an_audience(sandboxes: Sandboxes, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(f"email\n{PIA}\n")
    sandboxes(team_at_work())
    assert 1 == sandboxes(user=BO).apply(UploadAudience(name="List", csv=str(tmp_path / "list.csv")))["people"]


def test_a_rep_may_hand_over_their_own_open_tasks_only(sandboxes: Sandboxes) -> None:
    sandboxes(team_at_work())
    sandbox = sandboxes(user=BO)
    with pytest.raises(NotAllowed, match="somebody else's task"):
        sandbox.apply(ReassignTask(task=2, assignee=BO))
    sandbox.apply(ReassignTask(task=1, assignee=ANA))
    with pytest.raises(NotAllowed, match="somebody else's task"):
        sandbox.apply(ReassignTask(task=1, assignee=BO))
    assert [ANA, ANA] == [task["assignee"] for task in sandbox.dump()["tasks"]]


def test_a_task_that_is_closed_or_not_there_is_not_reassigned(sandboxes: Sandboxes) -> None:
    closed = RepTask(person=PIA, type="PHONE_CALL", status="COMPLETED", assignee=ANA)
    sandbox = sandboxes(workspace(tasks=closed))
    with pytest.raises(Refused, match="task_closed: task 1 is completed"):
        sandbox.apply(ReassignTask(task=1, assignee=BO))
    with pytest.raises(InvalidInput, match="task: there is no task number 2"):
        sandbox.apply(ReassignTask(task=2, assignee=BO))


@pytest.mark.rule("R47")
def test_the_first_admin_acts_where_nobody_is_named(sandboxes: Sandboxes) -> None:
    users = [User(email=BO), User(email="cy@acme.test", role="admin"), User(email=ANA, role="admin")]
    assert "cy@acme.test" == sandboxes(workspace(users=users)).acting_user


@pytest.mark.rule("R47")
def test_nobody_may_change_settings_where_there_is_no_admin(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(users=[User(email=BO), User(email=ANA)]))
    assert "nobody" == sandbox.acting_user
    with pytest.raises(NotAllowed, match="needs_admin: nobody may not run play"):
        sandbox.apply(RunPlay(play=PLAY))


def test_a_user_whom_the_workspace_does_not_know_is_refused(sandboxes: Sandboxes) -> None:
    sandboxes(workspace())
    with pytest.raises(InvalidInput, match=f"HANDOFF_USER: there is no user 'anna@acme.test'. Did you mean '{ANA}'"):
        sandboxes(user="anna@acme.test").now()
