"""Who gets a task: settled when somebody is enrolled, and kept for as long as that enrollment runs."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.changes import ChangeMailboxOwner, Enroll, ReassignQueued, RunPlay, SetSetting, SetTaskAssignment
from models.records import (
    Company,
    Enrollment,
    EnrollmentTaskAssignment,
    Mailbox,
    Sequence,
    SequenceStep,
    SequenceTaskAssignment,
    TaskAssignment,
    User,
)
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.conftest import Sandboxes
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
    days_ago,
    person,
    play,
    ruleset,
    running,
    workspace,
)
from tests.workspaces import PLAY as PLAY_NAME

CY = "cy@acme.test"
USERS = (User(email=ANA, role="admin"), User(email=BO, role="rep"), User(email=CY, role="rep"))
POOL = (ANAS_MAILBOX, BOS_MAILBOX)
OF_RULESET = "ruleset:Default:task_assignment"
PLAY = RunPlay(play=PLAY_NAME)


def team(
    *,
    own: SequenceTaskAssignment | None = None,
    of_ruleset: TaskAssignment | None = None,
    pool: Any = POOL,
    **sections: Any,
) -> Workspace:
    """A team of three whose sequence is one call a week; its play sends from a pool, first from Ana's mailbox."""
    calls = tuple(SequenceStep(type="PHONE_CALL", wait_days=7) for _ in range(3))
    defaults: dict[str, Any] = {
        "people": [PIA, QUIN, RAJ],
        "users": USERS,
        "plays": play(mailboxes=pool),
        "sequences": [Sequence(name=name, steps=calls, task_assignment=own) for name in (OUTBOUND, NURTURE)],
        "rulesets": ruleset(task_assignment=of_ruleset or TaskAssignment()),
    }
    return workspace(**(defaults | sections))


def mode(name: str, user: str | None = None) -> SequenceTaskAssignment:
    return SequenceTaskAssignment(mode=name, user=user)  # type: ignore[arg-type]


def tasks_made(sandbox: Sandbox, **passed: float) -> dict[str, list[str | None]]:
    """Whose the tasks of each contact are, in the order in which they came up, after so much time."""
    sandbox.advance(sandbox.now() + timedelta(**passed))
    found: dict[str, list[str | None]] = {}
    for task in sandbox.workspace_record().tasks:
        found.setdefault(task.person, []).append(task.assignee)
    return found


def by_hand(email: str, *mailboxes: str) -> Enroll:
    return Enroll(person=email, sequence=OUTBOUND, mailbox=mailboxes or (ANAS_MAILBOX,))


@pytest.mark.rule("R83", "R87", "R88")
@pytest.mark.parametrize(
    ("own", "of_ruleset", "hand", "expected"),
    [
        (None, {}, True, BO),
        (None, {}, False, ANA),
        (None, {"manual": "ASSIGN_TO_MAILBOX_OWNER"}, True, ANA),
        (None, {"automatic": "ASSIGN_TO_USER", "user": CY}, False, CY),
        (None, {"automatic": "ASSIGN_TO_USER", "user": CY}, True, BO),
        (None, {"automatic": "ASSIGN_TO_RECORD_OWNER"}, False, CY),
        (("ASSIGN_TO_SENDER",), {}, True, ANA),
        (("ASSIGN_TO_USER", BO), {}, False, BO),
        (("ASSIGN_TO_MAILBOX_OWNER",), {"automatic": "ASSIGN_TO_USER", "user": CY}, False, ANA),
    ],
)
def test_a_task_goes_to_whom_the_sequence_else_the_ruleset_says(
    sandboxes: Sandboxes, own: tuple[str, ...] | None, of_ruleset: dict[str, Any], hand: bool, expected: str
) -> None:
    sandboxes(
        team(
            people=[person(PIA, owner=CY)],
            own=mode(*own) if own else None,
            of_ruleset=TaskAssignment(**of_ruleset),
            pool=(ANAS_MAILBOX,),
        )
    )
    sandboxes(user=BO).apply(by_hand(PIA)) if hand else sandboxes().apply(PLAY)
    assert {PIA: [expected]} == tasks_made(sandboxes(), hours=1)


@pytest.mark.rule("R84", "R85")
def test_the_mailbox_owner_is_the_first_mailboxs_whoever_of_the_pool_sends(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team())
    sandbox.apply(PLAY)
    assert {PIA: ANAS_MAILBOX, QUIN: BOS_MAILBOX, RAJ: ANAS_MAILBOX} == senders(sandbox)
    assert {PIA: [ANA], QUIN: [ANA], RAJ: [ANA]} == tasks_made(sandbox, hours=1)


def senders(sandbox: Sandbox) -> dict[str, str]:
    return {e.person: e.mailbox for e in sandbox.workspace_record().enrollments}


@pytest.mark.rule("R84", "R1")
def test_the_mailbox_owner_at_enrollment_keeps_the_tasks_when_the_mailbox_changes_hands(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team())
    sandbox.apply(PLAY)
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=CY))
    assert {QUIN: [ANA, ANA]} == tasks_made(sandbox, days=9)  # who ran from Ana's mailbox fell out


@pytest.mark.rule("R86")
def test_the_sender_is_whoever_owns_the_mailbox_that_sends_when_the_task_is_made(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(of_ruleset=TaskAssignment(automatic="ASSIGN_TO_SENDER")))
    sandbox.apply(PLAY)
    sandbox.apply(ReassignQueued(sequence=OUTBOUND, from_mailbox=ANAS_MAILBOX, to_mailboxes=(BOS_MAILBOX,)))
    assert {PIA: [BO], QUIN: [BO], RAJ: [BO]} == tasks_made(sandbox, hours=1)


@pytest.mark.rule("R87", "R93")
def test_the_enrollers_tasks_are_theirs_whoever_owns_mailbox_and_record(sandboxes: Sandboxes) -> None:
    sandboxes(team(own=mode("ASSIGN_TO_ENROLLER"), people=[person(PIA, owner=ANA), QUIN]))
    sandboxes(user=CY).apply(by_hand(PIA))
    sandboxes().apply(PLAY)
    assert {PIA: [CY], QUIN: [ANA]} == tasks_made(sandboxes(), hours=1)  # whom a play enrolled nobody did by hand


@pytest.mark.rule("R88")
def test_the_record_owner_is_the_contacts_else_the_companys_else_nobody(sandboxes: Sandboxes) -> None:
    people = [person(PIA, owner=BO, company_domain="x.test"), person(QUIN, company_domain="x.test"), person(RAJ)]
    sandbox = sandboxes(
        team(
            people=people,
            companies=Company(domain="x.test", owner=CY),
            own=mode("ASSIGN_TO_RECORD_OWNER"),
        )
    )
    sandbox.apply(PLAY)
    assert {PIA: [BO], QUIN: [CY], RAJ: [None]} == tasks_made(sandbox, hours=1)


@pytest.mark.rule("R92", "R83")
@pytest.mark.parametrize(
    "change",
    [
        SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_USER", user=CY),
        SetSetting(
            setting=OF_RULESET, value=TaskAssignment(automatic="ASSIGN_TO_USER", manual="ASSIGN_TO_USER", user=CY)
        ),
    ],
    ids=["the sequence's own", "the ruleset's"],
)
def test_a_changed_setting_acts_on_new_enrollments_only(sandboxes: Sandboxes, change: Any) -> None:
    sandbox = sandboxes(team())
    sandbox.apply(by_hand(PIA))
    assert {PIA: [ANA]} == tasks_made(sandbox, hours=1)
    sandbox.apply(change)
    sandbox.apply(by_hand(QUIN))
    assert {PIA: [ANA, ANA], QUIN: [CY, CY]} == tasks_made(sandbox, days=9)


@pytest.mark.rule("R92", "R83")
def test_switching_the_sequences_own_setting_off_changes_nothing_for_who_runs(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(own=mode("ASSIGN_TO_USER", CY)))
    sandbox.apply(by_hand(PIA))
    assert {"sequence": OUTBOUND, "task_assignment": None} == sandbox.apply(SetTaskAssignment(sequence=OUTBOUND))
    sandbox.apply(by_hand(QUIN))
    assert {PIA: [CY], QUIN: [ANA]} == tasks_made(sandbox, hours=1)


def test_of_several_mailboxes_named_by_hand_the_first_ones_owner_counts_though_it_is_paused(
    sandboxes: Sandboxes,
) -> None:
    mailboxes = [Mailbox(email=ANAS_MAILBOX, owner=ANA, paused=True), Mailbox(email=BOS_MAILBOX, owner=BO)]
    sandbox = sandboxes(team(mailboxes=mailboxes, own=mode("ASSIGN_TO_MAILBOX_OWNER")))
    sandbox.apply(by_hand(PIA, ANAS_MAILBOX, BOS_MAILBOX))
    assert {PIA: BOS_MAILBOX} == senders(sandbox)
    assert {PIA: [ANA]} == tasks_made(sandbox, hours=1)


def test_tasks_of_a_mailbox_that_nobody_owns_are_nobodys(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team(mailboxes=[Mailbox(email=ANAS_MAILBOX), Mailbox(email=BOS_MAILBOX, owner=BO)]))
    sandbox.apply(PLAY)
    assert {PIA: [None], QUIN: [None], RAJ: [None]} == tasks_made(sandbox, hours=1)


@pytest.mark.rule("R92")
def test_when_a_setting_was_changed_is_told_and_setting_it_to_what_it_is_changes_nothing(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team())
    own = SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_SENDER")
    of_ruleset = SetSetting(setting=OF_RULESET, value=TaskAssignment(automatic="ASSIGN_TO_SENDER"))
    assert (None, None, None) == set_at(sandbox)
    sandbox.apply(own)
    sandbox.advance(NOW + timedelta(hours=1))
    for change in (own, of_ruleset):
        sandbox.apply(change)
    sandbox.advance(NOW + timedelta(hours=2))
    for change in (own, of_ruleset, SetTaskAssignment(sequence=NURTURE)):
        sandbox.apply(change)
    assert (NOW, None, NOW + timedelta(hours=1)) == set_at(sandbox)


def set_at(sandbox: Sandbox) -> tuple[Any, ...]:
    record = sandbox.workspace_record()
    return (
        *(sequence.task_assignment_set_at for sequence in record.sequences),
        record.rulesets[0].task_assignment_set_at,
    )


@pytest.mark.rule("R92")
def test_what_an_enrollment_keeps_survives_a_dump(sandboxes: Sandboxes, tmp_path: Path) -> None:
    first, second = sandboxes(team(), name="first"), sandboxes(name="second")
    first.apply(PLAY)
    first.apply(SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_USER", user=CY))
    first.apply(ChangeMailboxOwner(mailbox=BOS_MAILBOX, owner=CY))
    write_workspace(first.dump(), tmp_path / "left.yaml")
    second.load(*read_workspace(tmp_path / "left.yaml"))
    assert first.dump() == second.dump()
    assert {PIA: [ANA, ANA], RAJ: [ANA, ANA]} == tasks_made(first, days=9) == tasks_made(second, days=9)


@pytest.mark.rule("R92")
def test_a_file_that_says_nothing_gives_what_runs_the_settings_of_now_and_says_nothing_when_dumped(
    sandboxes: Sandboxes,
) -> None:
    enrollments = [running(PIA, play=PLAY_NAME, mailbox=BOS_MAILBOX), running(QUIN, enrolled_by=BO), running(RAJ)]
    sandbox = sandboxes(team(enrollments=enrollments))
    assert [False] * 3 == ["task_assignment" in enrollment for enrollment in sandbox.dump()["enrollments"]]
    # By the play its first mailbox's owner, by hand whoever enrolled, and the mailbox's owner where nobody knows who.
    assert {PIA: [ANA], QUIN: [BO], RAJ: [ANA]} == tasks_made(sandbox, days=8)


@pytest.mark.rule("R92")
def test_a_file_may_say_what_an_enrollment_keeps(sandboxes: Sandboxes) -> None:
    def kept(email: str, name: str, user: str | None) -> Enrollment:
        assignment = EnrollmentTaskAssignment(mode=name, user=user)  # type: ignore[arg-type]
        return running(email, task_assignment=assignment, started_at=days_ago(8))

    sandbox = sandboxes(
        team(
            enrollments=[
                kept(PIA, "ASSIGN_TO_MAILBOX_OWNER", CY),
                kept(QUIN, "ASSIGN_TO_SENDER", None),
                kept(RAJ, "ASSIGN_TO_ENROLLER", None),
            ]
        )
    )
    assert {PIA: [CY], QUIN: [ANA], RAJ: [None]} == tasks_made(sandbox, hours=1)
