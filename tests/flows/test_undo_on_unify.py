"""Undo on Unify, through its API and with the steps by hand done: everything is as it was, as on the sandbox."""

from datetime import timedelta
from typing import Any

import pytest

from tests.flows.on_unify import UnifyHouse, Working, unify, working
from tests.flows.test_undo import CASES, fallen, team_state, undo
from tests.workspaces import ANAS_MAILBOX

__all__ = ["unify", "working"]  # fixtures


SHOWN = [case for case in CASES if case != "task-assignment-audit"]


@pytest.mark.parametrize("case", SHOWN)
def test_afterwards_everything_is_as_it_was(unify: UnifyHouse, working: Working, case: str) -> None:
    procedure, team, parameters = CASES[case]
    unify.load(team)
    before = team_state(unify)
    working()
    report = unify.carry_out(procedure, **parameters)
    assert before != team_state(unify), report
    unify.sandbox.advance(unify.sandbox.now() + timedelta(seconds=5))
    undone = undo(unify, report)
    assert before == team_state(unify)
    assert ("completed", ()) == (undone.status, undone.next)


def test_who_got_the_tasks_before_is_a_persons_to_know_where_nobody_can_read_it(
    unify: UnifyHouse, working: Working
) -> None:
    procedure, team, parameters = CASES["task-assignment-audit"]
    unify.load(team)
    working()
    undone = undo(unify, unify.carry_out(procedure, **parameters))
    assert any("nobody knows who got the tasks of 'Outbound' before: set it by hand" in line for line in undone.plan)


@pytest.mark.parametrize("how", [{"via": "direct", "restart": True}, {"via": "play"}], ids=["restart", "play"])
def test_copies_are_deleted_by_the_api_and_by_hand(unify: UnifyHouse, working: Working, how: dict[str, Any]) -> None:
    fallen(unify)
    before = team_state(unify)
    working()
    report = unify.carry_out("ownership-change", mailbox=ANAS_MAILBOX, **how)
    assert 2 == report.counts["enrolled"]
    undone = undo(unify, report)
    assert ("completed", 2) == (undone.status, undone.counts["unenrolled"])
    assert before == team_state(unify)


def test_a_copy_that_a_person_cannot_delete_stays_and_is_named(unify: UnifyHouse, working: Working) -> None:
    fallen(unify)
    working(refuse=("delete the play", "delete the audience"))
    report = unify.carry_out("ownership-change", mailbox=ANAS_MAILBOX, via="play")
    copies = [name for name in unify.sandbox.plays()["play"] if "handoff" in name]
    undone = undo(unify, report)
    assert ("needs_attention", 2) == (undone.status, undone.counts["unenrolled"])
    [line] = [line for line in undone.next if "delete the play" in line]
    assert f"Olga says that this cannot be done: delete the play '{copies[0]}'" in line
    assert copies == [name for name in unify.sandbox.plays()["play"] if "handoff" in name]
