"""Taken out and not put in again, and the run ends: the pairs that were begun are finished before anything is given
back; who cannot be put in anywhere is named, and the next run finds them.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.changes import Enroll, OptOut, Unenroll
from models.errors import Unreachable
from models.records import Behaviour, Mailbox
from models.report import Report
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.unify import Unify
from tasks.cancelling import cancel_operation
from tasks.hooks import release
from tasks.operation import Operation
from tasks.restore_settings.lost_runs import expire
from tasks.restore_settings.restoring import debts, give_back_all
from tests.flows.cut_short import cut_short
from tests.flows.house import House, check_report, outcomes
from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.flows.processes import carried_out, handoff, sandbox_of, the_one_under_way
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
    running,
    workspace,
)

__all__ = ["unify", "working"]  # fixtures
TEAM = [PIA, QUIN, RAJ]
IDLE = (Mailbox(email=ANAS_MAILBOX, owner=ANA, daily_limit=0), Mailbox(email=BOS_MAILBOX, owner=BO))
MOVE = {"from_sequence": OUTBOUND, "to_sequence": NURTURE}
QUEUE = {"from_mailbox": ANAS_MAILBOX, "to_mailboxes": [BOS_MAILBOX]}


def active() -> Workspace:
    return workspace(
        people=TEAM, enrollments=[running(email) for email in TEAM], behaviour=Behaviour(C10="unenroll_first")
    )


def queued(c6: str) -> Workspace:
    waiting = [running(email, steps_done=0, started_at=NOW) for email in TEAM]
    return workspace(people=TEAM, mailboxes=IDLE, enrollments=waiting, behaviour=Behaviour(C6=c6))


# The procedure, its workspace, its parameters, the write that takes contacts out, and how many of them it takes.
PAIRS: dict[str, tuple[str, Workspace, dict[str, Any], str, int]] = {
    "sequence-move": ("sequence-move", active(), MOVE, "unenroll", 1),
    "queued-backlog directly": ("queued-backlog", queued("keeps_id"), QUEUE | {"via": "direct"}, "unenroll", 1),
    "queued-backlog that cancels": ("queued-backlog", queued("cancels"), QUEUE, "apply", 3),
}
ENDERS: dict[str, Callable[[Operation], Any]] = {
    "cancelled in the shell": lambda operation: cancel_operation(operation.id),
    "cancelled in Prefect": lambda operation: release(operation, "cancelled", "its run was cancelled"),
    "failed": lambda operation: release(operation, "failed", "the platform was away"),
    "not answered": expire,
    "swept": lambda operation: give_back_all(debts("sandbox")),
}


def begun(house: House, monkeypatch: pytest.MonkeyPatch, name: str, **how: Any) -> Operation:
    procedure, made, parameters, takes_out, _ = PAIRS[name]
    house.load(made)
    return Operation.at_hand(cut_short(house, monkeypatch, procedure, parameters, at=takes_out, **how))


def away(house: House) -> list[str]:
    """Who is in a sequence, from a mailbox, that they were to be brought to."""
    return [
        e.person
        for e in house.sandbox.workspace_record().enrollments
        if e.state in ("queued", "active") and (e.sequence == NURTURE or e.mailbox == BOS_MAILBOX)
    ]


def nowhere(house: House) -> set[str]:
    there = {e.person for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")}
    return set(TEAM) - there


def show(house: House, operation: Operation) -> Report:
    return Report.model_validate_json((Path(operation.row.folder) / "report.json").read_text())


@pytest.mark.rule("R20", "R21", "R27")
@pytest.mark.parametrize("name", PAIRS)
def test_who_was_taken_out_is_put_in_before_a_cancelled_run_gives_back(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    operation = begun(house, monkeypatch, name)
    settings, taken_out = house.settings(), PAIRS[name][4]
    assert taken_out == len(nowhere(house))
    ended = cancel_operation(operation.id)
    assert (taken_out, set(), ()) == (len(away(house)), nowhere(house), ended.next)
    assert {"returned"} >= set(ended.loans.values())
    report = show(house, operation)
    moved = report.counts["enrolled" if name == "sequence-move" else "reassigned"]
    assert ("cancelled", taken_out) == (report.status, moved)
    check_report(report)
    assert settings == house.settings() or ended.loans


@pytest.mark.parametrize("how", [name for name in ENDERS if name != "cancelled in the shell"])
def test_whoever_ends_the_run_puts_them_in_first(house: House, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    operation = begun(house, monkeypatch, "sequence-move")
    if how == "swept":
        house.sandbox.advance(house.sandbox.now() + timedelta(days=1))
    ENDERS[how](operation)
    assert ([PIA], set()) == (away(house), nowhere(house))
    assert "75 DAY" == f"{house.sandbox.workspace_record().rulesets[0].block_reenrollment}"


@pytest.mark.parametrize("name", ["sequence-move", "queued-backlog directly"])
def test_on_unify_they_are_put_in_too(
    unify: UnifyHouse, working: Working, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    working()
    operation = begun(unify, monkeypatch, name, on=Unify)
    assert {PIA} == nowhere(unify)
    cancel_operation(operation.id)
    assert ([PIA], set()) == (away(unify), nowhere(unify))


@pytest.mark.rule("R26")
@pytest.mark.parametrize("name", PAIRS)
def test_who_is_refused_everywhere_is_named_and_the_next_run_finds_them(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    procedure, _, parameters, _, taken_out = PAIRS[name]
    operation = begun(house, monkeypatch, name)
    with monkeypatch.context() as refusing:
        refusing.setattr(
            Sandbox, "enroll", lambda self, contacts: contacts[["email"]].assign(reason="recently_enrolled", step=0)
        )
        [line] = cancel_operation(operation.id).next
    assert taken_out == len(nowhere(house))
    assert all(email in line for email in nowhere(house)) and "in no sequence now" in line
    planned = house.carry_out(procedure, **parameters, dry_run=True)
    assert 3 == planned.counts["enrolled" if procedure == "sequence-move" else "reassigned"]
    assert "left out by an earlier run" in planned.found
    report = house.carry_out(procedure, **parameters)
    check_report(report)
    assert (set(), set(TEAM)) == (nowhere(house), set(away(house)))
    assert "completed" == report.status
    assert 0 == house.carry_out(procedure, **parameters).counts["considered"], "and no run after that one"


def test_where_the_platform_is_away_they_are_named_and_the_next_run_finds_them(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(self: Sandbox, contacts: object) -> None:
        raise Unreachable("the platform does not answer")

    operation = begun(house, monkeypatch, "sequence-move")
    with monkeypatch.context() as unreachable:
        unreachable.setattr(Sandbox, "enroll", is_away)
        release(operation, "cancelled", "its run was cancelled")
    assert any(f"in no sequence now: {PIA}" in line for line in show(house, operation).next)
    house.carry_out("sequence-move", **MOVE)
    assert (set(), set(TEAM)) == (nowhere(house), set(away(house)))


def test_a_failed_run_that_could_not_put_them_in_does_when_it_is_resumed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(self: Sandbox, contacts: object) -> None:
        raise Unreachable("the platform does not answer")

    operation = begun(house, monkeypatch, "sequence-move")
    with monkeypatch.context() as unreachable:
        unreachable.setattr(Sandbox, "enroll", is_away)
        release(operation, "failed", "the platform was away")
    report = house.carry_out("sequence-move", **MOVE, operation=operation.id)
    assert ("completed", set(TEAM)) == (report.status, set(away(house)))


@pytest.mark.parametrize("name", ["sequence-move", "queued-backlog directly"])
def test_who_was_not_taken_out_yet_stays_where_they_are(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    operation = begun(house, monkeypatch, name, before=True)
    assert () == cancel_operation(operation.id).next
    assert ([], set()) == (away(house), nowhere(house))


def test_who_opted_out_or_moved_on_meanwhile_is_not_put_in(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Opted out before they were taken out, or begun and ended elsewhere since: by the history nobody to put in."""
    for meanwhile, before in (
        ((OptOut(person=PIA),), True),
        (
            (Enroll(person=PIA, sequence=OUTBOUND, mailbox=(BOS_MAILBOX,)), Unenroll(person=PIA, sequence=OUTBOUND)),
            False,
        ),
    ):
        operation = begun(house, monkeypatch, "sequence-move", before=before)
        house.sandbox.advance(house.sandbox.now() + timedelta(minutes=10))
        for change in meanwhile:
            house.do(change)
        assert () == cancel_operation(operation.id).next
        assert {PIA} == nowhere(house)
        assert "unchanged" == outcomes(show(house, operation)).at[PIA, "outcome"]
        planned = house.carry_out("sequence-move", **MOVE, dry_run=True)
        assert 2 == planned.counts["considered"]


def test_whom_a_colleague_took_out_is_nobody_that_a_run_left_out(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    operation = begun(house, monkeypatch, "sequence-move")
    house.do(Unenroll(person=RAJ, sequence=OUTBOUND))
    cancel_operation(operation.id)
    assert 1 == house.carry_out("sequence-move", **MOVE, dry_run=True).counts["considered"]


@pytest.mark.slow
def test_cancel_exits_1_and_says_whom_and_a_run_from_the_shell_finds_them(prefect_server: str, tmp_path: Path) -> None:
    sandbox = sandbox_of(tmp_path)
    sandbox.load(active())
    done = carried_out(tmp_path, prefect_server, "sequence-move", MOVE, "after", 3)  # two loans, and one unenrolled
    operation = the_one_under_way(tmp_path, done)
    sandbox.apply(OptOut(person=PIA))
    cancelled = handoff(tmp_path, prefect_server, "cancel", operation, "--json")
    assert 1 == cancelled.returncode, cancelled.stderr
    [line] = json.loads(cancelled.stdout)["next"]
    assert f"in no sequence now: {PIA}." in line
    words = ["run", "sequence-move", "--set", f"from_sequence={OUTBOUND}", "--set", f"to_sequence={NURTURE}", "--json"]
    planned = json.loads(handoff(tmp_path, prefect_server, *words).stdout)
    assert (3, 2, {"opted_out": 1}) == (
        planned["counts"]["considered"],
        planned["counts"]["enrolled"],
        planned["reasons"],
    )
