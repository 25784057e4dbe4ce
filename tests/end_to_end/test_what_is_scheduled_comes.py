"""A `handoff up` that nobody starts anything on: its sweeps and its nights come by themselves.

Whatever waits for a schedule shares this one server. The tests run in their order and create no run.
"""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from models.watch_file import watch_in
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import write_workspace
from tests.cli.conftest import small_team
from tests.cli.test_up import MAILBOX, House
from tests.processes import descendants, free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
PATIENCE = 300  # seconds; on a quiet machine each comes within a minute or two


def team() -> dict[str, Any]:
    """The small team, whose contacts are not done with their sequence before the tests are, at ten minutes a second."""
    found = small_team()
    found["sequences"][0]["steps"] = [{}, {"wait_days": 200}, {"wait_days": 200}]
    return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A `handoff up` with a sweep each minute, and a night each minute from the next on."""
    house = House(tmp_path_factory.mktemp("scheduled") / "work", (free_port(), free_port()))
    write_workspace(team(), house.folder / "team.yaml")
    assert 0 == house.handoff("sandbox", "load", "team.yaml").returncode
    first = datetime.now(UTC) + timedelta(minutes=1)
    minutes = ",".join(f"{first + timedelta(minutes=later):%-M}" for later in range(30))
    up = house.start(HANDOFF_SWEEP_CRON="* * * * *", HANDOFF_NIGHT_CRON=f"{minutes} * * * *", HANDOFF_TIMEZONE="UTC")
    house.wait_until_ready(up)
    yield house
    below = descendants(up.pid)
    up.stop(60)
    for pid in below:
        if Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGKILL)


def came(house: House, procedure: str) -> list[dict[str, Any]]:
    """The runs of a procedure that its schedule made and that have ended, whatever became of them."""
    runs = house.find(
        "flow_runs",
        flows={"name": {"any_": [procedure]}},
        flow_runs={"state": {"type": {"any_": ["COMPLETED", "FAILED", "CRASHED"]}}},  # not the hundred to come
        sort="EXPECTED_START_TIME_ASC",
    )
    return [run for run in runs if run["auto_scheduled"]]


def watched(house: House) -> dict[str, Any]:
    """What `handoff up` saw at its last look: one is taken each minute, the first before there is a run to come."""
    return dict(json.loads(house.handoff("status", "--json").stdout)["watch"])


def running(house: House, look: Callable[[], dict[str, Any]] | None = None) -> int:
    """How many contacts run from Ana's mailbox, queued ones included, as the shell tells, or by another `look`."""
    state = look() if look else json.loads(house.handoff("sandbox", "state", "--json").stdout)
    [mailbox] = [one for one in state["mailboxes"] if one["email"] == MAILBOX]
    return int(mailbox["active_enrollments"] + mailbox["queued_enrollments"])


def begun_by(house: House, operation_id: str) -> dict[str, Any]:
    """How an operation began, as its story tells."""
    return dict(json.loads(house.handoff("show", operation_id, "--json").stdout)["events"][0])


def test_a_sweep_comes_and_status_knows_when_the_last_one_ended(house: House) -> None:
    wait_until(lambda: bool(came(house, "restore-settings")), PATIENCE, lambda: house.said, pause=1)
    sweep = came(house, "restore-settings")[0]
    assert ("Completed", "nothing to do") == (sweep["state_name"], sweep["state"]["message"])
    done = house.handoff("status", "--json")
    status = json.loads(done.stdout)
    assert (0, ["sandbox"], [False]) == (
        done.returncode,
        [row["workspace"] for row in status["sweep"]],
        [row["late"] for row in status["sweep"]],
    )
    ended = datetime.fromisoformat(status["sweep"][0]["last_ended_at"])
    assert datetime.fromisoformat(sweep["start_time"]) < ended + timedelta(seconds=1)
    both = {"nightly-remediation", "restore-settings"}
    wait_until(lambda: both == set(watch_in(house.home).next), PATIENCE, lambda: house.said)
    seen = watched(house)
    assert (both, []) == (set(seen["next"]), seen["troubles"])


def test_a_night_comes_notices_a_changed_owner_and_the_contacts_are_back(house: House) -> None:
    assert 2 == running(house)
    wait_until(lambda: bool(came(house, "nightly-remediation")), PATIENCE, lambda: house.said, pause=1)
    record = came(house, "nightly-remediation")[0]
    assert "Completed" == record["state_name"], "the first night takes the record"
    changed = datetime.now(UTC)
    owner = house.handoff("sandbox", "do", "change_mailbox_owner", f"mailbox={MAILBOX}", "owner=bo@acme.test")
    assert (0, 0) == (owner.returncode, running(house))
    sandbox = Sandbox(f"sqlite:///{house.home / 'sandbox.db'}", clock=house.file["clock"])
    with closing(sandbox):  # asked again and again: a process for each would take more time than all that it waits for
        wait_until(lambda: 2 == running(house, sandbox.state), PATIENCE, lambda: house.said, pause=1)
    assert 2 == running(house)
    remediation = house.find("flow_runs", flows={"name": {"any_": ["ownership-change"]}})
    assert [f"ownership-change {MAILBOX} live on sandbox"] == [run["name"] for run in remediation]
    nights = [run for run in came(house, "nightly-remediation") if datetime.fromisoformat(run["start_time"]) > changed]
    assert nights, "it was a night that began it"
    past = {one["operation_id"]: one for one in json.loads(house.handoff("history", "--json").stdout)}
    [change] = [begun_by(house, one) for one in past if past[one]["procedure"] == "ownership-change"]
    assert ("night", "ownership-change") == (change["after"]["from"], change["after"]["deployment"])
    assert "nightly-remediation" == past[change["who"]]["procedure"]
    assert "schedule" == begun_by(house, change["who"])["after"]["from"]
