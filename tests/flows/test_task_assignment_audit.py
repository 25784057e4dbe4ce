"""`task-assignment-audit`: which setting put a task where it is; critical sequences are set, and it is written down."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.changes import Enroll, ReassignTask, RunPlay
from models.errors import InvalidInput
from models.records import SequenceTaskAssignment, TaskAssignment
from models.report import Report
from tests.flows.house import House, check_report
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
    play,
    ruleset,
    workspace,
)


def run(house: House, **parameters: Any) -> Report:
    return house.carry_out("task-assignment-audit", **parameters)


def with_tasks(house: House) -> Any:
    """Pia came through a play, Quin by Ana's hand; each has the task of step 2 by now."""
    plays = (play(mailboxes=(BOS_MAILBOX, ANAS_MAILBOX)),)
    sandbox = house.load(workspace(people=[PIA, QUIN], plays=plays))

    house.do(Enroll(person=QUIN, sequence=OUTBOUND, mailbox=(BOS_MAILBOX,)))
    house.do(RunPlay(play=PLAY))
    sandbox.advance(sandbox.now() + timedelta(days=2, hours=3))
    return sandbox


def told(report: Report) -> pd.DataFrame:
    return pd.read_csv(report.files["tasks"], keep_default_na=False).set_index("email")


@pytest.mark.rule("R90", "R91", "R93")
def test_each_task_is_told_with_the_setting_that_put_it_there(house: House) -> None:
    sandbox = with_tasks(house)
    before = sandbox.dump()
    report = run(house)
    check_report(report)
    assert before == sandbox.dump()
    found = told(report)
    assert {PIA: BO, QUIN: ANA} == dict(found["assignee"])
    assert "ASSIGN_TO_MAILBOX_OWNER" in found.at[PIA, "put_there_by"]
    assert ("R91", "R93") == (found.at[PIA, "rule"], found.at[QUIN, "rule"])
    assert ("completed", 2) == (report.status, report.counts["unchanged"])
    assert "2 tasks looked at; 0 surprises" == report.found


@pytest.mark.rule("R71", "R92")
def test_a_task_reassigned_by_hand_and_one_from_before_a_change_of_settings_surprise(house: House) -> None:
    with_tasks(house)
    numbers = dict(zip(house.sandbox.tasks()["email"], house.sandbox.tasks()["task"], strict=True))
    house.do(ReassignTask(task=int(numbers[QUIN]), assignee=BO))
    assert "reassigned by hand" == told(run(house, sequence=OUTBOUND)).at[QUIN, "put_there_by"]
    run(house, sequence=OUTBOUND, assign_mode="ASSIGN_TO_USER", assign_user=ANA)
    found = told(run(house, sequence=OUTBOUND))
    assert "changed after enrollment" in found.at[PIA, "put_there_by"]
    assert ("R92", True) == (found.at[PIA, "rule"], bool(found.at[PIA, "surprising"]))


@pytest.mark.rule("R83", "R94", "R97")
def test_critical_sequences_are_set_and_the_decision_is_kept(house: House) -> None:
    house.load(workspace())
    given = {"assign_mode": "ASSIGN_TO_USER", "assign_user": BO, "critical_sequences": [OUTBOUND, NURTURE]}
    before = house.sandbox.dump()
    planned = run(house, dry_run=True, **given)
    assert before == house.sandbox.dump()
    assert 2 == sum("its tasks go to ASSIGN_TO_USER bo@acme.test" in line for line in planned.plan)
    report = run(house, **given)
    assert "completed" == report.status
    wanted = SequenceTaskAssignment(mode="ASSIGN_TO_USER", user=BO)
    assert [wanted, wanted] == [found.task_assignment for found in house.sandbox.workspace_record().sequences]
    document = Path(report.files["document"]).read_text()
    assert "| Outbound | its ruleset 'Default' | ASSIGN_TO_USER bo@acme.test |" in document
    assert "Existing enrollments keep what they began with" in document
    again = run(house, **given)
    assert () == again.plan


@pytest.mark.rule("R95", "R96")
def test_roles_say_who_gets_the_tasks_of_which_sequence(house: House, tmp_path: Path) -> None:
    house.load(workspace())
    path = tmp_path / "roles.csv"
    path.write_text(f"sequence;role;user\n{OUTBOUND};SDR East;{BO}\n{NURTURE};Account manager;{ANA}\n")
    report = run(house, roles_csv=str(path))
    users = [
        found.task_assignment.user for found in house.sandbox.workspace_record().sequences if found.task_assignment
    ]
    assert [BO, ANA] == users
    document = Path(report.files["document"]).read_text()
    assert "(SDR East)" in document
    assert "whenever the team changes (R96)" in document


def test_a_rep_may_set_it_too(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load(workspace(rulesets=(ruleset(task_assignment=TaskAssignment()),)))
    monkeypatch.setenv("HANDOFF_USER", BO)
    run(house, sequence=OUTBOUND, assign_mode="ASSIGN_TO_SENDER")
    assert (
        SequenceTaskAssignment(mode="ASSIGN_TO_SENDER") == house.sandbox.workspace_record().sequences[0].task_assignment
    )


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"assign_user": BO}, "assign_mode: is missing"),
        ({"assign_mode": "ASSIGN_TO_USER", "sequence": OUTBOUND}, "assign_user: is missing"),
        ({"assign_mode": "ASSIGN_TO_SENDER", "assign_user": BO, "sequence": OUTBOUND}, "goes with ASSIGN_TO_USER"),
        ({"assign_mode": "ASSIGN_TO_SENDER"}, "critical_sequences: is missing"),
        ({"assign_mode": "ASSIGN_TO_SENDER", "critical_sequences": ["Outbund"]}, "Did you mean 'Outbound'"),
        ({"roles": f"sequence,role,user\n{OUTBOUND},SDR,boo@acme.test\n"}, r"row 2, column user: .*Did you mean"),
        ({"roles": f"sequence,role,user\n{OUTBOUND},SDR,{BO}\n{OUTBOUND},AE,{ANA}\n"}, "'Outbound' is assigned twice"),
        ({"tasks": "99"}, "there is no task 99"),
    ],
)
def test_wrong_input_is_refused_and_changes_nothing(house: House, given: dict[str, Any], words: str) -> None:
    sandbox = house.load(workspace())
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=words):
        run(house, **given)
    assert before == sandbox.dump()
