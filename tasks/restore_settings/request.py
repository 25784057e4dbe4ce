"""What a sweep is asked to do."""

from datetime import UTC, datetime

from pydantic import Field

from platforms.port import Platform
from tasks.request import Request, once


class RestoreSettingsRequest(Request):
    """Start lost runs again; give back what ended, silent or late runs had borrowed, and name whom that concerns."""

    procedure = "restore-settings"
    needs_server = True
    without_subject = "what is due"

    every_workspace: bool = Field(
        False,
        title="Every workspace",
        description="Also every other workspace that has a setting on loan or a run to look after, each as a run of"
        " its own. The schedule has it on.",
    )

    @once
    def check(self, platform: Platform) -> "Sweep":
        """A sweep that begins now. Each is one of its own: what two find due is given back once all the same."""
        return self.checked_as(Sweep, subject=f"loans due {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC")


class Sweep(RestoreSettingsRequest):
    """The request, and what only one live operation at a time may be about."""

    subject: str
