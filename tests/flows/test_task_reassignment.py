"""`task-reassignment`: tasks go to another user, the mailboxes of their emails stay, and closed tasks stay too."""

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from models.errors import InvalidInput
from models.records import RepTask
from models.report import Report
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import ANA, ANAS_MAILBOX, BO, OUTBOUND, PIA, QUIN, workspace

TASKS = (
    RepTask(person=PIA, type="PHONE_CALL", status="READY", assignee=ANA, sequence=OUTBOUND, mailbox=ANAS_MAILBOX),
    RepTask(person=PIA, type="EMAIL", status="NOT_READY", assignee=ANA, sequence=OUTBOUND, mailbox=ANAS_MAILBOX),
    RepTask(person=QUIN, type="PHONE_CALL", status="COMPLETED", assignee=ANA),
    RepTask(person=QUIN, type="ACTION_ITEM", status="READY", assignee=BO),
)


def run(house: House, **parameters: Any) -> Report:
    return house.carry_out("task-reassignment", **{"from_user": ANA, "to_user": BO, **parameters})


def team(house: House) -> Any:
    return house.load(workspace(people=[PIA, QUIN], tasks=TASKS))


def assignees(house: House) -> list[str | None]:
    return [task.assignee for task in house.sandbox.workspace_record().tasks]


@pytest.mark.rule("R70", "R72")
def test_open_tasks_of_a_user_go_to_another_in_bulk_and_their_emails_keep_the_mailbox(house: House) -> None:
    team(house)
    report = run(house)
    check_report(report)
    assert ("completed", 2, ()) == (report.status, report.counts["reassigned"], report.differences)
    assert [BO, BO, ANA, BO] == assignees(house)
    assert [ANAS_MAILBOX, ANAS_MAILBOX] == [task.mailbox for task in house.sandbox.workspace_record().tasks[:2]]
    assert any("1 of them has an email linked" in line for line in report.plan)
    rows = pd.read_csv(report.files["outcomes"])
    assert [PIA, PIA] == rows["email"].tolist()
    assert f"its email still leaves from {ANAS_MAILBOX} (R72)" in rows["detail"].iloc[1]
    assert rows["detail"].iloc[0].startswith("task 1: PHONE_CALL, READY, from ana@acme.test to bo@acme.test")


def test_a_dry_run_changes_nothing_and_lists_the_tasks(house: House) -> None:
    sandbox = team(house)
    before = sandbox.dump()
    report = run(house, dry_run=True)
    assert before == sandbox.dump()
    assert ("planned", 2) == (report.status, report.counts["reassigned"])
    assert [1, 2] == pd.read_csv(report.files["tasks"])["task"].tolist()


@pytest.mark.rule("R71")
def test_single_tasks_are_named_by_their_numbers_and_closed_ones_stay(house: House, tmp_path: Path) -> None:
    team(house)
    path = tmp_path / "some.csv"
    path.write_text("Task,Note\n1,first\n3,closed\n4,his\n")
    report = run(house, from_user=None, tasks_csv=str(path))
    check_report(report)
    assert (1, 1, 1) == tuple(report.counts[name] for name in ("reassigned", "blocked", "unchanged"))
    assert {"task_closed": 1} == report.reasons
    assert [BO, ANA, ANA, BO] == assignees(house)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"types": ["EMAIL"]}, [ANA, BO]),
        ({"statuses": ["READY"]}, [BO, ANA]),
        ({"tasks": "2"}, [ANA, BO]),
        ({"sequence": OUTBOUND, "from_user": None}, [BO, BO]),
    ],
)
def test_types_statuses_sequence_and_numbers_narrow_what_is_meant(
    house: House, given: dict[str, Any], expected: list[str]
) -> None:
    team(house)
    run(house, **given)
    assert expected == assignees(house)[:2]


def test_a_rep_hands_over_their_own_tasks_only(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    team(house)
    monkeypatch.setenv("HANDOFF_USER", BO)
    report = run(house, from_user=None, to_user=ANA, tasks="1, 2, 4")
    check_report(report)
    assert [ANA, ANA, ANA, ANA] == assignees(house)
    blocked = run(house, to_user=BO, from_user=ANA)
    assert {"needs_admin": 3} == blocked.reasons
    assert [ANA, ANA, ANA, ANA] == assignees(house)


def test_a_task_closed_while_somebody_thinks_stays_and_is_told(house: House) -> None:
    sandbox = team(house)

    def meanwhile(question: str) -> bool:
        done = TASKS[0].model_copy(update={"status": "COMPLETED"})
        sandbox.load(workspace(people=[PIA, QUIN], tasks=(done, *TASKS[1:])))
        return True

    report = house.carry_out("task-reassignment", answer=meanwhile, from_user=ANA, to_user=BO)
    check_report(report)
    assert ["task_closed"] == [difference.reasons for difference in report.differences]
    assert [ANA, BO] == assignees(house)[:2]


def test_a_second_time_nothing_is_left(house: House) -> None:
    team(house)
    run(house)
    assert 0 == run(house).counts["considered"]
    assert 1 == outcomes(run(house, from_user=None, tasks="1"))["outcome"].eq("unchanged").sum()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"to_user": "boo@acme.test"}, "Did you mean 'bo@acme.test'"),
        ({"from_user": "anna@acme.test"}, "Did you mean 'ana@acme.test'"),
        ({"to_user": ANA}, "to_user: ana@acme.test has them already"),
        ({"from_user": None}, "from_user: is missing"),
        ({"statuses": ["COMPLETED"]}, "statuses: COMPLETED tasks are closed"),
        ({"tasks": "1, 99"}, "row 3, column task: there is no task 99"),
        ({"tasks": "task\nseven"}, "row 2, column task: 'seven' is no number of a task"),
        ({"sequence": "Outbund"}, "Did you mean 'Outbound'"),
    ],
)
def test_wrong_input_is_refused_and_changes_nothing(house: House, given: dict[str, Any], words: str) -> None:
    sandbox = team(house)
    before = sandbox.dump()
    with pytest.raises(InvalidInput, match=words):
        run(house, **given)
    assert before == sandbox.dump()
