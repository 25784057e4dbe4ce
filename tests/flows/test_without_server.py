"""A dry run in a shell does without Prefect's server: the same code, the same plan, the same files."""

import json
from pathlib import Path
from typing import Any

import pytest

from cli.procedures import load, names, request_of
from journal import operations
from models.errors import InvalidInput, Unreachable
from models.report import Report
from models.tables.journal import OperationRow
from tasks.step import task, without_server
from tests.flows.house import House
from tests.flows.test_forms import MINIMAL
from tests.workspaces import BO, PLAY, excluding, workspace

OF_ITS_OWN = {"operation_id", "files", "started_at", "ended_at", "recorded_at", "recorded_end_at"}
ALONE = [name for name in names() if not request_of(name).needs_server]


@pytest.fixture
def team(house: House) -> House:
    """There is somebody in a sequence, and an exclusion."""
    house.load(workspace(exclusions=(excluding(person_email=("pia@x.test",)),)))
    return house


def told(report: Report) -> dict[str, Any]:
    """All of a report but what is of its operation alone."""
    said = report.model_dump(mode="json", exclude=OF_ITS_OWN)
    said["files"] = sorted(report.files)
    said["plan"] = [line.replace(report.operation_id, "ID") for line in said["plan"]]
    said["parameters"] = dict(sorted(said["parameters"].items()))
    return said


def plan_of(row: OperationRow) -> str:
    return json.dumps(row.plan).replace(row.id, "ID")


@pytest.mark.parametrize("procedure", ALONE)
def test_the_plan_is_the_same_with_and_without_a_server(team: House, procedure: str) -> None:
    given = MINIMAL[procedure] | ({"play": PLAY} if procedure == "enrollment-diagnosis" else {})
    if procedure == "undo":
        given = {"undone": team.carry_out("enroll-contacts", **MINIMAL["enroll-contacts"]).operation_id}
    alone = team.carry_out(procedure, dry_run=True, **given)
    served = Report.model_validate(load(procedure)(dry_run=True, **given))
    here, there = (operations.get(team.journal, one.operation_id) for one in (alone, served))
    assert here is not None and there is not None
    assert (here.flow_run_id, True) == (None, there.flow_run_id is not None)
    assert plan_of(here) == plan_of(there)
    if here.id not in json.dumps(here.plan):  # in the names of copies: a plan that makes some is its operation's own
        assert here.plan_hash == there.plan_hash
    assert told(alone) == told(served)
    assert sorted(Path(path).name for path in alone.files.values()) == sorted(
        Path(path).name for path in served.files.values()
    )


def test_a_mistake_is_raised_as_it_is_and_leaves_no_operation(team: House) -> None:
    with pytest.raises(InvalidInput, match="there is no mailbox"):
        load("ownership-change").plan_without_server({"mailbox": "nobody@x.test"})
    assert [] == operations.past(team.journal)


def test_a_dry_run_that_fails_is_written_down_as_failed(team: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise InvalidInput("sequence", "is gone meanwhile")

    monkeypatch.setattr("tasks.ownership_change.planning.find_contacts", fail)
    with pytest.raises(InvalidInput, match="gone meanwhile"):
        load("ownership-change").plan_without_server(MINIMAL["ownership-change"])
    [row] = operations.past(team.journal)
    assert ("failed", None) == (row.status, row.carrier)


def test_a_read_is_tried_again_as_often_as_prefect_would() -> None:
    tries = []

    @task(retries=2, retry_delay_seconds=[0, 0])
    def read(who: str) -> str:
        tries.append(who)
        if len(tries) < 3:
            raise Unreachable("not yet")
        return who

    with without_server():
        assert (BO, 3) == (read(BO), len(tries))


def test_what_was_refused_is_not_tried_again() -> None:
    tries = []

    @task(retries=2, retry_delay_seconds=[0, 0])
    def read() -> None:
        tries.append(1)
        raise InvalidInput("mailbox", "is none")

    with without_server(), pytest.raises(InvalidInput):
        read()
    assert 1 == len(tries)
