"""What every deployment carries: a build step of `prefect.yaml`, called once for each deployment."""

from pathlib import Path

from cli.keeping.commands import clock_of, time_zone_of
from models.settings import Settings


def settled() -> dict[str, str]:
    """Home, clock, address of the reports (empty where there is none), time zone and the folder that runs start in.

    From the environment or `.env`, at the time of deploying. Raises InvalidInput for a clock or zone that cannot be.
    """
    settings = Settings()
    return {
        "home": str(settings.home_folder), "clock": clock_of(settings), "reports": settings.reports_url or "",
        "timezone": time_zone_of(settings), "folder": str(Path.cwd()),
    }  # fmt: skip
