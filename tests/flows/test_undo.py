"""`undo`: what an operation did is taken back, as far as it can be; what people did since stays."""

from typing import Any

import pandas as pd
import pytest

from models.changes import (
    ChangeMailboxOwner,
    Enroll,
    PauseEnrollment,
    ReassignTask,
    Reply,
    SetTaskAssignment,
    Unenroll,
)
from models.errors import InvalidInput
from models.records import Behaviour, RepTask
from models.report import Report
from models.workspace import Workspace
from reports.headline import headline
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    running,
    workspace,
)

TASKS = tuple(RepTask(person=who, type="PHONE_CALL", assignee=ANA) for who in (PIA, PIA, QUIN))


def undo(house: House, report: Report, **parameters: Any) -> Report:
    undone = house.carry_out("undo", undone=report.operation_id, **parameters)
    check_report(undone)
    return undone


def as_it_runs(house: House) -> dict[str, tuple[Any, ...]]:
    """Who runs where, from which mailbox, and whether paused; time goes on, and steps are done."""
    frames = list(house.sandbox.running(1_000))
    rows = pd.concat(frames)[["email", "sequence", "mailbox", "paused"]] if frames else pd.DataFrame()
    return {row[0]: tuple(row[1:]) for row in rows.itertuples(index=False, name=None)}


def team_state(house: House) -> dict[str, Any]:
    """Everything that has to be as it was: settings, who runs, tasks, who gets them, audiences, plays, sequences."""
    dump, sandbox = house.sandbox.workspace_record(), house.sandbox
    return {
        "settings": house.settings(),
        "running": as_it_runs(house),
        "tasks": [(task.person, task.assignee, task.status) for task in dump.tasks if not task.sequence],
        "assignment": sandbox.assignment()[["sequence", "own_mode", "own_user"]].fillna("").to_numpy().tolist(),
        "plays": sandbox.plays()["play"].tolist(),
        "audiences": [audience.name for audience in dump.audiences],
        "sequences": sandbox.sequences()["sequence"].tolist(),
        "steps": {name: sandbox.steps(name).to_numpy().tolist() for name in sandbox.sequences()["sequence"]},
    }


def fallen(house: House) -> None:
    house.load_and_change_owner(
        workspace(people=[PIA, QUIN, RAJ], enrollments=[running(PIA, play=PLAY), running(QUIN, steps_done=2)])
    )


CASES: dict[str, tuple[str, Workspace, dict[str, Any]]] = {
    "enroll-contacts": (
        "enroll-contacts",
        workspace(people=[PIA, QUIN]),
        {"emails": [PIA, QUIN], "sequence": OUTBOUND, "mailboxes": [ANAS_MAILBOX]},
    ),
    "sequence-move, first out": (
        "sequence-move",
        workspace(
            people=[PIA, QUIN],
            behaviour=Behaviour(C10="unenroll_first"),
            enrollments=[running(PIA), running(QUIN, steps_done=2)],
        ),
        {"from_sequence": OUTBOUND, "to_sequence": NURTURE},
    ),
    "sequence-move, by a play": (
        "sequence-move",
        workspace(people=[PIA, QUIN], enrollments=[running(PIA, play=PLAY), running(QUIN, play=PLAY, steps_done=0)]),
        {"from_sequence": OUTBOUND, "to_sequence": NURTURE, "send_from": [BOS_MAILBOX]},
    ),
    "queued-backlog": (
        "queued-backlog",
        workspace(people=[PIA, QUIN], enrollments=[running(PIA, state="queued", steps_done=0), running(QUIN)]),
        {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]},
    ),
    "queued-backlog, directly": (
        "queued-backlog",
        workspace(people=[PIA], enrollments=[running(PIA, state="queued", steps_done=0)]),
        {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX], "via": "direct"},
    ),
    "call-outcomes": (
        "call-outcomes",
        workspace(people=[PIA, QUIN], enrollments=[running(PIA), running(QUIN)]),
        {"policy": {"Wrong number": "unenroll"}, "outcomes": f"email,disposition\n{PIA},Wrong number"},
    ),
    "task-reassignment": (
        "task-reassignment",
        workspace(people=[PIA, QUIN], tasks=TASKS),
        {"from_user": ANA, "to_user": BO},
    ),
    "task-assignment-audit": (
        "task-assignment-audit",
        workspace(people=[PIA]),
        {"assign_mode": "ASSIGN_TO_USER", "assign_user": BO, "critical_sequences": [OUTBOUND, NURTURE]},
    ),
    "version-upgrade": (
        "version-upgrade",
        workspace(people=[PIA], enrollments=[running(PIA)]),
        {"sequence": OUTBOUND, "steps": "- {}\n- {type: ACTION_ITEM, wait_days: 2}"},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_afterwards_everything_is_as_it_was(house: House, case: str) -> None:
    procedure, team, parameters = CASES[case]
    house.load(team)
    before = team_state(house)
    report = house.carry_out(procedure, **parameters)
    assert before != team_state(house)
    undone = undo(house, report)
    assert ("completed", ()) == (undone.status, undone.next)
    assert before == team_state(house)


@pytest.mark.parametrize("restart", [False, True])
def test_who_was_put_back_after_a_change_of_owner_is_taken_out_and_the_copies_go(house: House, restart: bool) -> None:
    fallen(house)
    before = team_state(house)
    report = house.run(restart=restart)
    assert 2 == report.counts["enrolled"]
    undone = undo(house, report)
    assert ("completed", 2) == (undone.status, undone.counts["unenrolled"])
    about = f"Ownership-change {ANAS_MAILBOX}"
    assert f"{about}, 2 of 2 contacts were taken back." == headline(undone)
    assert before == team_state(house)


def test_whom_an_undo_took_out_can_be_put_back_again(house: House) -> None:
    fallen(house)
    undo(house, house.run())
    assert 2 == house.run().counts["enrolled"]


def test_undoing_twice_changes_nothing(house: House) -> None:
    fallen(house)
    report = house.run()
    undo(house, report)
    before = team_state(house)
    again = undo(house, report)
    assert ("completed", 2) == (again.status, again.counts["unchanged"])
    assert before == team_state(house)


def test_a_dry_run_says_what_would_be_taken_back_and_changes_nothing(house: House) -> None:
    fallen(house)
    report = house.run()
    before = team_state(house)
    planned = undo(house, report, dry_run=True)
    assert ("planned", 2) == (planned.status, planned.counts["unenrolled"])
    assert before == team_state(house)


def test_what_people_did_since_stays(house: House) -> None:
    house.load(workspace(people=[PIA, QUIN, RAJ, SUE]))
    everybody = [PIA, QUIN, RAJ, SUE]
    report = house.carry_out("enroll-contacts", emails=everybody, sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX])
    house.do(PauseEnrollment(person=PIA, sequence=OUTBOUND))
    house.do(Reply(person=QUIN))
    house.do(Unenroll(person=RAJ, sequence=OUTBOUND))
    house.do(Enroll(person=RAJ, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    undone = undo(house, report)
    became = outcomes(undone)
    assert {PIA: "blocked", QUIN: "unchanged", RAJ: "unchanged", SUE: "unenrolled"} == became["outcome"].to_dict()
    assert ("superseded", "was paused since") == (became.loc[PIA, "reasons"], became.loc[PIA, "detail"])
    assert {PIA: OUTBOUND, RAJ: NURTURE} == {who: where[0] for who, where in as_it_runs(house).items()}


def test_who_was_sent_an_email_stays_and_the_report_says_so(house: House) -> None:
    house.load(workspace(people=[PIA]))
    report = house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX])
    house.sandbox.advance(house.sandbox.now() + pd.Timedelta(days=2))
    undone = undo(house, report)
    assert "email_sent" == outcomes(undone).loc[PIA, "reasons"]
    assert any("an email was sent since" in line for line in undone.plan)
    assert OUTBOUND == as_it_runs(house)[PIA][0]


def test_a_task_that_somebody_gave_on_stays_with_whom_it_is(house: House) -> None:
    house.load(workspace(people=[PIA, QUIN], tasks=TASKS))
    report = house.carry_out("task-reassignment", from_user=ANA, to_user=BO)
    house.do(ReassignTask(task=1, assignee=ANA))  # one of Pia's two
    undone = undo(house, report)
    assert (2, 1) == (undone.counts["reassigned"], undone.counts["blocked"])
    assert [ANA] * 3 == [task.assignee for task in house.sandbox.workspace_record().tasks]


def test_an_assignment_that_was_changed_since_is_left(house: House) -> None:
    house.load(workspace(people=[PIA]))
    audit = {"assign_mode": "ASSIGN_TO_USER", "assign_user": BO, "critical_sequences": [OUTBOUND]}
    report = house.carry_out("task-assignment-audit", **audit)
    house.do(SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_SENDER"))
    undone = undo(house, report)
    assert any("was changed since: left so" in line for line in undone.plan)
    assert "ASSIGN_TO_SENDER" == house.sandbox.assignment().set_index("sequence").loc[OUTBOUND, "own_mode"]


def test_a_copy_of_a_sequence_in_which_somebody_else_runs_stays(house: House) -> None:
    fallen(house)
    report = house.run(restart=True)
    [copy] = [name for name in house.sandbox.sequences()["sequence"] if "restart" in name]
    house.do(Enroll(person=RAJ, sequence=copy, mailbox=(BOS_MAILBOX,)))
    undone = undo(house, report)
    assert any(f"the sequence '{copy}' stays: {RAJ} run in it" in line for line in undone.plan)
    assert copy in set(house.sandbox.sequences()["sequence"])


@pytest.mark.parametrize(
    ("procedure", "parameters", "problem"),
    [
        ("enrollment-diagnosis", {"play": PLAY}, "changed nothing"),
        ("nightly-remediation", {}, "is a night"),
    ],
)
def test_what_left_nothing_to_undo_is_refused(
    house: House, procedure: str, parameters: dict[str, Any], problem: str
) -> None:
    fallen(house)
    report = house.carry_out(procedure, **parameters)
    with pytest.raises(InvalidInput, match=problem):
        undo(house, report)


def test_a_night_names_what_it_started(house: House) -> None:
    house.load(workspace(people=[PIA], enrollments=[running(PIA)]))
    house.carry_out("nightly-remediation")
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    night = house.carry_out("nightly-remediation")
    [started] = [row.id for row in _operations(house) if row.procedure == "ownership-change"]
    with pytest.raises(InvalidInput) as refused:
        undo(house, night)
    assert f"`handoff undo {started}`" == refused.value.remedy


def _operations(house: House) -> list[Any]:
    from journal import operations

    return list(operations.past(house.journal))


def test_a_dry_run_and_an_unknown_operation_are_refused(house: House) -> None:
    fallen(house)
    with pytest.raises(InvalidInput, match="changed nothing"):
        undo(house, house.run(dry_run=True))
    with pytest.raises(InvalidInput, match="there is no operation '2026'"):
        house.carry_out("undo", undone="2026")


def test_the_steps_come_back_as_they_were(house: House) -> None:
    house.load(workspace(people=[PIA]))
    steps = house.sandbox.steps(OUTBOUND)
    report = house.carry_out("version-upgrade", sequence=OUTBOUND, steps="- {}")
    undo(house, report)
    assert steps.equals(house.sandbox.steps(OUTBOUND))
