"""Schedules on a real server: what `off` leaves behind, what a person paused, and a night that was missed."""

from collections.abc import Callable
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

Deployed = Callable[..., str]


@pytest.fixture
def deployed(house: object, prefect_server: str) -> Deployed:
    """`deployed(cron, active)`: the night's deployment with such a schedule; gives the address of its deployment."""

    def made(cron: str, *, active: bool) -> str:
        flow = httpx.post(f"{prefect_server}/flows/", json={"name": nightly_remediation.name}).raise_for_status()
        schedule = {"schedule": {"cron": cron, "timezone": "UTC"}, "active": active, "slug": "nightly"}
        document = {"name": NIGHT, "flow_id": flow.json()["id"], "schedules": [schedule]}
        found = httpx.post(f"{prefect_server}/deployments/", json=document).raise_for_status()
        return f"{prefect_server}/deployments/{found.json()['id']}"

    return made


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
    operations.begin(house.journal, OperationRow(
        id="a-night", procedure=NIGHT, workspace="sandbox", subject="every mailbox", mode="live", status="completed",
        next=[], folder=str(house.home / "a-night"), started_at=NOW - ago, recorded_at=NOW - ago, ended_at=NOW - ago,
    ))  # fmt: skip


def runs_of(deployment: str) -> list[dict[str, Any]]:
    server, _, number = deployment.rpartition("/deployments/")
    asked = {"deployments": {"id": {"any_": [number]}}}
    found: list[dict[str, Any]] = httpx.post(f"{server}/flow_runs/filter", json=asked).raise_for_status().json()
    return found


def settings_with(cron: str) -> Settings:
    return Settings(night_cron=cron)


@pytest.fixture
def nights(deployed: Deployed) -> str:
    """The address of the night's deployment, which no test before had a run of."""
    address = deployed(DUE_AN_HOUR_AGO, active=True)
    httpx.delete(address).raise_for_status()
    return deployed(DUE_AN_HOUR_AGO, active=True)


def test_a_night_that_was_missed_is_made_up_for_once_however_many_were(
    house: House, prefect_server: str, nights: str
) -> None:
    night_before(house, timedelta(days=9))
    settings = settings_with(DUE_AN_HOUR_AGO)
    assert "was missed, and is made up for now" in (make_up(settings, prefect_server) or "")
    assert make_up(settings, prefect_server) is None, "a second start finds the run of the first"
    [run] = runs_of(nights)
    assert {"dry_run": False, "workspace": "sandbox"} == run["parameters"]
    assert "SCHEDULED" == run["state_type"]


def test_two_starts_at_once_make_up_for_it_once(house: House, prefect_server: str, nights: str) -> None:
    night_before(house, timedelta(days=2))
    with ThreadPoolExecutor() as pool:
        list(pool.map(lambda _: make_up(settings_with(DUE_AN_HOUR_AGO), prefect_server), range(4)))
    assert 1 == len(runs_of(nights))


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
    house: House, prefect_server: str, nights: str, deployed: Deployed, cron: str, ago: timedelta | None, active: bool
) -> None:
    deployed(DUE_AN_HOUR_AGO, active=active)
    if ago is not None:
        night_before(house, ago)
    assert make_up(settings_with(cron), prefect_server) is None
    assert [] == runs_of(nights)


def test_a_night_that_cannot_be_made_up_for_is_told(house: House) -> None:
    night_before(house, timedelta(days=2))
    assert "start it by hand" in (make_up(settings_with(DUE_AN_HOUR_AGO), "http://127.0.0.1:1/api") or "")


def test_runs_that_were_due_while_nothing_ran_are_forgotten_and_those_to_come_stay(
    prefect_server: str, nights: str
) -> None:
    window = {"start_time": (NOW - timedelta(days=3)).isoformat(), "min_runs": 5}
    httpx.post(f"{nights}/schedule", json=window, timeout=30).raise_for_status()
    by_hand = httpx.post(f"{nights}/create_flow_run", json={}).raise_for_status().json()["id"]
    due = {run["id"]: datetime.fromisoformat(run["expected_start_time"]) for run in runs_of(nights)}
    assert 3 == len([run for run in due if due[run] < NOW])
    forget_overdue(prefect_server, [NIGHT])
    assert {run for run in due if due[run] > NOW} | {by_hand} == {run["id"] for run in runs_of(nights)}
