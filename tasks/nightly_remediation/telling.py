"""A night's summary, as an event of Prefect that an automation can send to people (docs/notifications.md)."""

from uuid import NAMESPACE_URL, uuid5

from prefect.cache_policies import NO_CACHE
from prefect.events import emit_event
from prefect.runtime import flow_run

from journal.reading import files_of, report_of
from models.notices import NIGHT_ENDED, resource_of
from models.settings import Settings
from reports.night_summary import night_message, night_title
from tasks.operation import Operation
from tasks.runs import url_of
from tasks.step import task
from tasks.suspending import is_deployed


@task(task_run_name="tell how it went", cache_policy=NO_CACHE)
def tell_how_it_went(operation_id: str) -> None:
    """Make the event of a live night that workers carry, also where all is well. A person who runs one in a shell
    reads it there. Repeated: the same event, on which Prefect acts once."""
    operation = Operation.at_hand(operation_id)
    if operation.is_dry_run or not is_deployed():
        return
    report = report_of(operation.journal, operation.row, files_of(operation.row))
    shown = operation.row.told or {}
    _policy, *done = shown.get("lines") or [""]
    where = url_of(flow_run.id) or f"handoff show {operation.id}"
    emit_event(
        NIGHT_ENDED,
        resource_of(Settings().home_folder),
        id=uuid5(NAMESPACE_URL, f"{NIGHT_ENDED}/{operation.id}"),
        payload={
            "operation_id": operation.id,
            "workspace": report.workspace,
            "status": report.status,
            "title": night_title(report.next),
            "message": night_message(shown.get("found", ""), report.counts, done, report.next, where),
        },
    )
