"""Dead between the platform's commit and our note of it, and the enrollment has ended before the run is resumed: by
history it is ours, and nobody is enrolled a second time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from models.changes import ChangeMailboxOwner, Enroll, RunPlay, Unenroll
from models.records import Behaviour, Mailbox, Sequence
from models.workspace import Workspace
from platforms.unify.unify import Unify
from tests.flows.cut_short import cut_short
from tests.flows.house import House, check_report, outcomes
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
    STEPS,
    excluding,
    play,
    ruleset,
    running,
    workspace,
)

__all__ = ["unify", "working"]  # fixtures
TEAM = [PIA, QUIN]
IDLE = (Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=0), Mailbox(email=BOS_MAILBOX, owner=BO))
NEW_STEPS = "\n".join(f"- {{type: {step.type}, wait_days: {step.wait_days + 1}}}" for step in STEPS)


@dataclass(frozen=True)
class Case:
    """A procedure that enrolls Pia into a sequence, and the write after which it dies."""

    procedure: str
    workspace: Workspace
    parameters: dict[str, Any]
    at: str = "enroll"
    outcome: str = "enrolled"
    sequence: str = OUTBOUND
    only: Callable[[Any], bool] = lambda what: PIA in set(what["email"])
    also_on_unify: bool = False


def under_way(**own: Any) -> Workspace:
    return workspace(**{"people": TEAM, "enrollments": [running(email, play=PLAY) for email in TEAM], **own})


def queued(c6: str) -> Workspace:
    waiting = [running(email, steps_done=0, started_at=NOW) for email in TEAM]
    return workspace(people=TEAM, mailboxes=IDLE, enrollments=waiting, behaviour=Behaviour(C6=c6))


EXCLUDED = workspace(
    people=TEAM,
    exclusions=(excluding(*TEAM),),
    rulesets=(ruleset(exclusions={"Customers": True}),),
    sequences=(Sequence(name=OUTBOUND, steps=STEPS),),
    plays=(play(published=False),),
)
CHANGED = {"mailbox": ANAS_MAILBOX}
QUEUE = {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]}
BY_CONTACTS = {"exclusion": "Customers", "contacts": f"{PIA}, {QUIN}", "sequence": OUTBOUND, "approve": "all"}
RERUN = BY_CONTACTS | {"hold_until": "enrolled"}
CASES = {
    "ownership-change directly": Case(
        "ownership-change", under_way(), CHANGED | {"via": "direct", "probe": False}, also_on_unify=True
    ),
    "ownership-change, the probe": Case(
        "ownership-change", under_way(), CHANGED | {"via": "direct", "reenrollment_wait_min": 90}
    ),
    "ownership-change by a play": Case(
        "ownership-change",
        under_way(),
        CHANGED | {"probe": False},
        "apply",
        only=lambda what: isinstance(what, RunPlay),
    ),
    "exclusion-rerun by contacts": Case("exclusion-rerun", EXCLUDED, RERUN | {"probe": False}),
    "exclusion-rerun, the probe": Case("exclusion-rerun", EXCLUDED, RERUN | {"exclusion_wait_min": 60}),
    "enroll-contacts": Case(
        "enroll-contacts",
        workspace(people=TEAM),
        {"emails": TEAM, "sequence": OUTBOUND, "mailboxes": [ANAS_MAILBOX]},
        also_on_unify=True,
    ),
    "sequence-move": Case(
        "sequence-move",
        under_way(behaviour=Behaviour(C10="unenroll_first")),
        {"from_sequence": OUTBOUND, "to_sequence": NURTURE},
        sequence=NURTURE,
        also_on_unify=True,
    ),
    "queued-backlog where it cancels": Case("queued-backlog", queued("cancels"), QUEUE, outcome="reassigned"),
    "queued-backlog where it moves in place": Case(
        "queued-backlog", queued("keeps_id"), QUEUE, "apply", outcome="reassigned", only=lambda what: True
    ),
    "queued-backlog directly": Case(
        "queued-backlog",
        queued("keeps_id"),
        QUEUE | {"via": "direct"},
        outcome="reassigned",
        also_on_unify=True,
    ),
    "version-upgrade": Case(
        "version-upgrade",
        under_way(),
        {"sequence": OUTBOUND, "steps": NEW_STEPS},
        "apply",
        outcome="upgraded",
        only=lambda what: True,
    ),
}


def prepared(house: House, case: Case) -> None:
    house.load(case.workspace)
    if case.procedure == "ownership-change":
        house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))


def in_sequence(house: House, sequence: str) -> list[str]:
    return [row.get("state", "queued") for row in house.enrollments(PIA) if row["sequence"] == sequence]


@pytest.mark.parametrize("name", CASES)
def test_who_was_enrolled_and_taken_out_before_the_run_went_on_is_not_enrolled_again(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    case = CASES[name]
    prepared(house, case)
    ours_and_gone(house, monkeypatch, case, case.parameters)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.also_on_unify])
def test_on_unify_neither(unify: UnifyHouse, working: Working, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    working()
    prepared(unify, CASES[name])
    ours_and_gone(unify, monkeypatch, CASES[name], CASES[name].parameters, on=Unify)


def ours_and_gone(
    house: House, monkeypatch: pytest.MonkeyPatch, case: Case, parameters: dict[str, Any], **how: Any
) -> None:
    left = cut_short(house, monkeypatch, case.procedure, parameters, at=case.at, only=case.only, **how)
    house.sandbox.advance(house.sandbox.now() + timedelta(minutes=10))
    before = in_sequence(house, case.sequence)
    assert before[-1] in ("queued", "active")
    house.do(Unenroll(person=PIA, sequence=case.sequence))
    report = house.carry_out(case.procedure, **parameters, operation=left)
    check_report(report)
    told = outcomes(report).loc[PIA]
    assert (case.outcome, "") == (told["outcome"], told["reasons"])
    assert "ended 2026-11-" in told["detail"] and "cancelled, the platform does not tell why" in told["detail"]
    assert [*before[:-1], "canceled"] == in_sequence(house, case.sequence), "not enrolled again"
    assert case.outcome == outcomes(report).at[QUIN, "outcome"]


def test_what_somebody_began_and_ended_meanwhile_from_another_mailbox_is_left_with_a_notice(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dead before the write: Pia was not enrolled by us, and is not enrolled by us now that somebody else had her."""
    case = CASES["enroll-contacts"]
    house.load(case.workspace)
    left = cut_short(house, monkeypatch, case.procedure, case.parameters, at="enroll", before=True)
    house.sandbox.advance(house.sandbox.now() + timedelta(minutes=10))
    house.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(BOS_MAILBOX,)))
    house.do(Unenroll(person=PIA, sequence=OUTBOUND))
    report = house.carry_out(case.procedure, **case.parameters, operation=left)
    check_report(report)
    told = outcomes(report)
    assert ["unchanged", "enrolled"] == told.loc[[PIA, QUIN], "outcome"].tolist()
    assert (
        f"began in '{OUTBOUND}' at 2026-11-02 09:10 UTC from {BOS_MAILBOX}, not by this run" in told.at[PIA, "detail"]
    )
    assert (1, "completed") == (len(house.enrollments(PIA)), report.status)


@pytest.mark.rule("R49", "R50")
def test_who_was_unenrolled_and_enrolled_by_somebody_since_is_not_unenrolled_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.load(under_way(rulesets=(ruleset(allow_same=True, days=0),)))
    parameters = {"policy": {"No": "unenroll"}, "outcomes": f"email,disposition\n{PIA},No\n{QUIN},No\n"}
    left = cut_short(house, monkeypatch, "call-outcomes", parameters, at="unenroll")
    house.sandbox.advance(house.sandbox.now() + timedelta(minutes=10))
    house.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(BOS_MAILBOX,)))
    report = house.carry_out("call-outcomes", **parameters, operation=left)
    check_report(report)
    assert ["unchanged", "unenrolled"] == outcomes(report).loc[[PIA, QUIN], "outcome"].tolist()
    assert house.place(PIA, OUTBOUND)
