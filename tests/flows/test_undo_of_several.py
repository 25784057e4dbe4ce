"""Undo where several had their hands in it: operations that ended early, two operations on one contact, people."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from models.changes import DuplicatePlay, Enroll, ReassignTask, SetTaskAssignment, Unenroll
from models.records import Behaviour
from models.report import Report
from tasks.cancelling import cancel_operation
from tasks.operation import Operation
from tests.flows.cut_short import cut_short
from tests.flows.house import House, outcomes
from tests.flows.test_procedures_killed import excluded
from tests.flows.test_undo import TASKS, as_it_runs, fallen, team_state, undo
from tests.workspaces import ANA, ANAS_MAILBOX, BO, NURTURE, OUTBOUND, PIA, PLAY, QUIN, RAJ, running, workspace

MOVE = {"from_sequence": OUTBOUND, "to_sequence": NURTURE}
AUDIT: dict[str, Any] = {"assign_mode": "ASSIGN_TO_USER", "assign_user": BO, "critical_sequences": [OUTBOUND]}


def later(house: House) -> None:
    house.sandbox.advance(house.sandbox.now() + timedelta(seconds=5))


def enrolled(house: House, *emails: str) -> Report:
    report = house.carry_out("enroll-contacts", emails=[*emails], sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX])
    later(house)
    return report


def report_of(operation: str) -> Report:
    folder = Path(Operation.at_hand(operation).row.folder)
    return Report.model_validate_json((folder / "report.json").read_text())


def test_what_a_cancelled_move_had_done_is_taken_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    team = [running(PIA), running(QUIN), running(RAJ)]
    house.load(workspace(people=[PIA, QUIN, RAJ], behaviour=Behaviour(C10="unenroll_first"), enrollments=team))
    before = team_state(house)
    operation = cut_short(house, monkeypatch, "sequence-move", MOVE, at="unenroll")
    cancel_operation(operation)
    assert NURTURE == as_it_runs(house)[PIA][0]
    later(house)
    undone = undo(house, report_of(operation))
    assert 1 == undone.counts["enrolled"]
    assert before == team_state(house)


def test_a_copy_that_a_cancelled_run_made_and_did_not_note_is_deleted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fallen(house)
    before = team_state(house)
    operation = cut_short(
        house,
        monkeypatch,
        "ownership-change",
        {"mailbox": ANAS_MAILBOX},
        at="apply",
        only=lambda change: isinstance(change, DuplicatePlay),
    )
    cancel_operation(operation)
    assert before != team_state(house)
    undo(house, report_of(operation))
    assert before == team_state(house)


def test_whom_a_person_enrolled_anew_since_is_not_taken_for_ours(house: House) -> None:
    house.load(workspace(people=[PIA]))
    report = enrolled(house, PIA)
    house.do(Unenroll(person=PIA, sequence=OUTBOUND))
    house.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    undone = undo(house, report)
    assert 1 == undone.counts["unchanged"]
    assert OUTBOUND == as_it_runs(house)[PIA][0]


def test_the_older_of_two_operations_on_a_contact_leaves_what_the_newer_did(house: House) -> None:
    house.load(workspace(people=[PIA], behaviour=Behaviour(C10="unenroll_first")))
    older = enrolled(house, PIA)
    house.carry_out("sequence-move", **MOVE)
    later(house)
    assert 1 == undo(house, older).counts["unchanged"]
    assert NURTURE == as_it_runs(house)[PIA][0]


def test_the_newer_and_then_the_older_are_taken_back(house: House) -> None:
    house.load(workspace(people=[PIA], behaviour=Behaviour(C10="unenroll_first")))
    before = team_state(house)
    older = enrolled(house, PIA)
    newer = house.carry_out("sequence-move", **MOVE)
    later(house)
    assert 1 == undo(house, newer).counts["enrolled"]
    assert OUTBOUND == as_it_runs(house)[PIA][0]
    later(house)
    assert 1 == undo(house, older).counts["unenrolled"]
    assert before == team_state(house)


def test_a_task_given_on_while_somebody_is_asked_stays(house: House) -> None:
    house.load(workspace(people=[PIA, QUIN], tasks=TASKS))
    report = house.carry_out("task-reassignment", from_user=ANA, to_user=BO)

    def gives_on(words: str) -> bool:
        house.do(ReassignTask(task=1, assignee=ANA))
        return True

    undone = undo(house, report, answer=gives_on)
    assert (2, 1) == (undone.counts["reassigned"], undone.counts["blocked"])
    assert [ANA] * 3 == [task.assignee for task in house.sandbox.workspace_record().tasks]
    assert "superseded" in set(outcomes(undone)["reasons"])


def test_an_assignment_that_is_changed_while_somebody_is_asked_stays_and_is_named(house: House) -> None:
    house.load(workspace(people=[PIA]))
    report = house.carry_out("task-assignment-audit", **AUDIT)

    def sets(words: str) -> bool:
        house.do(SetTaskAssignment(sequence=OUTBOUND, mode="ASSIGN_TO_SENDER"))
        return True

    undone = undo(house, report, answer=sets)
    assert (f"who gets the tasks of '{OUTBOUND}' was changed since: left so",) == undone.next
    assert "ASSIGN_TO_SENDER" == house.sandbox.assignment().set_index("sequence").loc[OUTBOUND, "own_mode"]


def test_undone_again_an_assignment_is_as_it_was_and_nothing_is_said(house: House) -> None:
    house.load(workspace(people=[PIA]))
    report = house.carry_out("task-assignment-audit", **AUDIT)
    undo(house, report)
    again = undo(house, report)
    assert not [line for line in again.plan if "changed since" in line]


@pytest.mark.parametrize("hold_until", ["sequence_completed", "enrolled"])
def test_a_rerun_is_taken_back_as_far_as_its_exclusion_left_anybody_there(house: House, hold_until: str) -> None:
    """It acts again by then: whoever is let in has finished, or was removed by it. What was made is deleted."""
    house.load(excluded())
    before = team_state(house)
    report = house.carry_out(
        "exclusion-rerun",
        exclusion="Customers",
        play=PLAY,
        approve=f"email,decision\n{PIA},yes\n{QUIN},yes\n{RAJ},no\n",
        exclusion_wait_min=46,
        hold_until=hold_until,
    )
    assert 2 == report.counts["enrolled"]
    undone = undo(house, report)
    assert ("completed", 2) == (undone.status, undone.counts["blocked"] + undone.counts["unchanged"]), undone
    after = team_state(house)
    running = {who: where for who, where in after.pop("running").items() if who in (PIA, QUIN)}
    before.pop("running")
    assert {} == running
    assert before == after
