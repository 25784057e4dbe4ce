"""Every procedure on Unify, through its API and with the steps by hand done, ends as it does on the sandbox itself."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from models.changes import ChangeMailboxOwner
from models.records import Behaviour, Mailbox, RepTask, Sequence, SequenceStep
from models.report import Report
from models.workspace import Workspace
from tests.flows.house import House, check_report
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NOW,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    STEPS,
    SUE,
    ended,
    excluding,
    person,
    play,
    ruleset,
    running,
    workspace,
)

__all__ = ["unify", "working"]  # fixtures
TEAM = (PIA, QUIN, RAJ)
IDLE = Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=0)  # what is queued there stays queued
NEW_STEPS = "\n".join(f"- {{type: {step.type}, wait_days: {step.wait_days + 1}}}" for step in STEPS)


@dataclass(frozen=True)
class Case:
    """A procedure, the workspace it is run in, and what is done there before; `counts` is what comes of it."""

    procedure: str
    workspace: Workspace
    parameters: dict[str, Any]
    counts: dict[str, int]
    before: Callable[[House], Any] = lambda house: None
    only_on_sandbox: dict[str, Any] = field(default_factory=dict)


def fallen_out() -> Workspace:
    opted_out = person(SUE, opted_out=True)
    return workspace(
        people=(*TEAM, opted_out), enrollments=[running(email, play=PLAY) for email in TEAM] + [ended(SUE)]
    )


def change_owner(house: House) -> None:
    house.plan()
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))


def excluded() -> Workspace:
    return workspace(
        people=TEAM,
        exclusions=[excluding(PIA, QUIN)],
        rulesets=[ruleset(exclusions={"Customers": True})],
        plays=[play(published=False)],
        sequences=[Sequence(name=OUTBOUND, steps=(SequenceStep(),))],
    )


def queued() -> Workspace:
    waiting = [running(email, steps_done=0, started_at=NOW) for email in TEAM]
    boxes = (IDLE, Mailbox(email=BOS_MAILBOX, owner=BO))
    return workspace(people=(*TEAM, SUE), mailboxes=boxes, enrollments=[*waiting, running(SUE)])


def with_tasks() -> Workspace:
    tasks = [RepTask(person=email, type="PHONE_CALL", assignee=ANA, sequence=OUTBOUND) for email in TEAM]
    return workspace(people=TEAM, tasks=tasks, enrollments=[running(email) for email in TEAM])


RUNNING = [running(email) for email in TEAM]
EXCLUDED = {
    "exclusion": "Customers",
    "contacts": f"{PIA}\n{QUIN}",
    "sequence": OUTBOUND,
    "approve": "all",
    "send_from": [ANAS_MAILBOX],
}
BACKLOG = {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]}
CASES = {
    "ownership-change, directly": Case(
        "ownership-change", fallen_out(), {"mailbox": ANAS_MAILBOX, "via": "direct"}, {"enrolled": 3}, change_owner
    ),
    "ownership-change, by a play": Case(
        "ownership-change", fallen_out(), {"mailbox": ANAS_MAILBOX, "via": "play"}, {"enrolled": 3}, change_owner
    ),
    "ownership-change, from the start": Case(
        "ownership-change",
        fallen_out(),
        {"mailbox": ANAS_MAILBOX, "via": "direct", "restart": True},
        {"enrolled": 3},
        change_owner,
    ),
    "exclusion-rerun": Case("exclusion-rerun", excluded(), EXCLUDED, {"enrolled": 2}),
    "queued-backlog, directly": Case(
        "queued-backlog", queued(), BACKLOG | {"via": "direct"}, {"reassigned": 3, "manual": 0}
    ),
    "queued-backlog, by the backlog": Case(
        "queued-backlog", queued(), BACKLOG | {"via": "backlog"}, {"reassigned": 3, "manual": 0}
    ),
    "task-reassignment": Case("task-reassignment", with_tasks(), {"from_user": ANA, "to_user": BO}, {"reassigned": 3}),
    "sequence-move": Case(
        "sequence-move",
        workspace(people=TEAM, enrollments=RUNNING, behaviour=Behaviour(C10="unenroll_first")),
        {"from_sequence": OUTBOUND, "to_sequence": NURTURE, "waiting_days": 0},
        {"enrolled": 3},
    ),
    "version-upgrade": Case(
        "version-upgrade",
        workspace(people=TEAM, enrollments=RUNNING),
        {"sequence": OUTBOUND, "steps": NEW_STEPS},
        {"upgraded": 3},
    ),
    "call-outcomes": Case(
        "call-outcomes",
        workspace(people=TEAM, enrollments=RUNNING),
        {"outcomes": f"email,disposition\n{PIA},No\n{QUIN},Yes\n", "policy": {"No": "unenroll", "Yes": "keep"}},
        {"unenrolled": 1, "unchanged": 1},
    ),
    "enroll-contacts": Case(
        "enroll-contacts",
        fallen_out(),
        {"emails": [*TEAM, SUE], "sequence": NURTURE, "mailboxes": [ANAS_MAILBOX]},
        {"blocked": 4},
    ),
    "task-assignment-audit": Case(
        "task-assignment-audit",
        with_tasks(),
        {"critical_sequences": [OUTBOUND], "assign_mode": "ASSIGN_TO_USER", "assign_user": BO},
        {"unchanged": 3},
    ),
    "handover-plan": Case("handover-plan", with_tasks(), {"user": ANA, "new_owner": BO}, {}),
    "enrollment-diagnosis": Case(
        "enrollment-diagnosis", fallen_out(), {"sequence": NURTURE, "contacts": "\n".join([*TEAM, SUE])}, {"blocked": 4}
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_it_ends_as_on_the_sandbox(name: str, house: House, unify: UnifyHouse, working: Working) -> None:
    case = CASES[name]
    ends, reports = list[Any](), list[Report]()
    for at in (house, unify):
        at.load(case.workspace)
        case.before(at)
        if at is unify:
            working()
        report = at.carry_out(case.procedure, **case.parameters)
        check_report(report)
        ends.append((by_contact(at), at.settings(), tasks_of(at)))
        reports.append(report)
    assert ends[0] == ends[1]
    direct, through_api = reports
    assert (direct.status, direct.counts) == (through_api.status, through_api.counts), through_api
    for outcome, number in case.counts.items():
        assert number == through_api.counts[outcome], through_api


def by_contact(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """Each contact's enrollments: where, from which mailbox, how far, and how each stands."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in house.sandbox.workspace_record().enrollments:
        told = (row.sequence, row.mailbox, row.state, row.steps_done, row.end_reason)
        found.setdefault(row.person, []).append(told)
    return found


def tasks_of(house: House) -> list[tuple[Any, ...]]:
    return [(task.person, task.type, task.status, task.assignee) for task in house.sandbox.workspace_record().tasks]


def test_the_night_finds_the_same_to_do(house: House, unify: UnifyHouse) -> None:
    plans = []
    for at in (house, unify):
        at.load(fallen_out())
        change_owner(at)
        plans.append(at.carry_out("nightly-remediation", dry_run=True))
    assert plans[0].counts == plans[1].counts
    told = [[line.partition(", operation ")[0] for line in plan.plan] for plan in plans]
    assert told[0] == told[1]


def test_the_night_brings_back_the_same_contacts(house: House, unify: UnifyHouse, working: Working) -> None:
    """The first night takes its record, the second finds the change; a person does what no API can."""
    ends, reports = list[Any](), list[Report]()
    for at in (house, unify):
        at.load(workspace(people=TEAM, enrollments=RUNNING))
        at.carry_out("nightly-remediation")
        change_owner(at)
        if at is unify:
            working()
        reports.append(at.carry_out("nightly-remediation"))
        check_report(reports[-1])
        ends.append((by_contact(at), at.settings(), tasks_of(at)))
    assert ends[0] == ends[1]
    assert [3, 3] == [report.counts["enrolled"] for report in reports], reports
