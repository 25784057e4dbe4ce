"""What a run leaves in Prefect for people to look at: its report, who was not done, and how far long work has come."""

from typing import Self
from uuid import UUID

import httpx
from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    create_table_artifact,
    update_progress_artifact,
)
from prefect.runtime import flow_run
from prefect.settings import PREFECT_UI_URL

from models.settings import Settings
from models.wording import counted
from reports.digest import Digest
from reports.markdown import lay_out
from reports.not_done import how_many, not_done
from reports.web_addresses import WebAddresses

LONG = 5_000  # of whatever is counted: less is done before somebody looks
UPDATES = 20


def leave_report(procedure: str, summary: Digest) -> None:
    """The report as Markdown, and a table of who was not done. Nothing where no run is there to leave it with."""
    if not flow_run.id:  # the shell ends an operation whose run is gone
        return
    web = WebAddresses(reports=Settings().reports_url, prefect=PREFECT_UI_URL.value())
    about = f"operation {summary.operation_id}"
    create_markdown_artifact(lay_out(summary, web), key=f"{procedure}-report", description=about)
    if rows := not_done(summary):
        shown = f"{len(rows):,} of {counted(how_many(summary), summary.noun)} not done"
        create_table_artifact(rows, key=f"{procedure}-not-done", description=f"{shown}, {about}")


class ProgressArtifact:
    """How far long work has come, shown with the run at most UPDATES times. An ornament: it never fails the work."""

    def __init__(self, artifact: UUID | None, total: int) -> None:
        self._artifact, self._total, self._shown = artifact, total, 0

    @classmethod
    def begin(cls, what: str, total: int | None) -> Self:
        """Begin to show it, where the total is known, the work long, and a run there."""
        if not total or total < LONG or not flow_run.id:
            return cls(None, 1)
        try:
            return cls(create_progress_artifact(0.0, description=what), total)  # type: ignore[arg-type]  # not async
        except (httpx.HTTPError, ValueError):
            return cls(None, 1)

    def show(self, done: int) -> None:
        """So much of it is done."""
        step = min(done * UPDATES // self._total, UPDATES)
        if self._artifact is None or step <= self._shown:
            return
        self._shown = step
        try:
            update_progress_artifact(self._artifact, progress=100.0 * step / UPDATES)
        except (httpx.HTTPError, ValueError):
            self._artifact = None

    def end(self) -> None:
        """All of it is done."""
        self.show(self._total)
