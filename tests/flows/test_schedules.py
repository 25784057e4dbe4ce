"""Schedules on a real server: what `off` leaves behind, what a person paused, and a night that was missed."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from cli.keeping.missed_night import make_up
from cli.keeping.prefect_api import forget_overdue
from cli.keeping.settled import NIGHT, OFF_CRON, scheduled
from flows.nightly_remediation import nightly_remediation
from journal import operations
from models.settings import Settings
from models.tables.journal import OperationRow
from tests.flows.house import House
from tests.processes import PrefectServer

Deployed = Callable[..., str]


@pytest.fixture
def deployed(house: object, shared_server: PrefectServer) -> Iterator[Deployed]:
    """`deployed(cron, active)`: the night's deployment with such a schedule, until the end; gives its path."""
    paths = set[str]()

    def made(cron: str, *, active: bool) -> str:
        flow = shared_server.ask("POST", "flows/", json={"name": nightly_remediation.name})
        schedule = {"schedule": {"cron": cron, "timezone": "UTC"}, "active": active, "slug": "nightly"}
        document = {"name": NIGHT, "flow_id": flow["id"], "schedules": [schedule]}
        found = shared_server.ask("POST", "deployments/", json=document)
        paths.add(path := f"deployments/{found['id']}")
        return path

    yield made
    for path in paths:
        httpx.delete(f"{shared_server.api_url}/{path}")  # a test may have deleted it


def settled_anew() -> dict[str, Any]:
    scheduled.cache_clear()
    return scheduled()


@pytest.mark.parametrize(
    ("cron", "active", "expected"), [(OFF_CRON, False, True), ("0 2 * * *", False, None), ("0 2 * * *", True, None)]
)
def test_what_was_off_goes_on_with_its_setting_and_what_a_person_paused_stays_paused(
    deployed: Deployed, cron: str, active: bool, expected: bool | None
) -> None:
    deployed(cron, active=active)
    found = settled_anew()
    assert ("0 2 * * *", expected) == (found["night_cron"], found["night_active"])


def test_off_is_an_inactive_schedule_that_no_setting_can_have_made(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployed("0 2 * * *", active=True)
    monkeypatch.setenv("HANDOFF_NIGHT_CRON", "off")
    found = settled_anew()
    assert (OFF_CRON, False) == (found["night_cron"], found["night_active"])
    assert ("*/5 * * * *", None) == (found["sweep_cron"], found["sweep_active"])


NOW = datetime.now(UTC)
DUE_AN_HOUR_AGO = f"{(NOW - timedelta(hours=1)):%M %H} * * *"


def night_before(house: House, ago: timedelta) -> None:
    """A live night, begun so long ago."""
    operations.begin(
        house.journal,
        OperationRow(
            id="a-night",
            procedure=NIGHT,
            workspace="sandbox",
            subject="every mailbox",
            mode="live",
            status="completed",
            next=[],
            folder=str(house.home / "a-night"),
            started_at=NOW - ago,
            recorded_at=NOW - ago,
            ended_at=NOW - ago,
        ),
    )


def runs_of(server: PrefectServer, deployment: str, *, scheduled: bool = False) -> list[dict[str, Any]]:
    """The runs of a deployment; those that the scheduler of the server makes meanwhile only where they are meant."""
    query = {"deployments": {"id": {"any_": [deployment.removeprefix("deployments/")]}}}
    found: list[dict[str, Any]] = server.ask("POST", "flow_runs/filter", json=query)
    return [run for run in found if scheduled or not run["auto_scheduled"]]


def settings_with(cron: str) -> Settings:
    return Settings(night_cron=cron)


@pytest.fixture
def nights(deployed: Deployed, shared_server: PrefectServer) -> str:
    """The path of the night's deployment, which no test before had a run of."""
    shared_server.ask("DELETE", deployed(DUE_AN_HOUR_AGO, active=False))
    return deployed(DUE_AN_HOUR_AGO, active=True)


def test_a_night_that_was_missed_is_made_up_for_once_however_many_were(
    house: House, shared_server: PrefectServer, nights: str
) -> None:
    night_before(house, timedelta(days=9))
    settings = settings_with(DUE_AN_HOUR_AGO)
    assert "was missed, and is made up for now" in (make_up(settings, shared_server.api_url) or "")
    assert make_up(settings, shared_server.api_url) is None, "a second start finds the run of the first"
    [run] = runs_of(shared_server, nights)
    assert {"dry_run": False, "workspace": "sandbox"} == run["parameters"]
    assert "SCHEDULED" == run["state_type"]


def test_two_starts_at_once_make_up_for_it_once(house: House, shared_server: PrefectServer, nights: str) -> None:
    night_before(house, timedelta(days=2))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: make_up(settings_with(DUE_AN_HOUR_AGO), shared_server.api_url), range(4)))
    assert 1 == len(runs_of(shared_server, nights))


@pytest.mark.parametrize(
    ("cron", "ago", "active"),
    [
        pytest.param(DUE_AN_HOUR_AGO, timedelta(minutes=30), True, id="one came since"),
        pytest.param(DUE_AN_HOUR_AGO, None, True, id="the home never had one"),
        pytest.param("off", timedelta(days=2), True, id="off"),
        pytest.param(DUE_AN_HOUR_AGO, timedelta(days=2), False, id="paused by a person"),
    ],
)
def test_no_night_is_made_up_for_where(
    house: House,
    shared_server: PrefectServer,
    nights: str,
    deployed: Deployed,
    cron: str,
    ago: timedelta | None,
    active: bool,
) -> None:
    deployed(DUE_AN_HOUR_AGO, active=active)
    if ago is not None:
        night_before(house, ago)
    assert make_up(settings_with(cron), shared_server.api_url) is None
    assert [] == runs_of(shared_server, nights)


def test_a_night_that_cannot_be_made_up_for_is_told(house: House) -> None:
    night_before(house, timedelta(days=2))
    assert "start it by hand" in (make_up(settings_with(DUE_AN_HOUR_AGO), "http://127.0.0.1:1/api") or "")


def test_runs_that_were_due_while_nothing_ran_are_forgotten_and_those_to_come_stay(
    shared_server: PrefectServer, nights: str
) -> None:
    window = {"start_time": (NOW - timedelta(days=3)).isoformat(), "min_runs": 5}
    shared_server.ask("POST", f"{nights}/schedule", json=window)
    by_hand = shared_server.ask("POST", f"{nights}/create_flow_run", json={})["id"]
    found = runs_of(shared_server, nights, scheduled=True)
    due = {run["id"]: datetime.fromisoformat(run["expected_start_time"]) for run in found if run["auto_scheduled"]}
    assert 3 == len([run for run in due if due[run] < NOW])
    forget_overdue(shared_server.api_url, [NIGHT])
    left = {run["id"] for run in runs_of(shared_server, nights, scheduled=True)}
    assert {run for run in due if due[run] > NOW} | {by_hand} <= left
    assert left.isdisjoint(run for run in due if due[run] < NOW)
