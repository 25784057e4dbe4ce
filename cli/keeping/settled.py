"""What every deployment carries: build steps of `prefect.yaml`, called once for each deployment."""

from functools import cache
from pathlib import Path

from cli.keeping.commands import clock_of, time_zone_of
from models.settings import Settings


def settled() -> dict[str, str]:
    """Home, workspace of the schedules, clock, address of the reports (empty where there is none), time zone and the
    folder that runs start in.

    From the environment or `.env`, at the time of deploying. Raises InvalidInput for a clock or zone that cannot be.
    """
    settings = Settings()
    return {
        "home": str(settings.home_folder), "workspace": settings.workspace, "clock": clock_of(settings),
        "reports": settings.reports_url or "", "timezone": time_zone_of(settings), "folder": str(Path.cwd()),
    }  # fmt: skip


@cache
def registered() -> None:
    """The type of block that holds the key of a workspace is on the server, so that one can be filled in there."""
    from tasks.workspaces import UnifyWorkspace

    UnifyWorkspace.register_type_and_schema(_sync=True)  # type: ignore[call-arg]
