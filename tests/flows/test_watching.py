"""`handoff up` looks at a real server: what it says at the terminal, in the home, and as an event in Prefect."""

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.keeping import watching
from cli.keeping.settled import SWEEP
from cli.keeping.watching import Watcher
from journal import loans, operations, sweeps
from models.setting_keys import SettingKey
from models.settings import Settings
from models.watch_file import Deployed, note, watch_in
from tests.flows.house import House
from tests.journal.journals import operation
from tests.processes import PrefectServer, wait_until

Deploy = Callable[..., None]
NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
LOCKED = "03:31:02.118 | ERROR   | prefect.server.services - schedule_deployments failed: Can't evaluate\n"


class Look:
    """A watcher of a pool of its own, and what it said."""

    def __init__(self, server: PrefectServer, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.server, self.pool, self.log = server, f"pool-{uuid.uuid4().hex[:8]}", log
        self.post("work_pools/", {"name": self.pool, "type": "process"})
        monkeypatch.setattr(watching, "POOL", self.pool)
        self.said: list[str] = []
        self.watcher = Watcher(Settings(), server.api_url, log, self.said.append)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        return self.server.ask("POST", path, json=body)

    def poll(self) -> None:
        """Look for work, as a worker does."""
        self.post(f"work_pools/{self.pool}/get_scheduled_flow_runs", {})

    def __call__(self, minutes: int = 0) -> list[str]:
        """Look, so many minutes from now; gives what it said."""
        self.said.clear()
        self.watcher.look(datetime.now(UTC) + minutes * MINUTE)
        return [*self.said]

    def events(self, prefix: str = "handoff.up.", key: str = "what") -> list[tuple[str, str]]:
        query = {"filter": {"event": {"prefix": [prefix]}, "resource": {"id": [f"handoff.home.{self.home}"]}}}
        found = self.post("events/filter", query)["events"]
        return sorted((one["event"], one["payload"][key]) for one in found)

    @property
    def home(self) -> Path:
        return Settings().home_folder


@pytest.fixture
def look(
    house: House, prefect_server: str, shared_server: PrefectServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Look:
    log = tmp_path / "server.log"
    log.write_text(LOCKED * 100)  # of an earlier start
    return Look(shared_server, log, monkeypatch)


EVERY_FIVE = {"cron": "*/5 * * * *", "timezone": "UTC"}
OVER = {"rrule": "DTSTART:20200101T000000Z\nRRULE:FREQ=DAILY;UNTIL=20200102T000000Z"}
"""An active schedule of which no server has anything to make any more."""


@pytest.fixture
def deploy(shared_server: PrefectServer) -> Iterator[Deploy]:
    """`deploy(schedule)`: the sweep's deployment, with the runs that are to come of its schedule; until the end."""
    made = set[str]()

    def with_schedule(schedule: dict[str, str] = EVERY_FIVE) -> None:
        flow = shared_server.ask("POST", "flows/", json={"name": SWEEP})["id"]
        document = {"name": SWEEP, "flow_id": flow, "schedules": [{"schedule": schedule, "slug": "every-five-minutes"}]}
        found = shared_server.ask("POST", "deployments/", json=document)
        made.add(path := f"deployments/{found['id']}")
        shared_server.ask("POST", f"{path}/schedule", json={})

    yield with_schedule
    for path in made:
        shared_server.ask("DELETE", path)


def test_no_worker_is_trouble_at_the_second_look_told_once_and_over_as_soon_as_one_looks_for_work(
    look: Look, deploy: Deploy
) -> None:
    deploy()
    assert [] == look()
    assert ["trouble: no worker has looked for work yet"] == look()
    assert [] == look()
    [kept] = watch_in(look.home).troubles
    assert ("worker", "no worker has looked for work yet") == (kept.what, kept.message)
    look.poll()
    assert ["well again: no worker has looked for work yet, until now"] == look()
    assert () == watch_in(look.home).troubles
    expected = [("handoff.up.trouble", "worker"), ("handoff.up.well", "worker")]
    wait_until(lambda: expected == look.events(), 30, lambda: str(look.events()))


def test_a_schedule_of_which_nothing_is_to_come_is_trouble_and_what_is_to_come_is_noted(
    look: Look, deploy: Deploy
) -> None:
    deploy(OVER)
    look.poll()
    look()
    assert [f"trouble: nothing is to come of the schedule of {SWEEP}"] == look()
    deploy()
    assert [f"well again: nothing is to come of the schedule of {SWEEP}, until now"] == look()
    due = watch_in(look.home).next[SWEEP]
    assert NOW < due <= datetime.now(UTC) + 5 * MINUTE


def test_an_error_that_the_servers_log_repeats_is_trouble_but_not_one_of_an_earlier_start(
    look: Look, deploy: Deploy
) -> None:
    deploy()
    look.poll()
    for _ in range(4):
        assert [] == look()
        with look.log.open("a") as log:
            log.write(LOCKED)
    assert [] == look(), "four times by now, found at one look"
    [line] = look()
    assert line.startswith(
        "trouble: the log of Prefect's server repeats an error: prefect.server.services - schedule_d"
    )


def test_a_sweep_that_is_late_is_trouble(look: Look, deploy: Deploy, house: House) -> None:
    deploy()
    look.poll()
    deployed = Deployed(workspace="sandbox", sweep="*/5 * * * *", night=None, timezone="UTC", since=NOW - 60 * MINUTE)
    note(look.home, deployed=deployed)
    look()
    assert ["trouble: no sweep of sandbox has ended for longer than the schedule allows"] == look()
    sweeps.ended(house.journal, "sandbox")
    assert 1 == len(look())
    assert deployed == watch_in(look.home).deployed


def test_a_server_that_does_not_answer_is_trouble_and_hears_of_it_when_it_does(
    look: Look, deploy: Deploy, monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy()
    look.poll()
    monkeypatch.setattr(look.watcher, "_api_url", "http://127.0.0.1:1/api")
    look()
    assert [True] == ["Prefect's server does not answer" in line for line in look()]
    monkeypatch.setattr(look.watcher, "_api_url", look.server.api_url)
    look()
    expected = [("handoff.up.trouble", "server"), ("handoff.up.well", "server")]
    wait_until(lambda: expected == look.events(), 30, lambda: str(look.events()))


def test_a_loan_past_its_deadline_is_said_and_told_once(look: Look, deploy: Deploy, house: House) -> None:
    deploy()
    look.poll()
    operations.begin(house.journal, operation(workspace="unify"))
    setting = SettingKey.ruleset("Default", "block_reenrollment")
    loans.take(house.journal, "first", "unify", setting, "75 DAY", "0 DAY", NOW, NOW - 60 * MINUTE)
    assert [] == look()
    [line] = look()
    assert line.startswith("trouble: on loan past its deadline, ")
    assert [] == look()
    expected = [("handoff.loan.overdue", "unify")]
    wait_until(lambda: expected == look.events("handoff.loan.", "workspace"), 30, lambda: str(look.events()))


def test_who_cannot_look_says_so_and_goes_on(look: Look, deploy: Deploy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "EVERY", 0.1)
    home = look.home / "watch.json"
    home.mkdir(parents=True)  # a folder where the file is to be
    look.watcher.start()
    wait_until(lambda: bool(look.said), 30, "it said nothing")
    home.rmdir()
    wait_until(home.is_file, 30, "it looks no more")
    look.watcher.stop()
    assert [("cannot look at what is kept: " in line, "watch.json" in line) for line in look.said[:1]] == [(True, True)]
    assert 1 == len([line for line in look.said if "cannot look" in line])
