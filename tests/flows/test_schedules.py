"""Schedules on a real server: what `off` leaves behind, and what a person paused."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from cli.keeping.settled import NIGHT, OFF_CRON, scheduled
from flows.nightly_remediation import nightly_remediation

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
