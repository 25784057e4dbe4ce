"""A night that was missed because nothing ran at its time is made up for, once, when `handoff up` starts."""

from datetime import UTC, datetime

import httpx

from cli.keeping import prefect_api
from cli.keeping.settled import NIGHT
from journal import operations
from journal.database import Journal
from models.rules.nights import missed_night
from models.settings import Settings
from models.starting import missed_night_key


def make_up(settings: Settings, api_url: str, now: datetime | None = None) -> str | None:
    """Hand the night that was missed to the workers, however many were; give what was done, in words, or None.

    Nothing is done where the night is `off` or its schedule was paused, where the home never had a night, and where one
    came or was handed over since it was due: so a second start finds the run of the first.
    """
    now = now or datetime.now(UTC)
    last = operations.last_live(Journal(settings.journal_url), settings.workspace, NIGHT)
    due = missed_night(settings.night_schedule, last, now)
    if due is None:
        return None
    parameters = {"dry_run": False, "workspace": settings.workspace}
    try:
        deployment = prefect_api.scheduled_deployment(api_url, NIGHT)
        if deployment is None or prefect_api.came_since(api_url, NIGHT, due, parameters):
            return None
        # Of two starts at once, or of one whose answer was lost, the key makes one run.
        prefect_api.begin(api_url, deployment, parameters, missed_night_key(settings.workspace, due))
    except httpx.HTTPError as error:
        return f"the night of {due:%F %R}Z was missed and could not be made up for ({error}): start it by hand"
    return f"the night of {due:%F %R}Z was missed, and is made up for now"
