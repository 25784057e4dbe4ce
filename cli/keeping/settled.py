"""What every deployment carries: build steps of `prefect.yaml`, called once for each deployment."""

from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from cli.keeping.commands import clock_of
from models.schedule import Schedule
from models.settings import Settings
from models.watch_file import Deployed, note


def settled() -> dict[str, str]:
    """Home, workspace of the schedules, clock, address of the reports (empty where there is none), time zone and the
    folder that runs start in.

    From the environment or `.env`, at the time of deploying. Raises InvalidInput for a clock or zone that cannot be.
    """
    settings = Settings()
    return {
        "home": str(settings.home_folder),
        "workspace": settings.workspace,
        "clock": clock_of(settings),
        "reports": settings.reports_url or "",
        "timezone": settings.timezone,
        "folder": str(Path.cwd()),
    }


NIGHT, SWEEP = "nightly-remediation", "restore-settings"
# What the inactive schedule of a deployment says where a setting is `off`. No setting can say this: so what a person
# paused on Prefect's page differs from what goes on once the setting is no longer `off`.
OFF_CRON = "@yearly"


@cache
def scheduled() -> dict[str, Any]:
    """When night and sweep come, and whether: `active` is False for `off`, True for what was `off` until now, and None,
    which leaves a schedule that a person paused as it is, otherwise. Written into the home, for `handoff status`.

    From the environment or `.env`, at the time of deploying; the server is asked once. Raises InvalidInput for a
    setting that is no cron line.
    """
    settings = Settings()
    night, sweep = settings.night_schedule, settings.sweep_schedule
    note(
        settings.home_folder,
        deployed=Deployed(
            workspace=settings.workspace,
            sweep=sweep.cron if sweep else None,
            night=night.cron if night else None,
            timezone=settings.timezone,
            since=datetime.now(UTC),
        ),
    )
    return _schedule("night", NIGHT, night) | _schedule("sweep", SWEEP, sweep)


def _schedule(key: str, procedure: str, schedule: Schedule | None) -> dict[str, Any]:
    if schedule is None:
        return {f"{key}_cron": OFF_CRON, f"{key}_active": False}
    return {f"{key}_cron": schedule.cron, f"{key}_active": True if _was_off(procedure) else None}


def _was_off(procedure: str) -> bool:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            found = client.read_deployment_by_name(f"{procedure}/{procedure}").schedules
        except ObjectNotFound:
            return False
    kept = [one.schedule for one in found]
    return any(isinstance(schedule, CronSchedule) and schedule.cron == OFF_CRON for schedule in kept)


@cache
def registered() -> None:
    """The type of block that holds the key of a workspace is on the server, so that one can be filled in there."""
    from tasks.workspaces import UnifyWorkspace

    UnifyWorkspace.register_type_and_schema(_sync=True)  # type: ignore[call-arg]
