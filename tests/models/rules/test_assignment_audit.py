"""Why a task went to that person: every cause brought about in the sandbox, and then told."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given

from models.changes import (
    Change,
    ChangeMailboxOwner,
    Enroll,
    ReassignTask,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
)
from models.records import (
    Mailbox,
    RepTask,
    Sequence,
    SequenceStep,
    SequenceTaskAssignment,
    TaskAssignment,
    User,
)
from models.rules.assignment_audit import audit
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.examples import often
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
    person,
    play,
    ruleset,
    workspace,
)
from tests.workspaces_strategy import workspaces

CY = "cy@acme.test"
USERS = (User(email=ANA, role="admin"), User(email=BO, role="admin"), User(email=CY, role="admin"))
KEY = "ruleset:Default:task_assignment"
SETTING = "the setting of the ruleset 'Default'"
BY_HAND, BY_PLAY = Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)), RunPlay(play=PLAY)
HAND_OVER = ReassignTask(task=0, assignee=CY)  # Pia's task, whatever its number
COLUMNS = [
    "task",
    "email",
    "type",
    "status",
    "sequence",
    "assignee",
    "expected",
    "put_there_by",
    "rule",
    "remedy",
    "surprising",
]


def team(
    mode: Any = None, user: str | None = None, *, of_ruleset: TaskAssignment | None = None, **sections: Any
) -> Any:
    """Pia, whose play sends from Bo's mailbox of a pool of which Ana's is the first: Quin before her took that one."""
    own = SequenceTaskAssignment(mode=mode, user=user) if mode else None
    defaults = {
        "people": [QUIN, PIA],
        "users": USERS,
        "rulesets": ruleset(task_assignment=of_ruleset or TaskAssignment()),
        "sequences": Sequence(name=OUTBOUND, steps=(SequenceStep(type="PHONE_CALL"),), task_assignment=own),
        "plays": play(mailboxes=(ANAS_MAILBOX, BOS_MAILBOX)),
    }
    return workspace(**(defaults | sections))


def audited(sandbox: Sandbox, *story: Change, then: str | None = None) -> dict[str, Any]:
    """Pia's task after this story; its first change makes her enrollment, and an hour later the task is there."""
    for at, change in enumerate(story):
        if isinstance(change, ReassignTask):
            tasks = sandbox.tasks()
            sandbox.reassign_tasks(tasks[tasks["email"] == PIA], change.assignee)
        else:
            sandbox.apply(change)
        sandbox.advance(NOW + timedelta(hours=1 + at))
    routes = sandbox.task_routes()
    found = audit(routes if then is None else routes.assign(owner_then=then))
    assert COLUMNS == list(found.columns)
    return found[found["email"] == PIA].iloc[0].to_dict()


def told(found: dict[str, Any]) -> tuple[Any, ...]:
    return found["assignee"], found["expected"], found["put_there_by"], found["rule"], found["surprising"]


@pytest.mark.rule("R90")
def test_a_manual_assignment_setting_explains_its_user(sandboxes: Sandboxes) -> None:
    found = audited(sandboxes(team("ASSIGN_TO_USER", CY)), BY_PLAY)
    assert (CY, CY, "the sequence's own setting ASSIGN_TO_USER", "R90", False) == told(found)
    by_ruleset = TaskAssignment(manual="ASSIGN_TO_USER", user=CY)
    found = audited(sandboxes(team(of_ruleset=by_ruleset)), BY_HAND)
    assert (CY, CY, f"{SETTING} ASSIGN_TO_USER", "R90", False) == told(found)
    assert "" == found["remedy"]


@pytest.mark.rule("R91", "R85")
def test_a_pool_gives_tasks_to_the_first_mailboxs_owner_whoever_sends(sandboxes: Sandboxes) -> None:
    found = audited(sandboxes(team()), BY_PLAY)
    cause = f"{SETTING} ASSIGN_TO_MAILBOX_OWNER: the owner of {ANAS_MAILBOX}, whoever sends (R85)"
    assert (ANA, ANA, cause, "R91", False) == told(found)
    assert "ASSIGN_TO_SENDER gives each task to whoever sends" in found["remedy"]


@pytest.mark.rule("R91")
def test_a_record_owner_without_a_mailbox_cannot_send_nor_get_the_tasks_with_it(sandboxes: Sandboxes) -> None:
    sections = {"people": [QUIN, person(PIA, owner=CY)], "plays": play()}
    found = audited(sandboxes(team("ASSIGN_TO_SENDER", **sections)), BY_PLAY)
    assert (ANA, ANA, "the sequence's own setting ASSIGN_TO_SENDER", "R91", False) == told(found)
    assert f"{CY} owns the record and has no mailbox" in found["remedy"]
    with_one = (Mailbox(email=ANAS_MAILBOX, owner=ANA), Mailbox(email="cy@send.acme.test", owner=CY))
    assert "" == audited(sandboxes(team("ASSIGN_TO_SENDER", mailboxes=with_one, **sections)), BY_PLAY)["remedy"]


@pytest.mark.rule("R92")
@pytest.mark.parametrize(
    ("change", "what"),
    [
        (SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_USER", user=CY), "the sequence's own setting"),
        (
            SetSetting(setting=KEY, value=TaskAssignment(automatic="ASSIGN_TO_USER", user=CY)),
            SETTING,
        ),
    ],
)
def test_a_setting_changed_after_enrollment_does_not_act_on_it(sandboxes: Sandboxes, change: Any, what: str) -> None:
    found = audited(sandboxes(team()), BY_PLAY, change)
    assert (ANA, CY, f"{what} changed after enrollment; {ANA} owns the first mailbox", "R92", True) == told(found)
    assert "settings act on new enrollments only: reassign the tasks of this one" == found["remedy"]


@pytest.mark.rule("R92", "R83")
def test_a_ruleset_changed_later_says_nothing_where_the_sequences_own_setting_goes_first(sandboxes: Sandboxes) -> None:
    change = SetSetting(setting=KEY, value=TaskAssignment(automatic="ASSIGN_TO_SENDER"))
    found = audited(sandboxes(team("ASSIGN_TO_USER", ANA)), BY_PLAY, change, HAND_OVER)
    assert (CY, ANA, "reassigned by hand", "R71", True) == told(found)


@pytest.mark.rule("R93")
def test_the_enroller_option_follows_who_enrolled(sandboxes: Sandboxes) -> None:
    sandboxes(team(plays=play()))
    found = audited(sandboxes(user=CY), BY_HAND)
    assert (CY, CY, f"{SETTING} ASSIGN_TO_ENROLLER", "R93", False) == told(found)
    found = audited(sandboxes(team("ASSIGN_TO_ENROLLER", plays=play()), user=CY), BY_PLAY)
    cause = "the sequence's own setting ASSIGN_TO_ENROLLER: a play enrolled, hence the mailbox's owner"
    assert (ANA, ANA, cause, "R93", False) == told(found)


@pytest.mark.rule("R71")
@pytest.mark.parametrize(
    ("mode", "enrolled", "expected"),
    [
        ("ASSIGN_TO_USER", BY_PLAY, BO),
        ("ASSIGN_TO_ENROLLER", BY_HAND, ANA),
    ],
)
def test_what_no_setting_and_no_fact_explains_was_reassigned_by_hand(
    sandboxes: Sandboxes, mode: str, enrolled: Change, expected: str
) -> None:
    found = audited(sandboxes(team(mode, BO)), enrolled, HAND_OVER)
    assert (CY, expected, "reassigned by hand", "R71", True) == told(found)
    assert "later tasks of this enrollment go where they went before" in found["remedy"]


@pytest.mark.rule("R91", "R84", "R95")
def test_a_mailbox_that_changed_hands_leaves_its_owner_at_enrollment_with_the_tasks(sandboxes: Sandboxes) -> None:
    story = (BY_PLAY, ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=CY))
    doubtful = audited(sandboxes(team()), *story)
    assert (ANA, CY, "mailbox owner at enrollment, or reassigned by hand", "R91", True) == told(doubtful)
    assert "choose assignees by role" in doubtful["remedy"]
    proved = audited(sandboxes(team()), *story, then=ANA)
    assert f"mailbox owner at enrollment: {ANAS_MAILBOX} changed hands" == proved["put_there_by"]
    otherwise = audited(sandboxes(team()), BY_PLAY, HAND_OVER, then=ANA)
    assert "reassigned by hand" == otherwise["put_there_by"]


@pytest.mark.rule("R86", "R88")
def test_facts_that_were_others_when_the_task_was_made_are_told_as_possible(sandboxes: Sandboxes) -> None:
    found = audited(sandboxes(team("ASSIGN_TO_SENDER")), BY_PLAY, HAND_OVER)
    assert (CY, BO, "the sender when the task was made, or reassigned by hand", "R91", True) == told(found)
    people = [QUIN, person(PIA, owner=BO)]
    found = audited(sandboxes(team("ASSIGN_TO_RECORD_OWNER", people=people)), BY_PLAY, HAND_OVER)
    assert (CY, BO, "the record's owner when the task was made, or reassigned by hand", "R88", True) == told(found)


@pytest.mark.rule("R88", "R91")
def test_nobodys_tasks_are_told_with_what_would_give_them_somebody(sandboxes: Sandboxes) -> None:
    found = audited(sandboxes(team("ASSIGN_TO_RECORD_OWNER")), BY_PLAY)
    cause = "the sequence's own setting ASSIGN_TO_RECORD_OWNER: nobody owns the record"
    assert (None, None, cause, "R88", True) == told(found)
    assert f"give {PIA} or its company an owner, and assign this task by hand" == found["remedy"]
    mailboxes = [Mailbox(email=ANAS_MAILBOX), Mailbox(email=BOS_MAILBOX)]
    found = audited(sandboxes(team(mailboxes=mailboxes)), BY_PLAY)
    cause = f"{SETTING} ASSIGN_TO_MAILBOX_OWNER: nobody owns {ANAS_MAILBOX}"
    assert (None, None, cause, "R91", True) == told(found)


@pytest.mark.rule("R71")
def test_tasks_that_are_linked_to_no_enrollment_are_explained_by_no_setting(sandboxes: Sandboxes) -> None:
    tasks = [RepTask(person=PIA, type="ACTION_ITEM", assignee=assignee) for assignee in (BO, None)]
    found = audit(sandboxes(team(tasks=tasks)).task_routes())
    assert [False, True] == found["surprising"].tolist()
    assert [
        "linked to no enrollment that shows: whoever made or reassigned it",
        "linked to no enrollment that shows, and given to nobody",
    ] == (found["put_there_by"].tolist())
    assert 0 == len(audit(sandboxes(team()).task_routes()))


@pytest.mark.slow
@pytest.mark.rule("R90", "R91", "R92", "R93")
def test_every_task_of_random_workspaces_is_explained_and_surprising_only_with_a_remedy(tmp_path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'random.db'}")
    rules: set[str] = set()

    @often(40, thorough=150)
    @given(workspaces())
    def check(drawn: Workspace) -> None:
        sandbox.load(drawn)
        sandbox.advance(drawn.now + timedelta(days=6))
        routes = sandbox.task_routes()
        found = audit(routes)
        assert sandbox.tasks()["task"].tolist() == found["task"].tolist()
        assert found["put_there_by"].ne("").all()
        assert found.loc[found["surprising"], "remedy"].ne("").all()
        rules.update(found["rule"])

    check()
    assert {"R71", "R88", "R90", "R91", "R92", "R93"} == rules
