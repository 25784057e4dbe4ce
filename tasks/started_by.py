"""Who started the run that is under way, and from where, as far as a shell and Prefect tell it."""

from prefect.context import FlowRunContext
from prefect.runtime import deployment, flow_run

from journal import operations
from journal.database import Journal
from models.person import login_and_host
from models.starting import Start, start_of
from tasks.runs import find_run
from tasks.suspending import is_deployed


def start_of_this_run(journal: Journal) -> Start:
    """Who started the run that this process carries: of one within a night, the night; of one within a sweep, whoever
    started the sweep."""
    context = FlowRunContext.get()
    run = context.flow_run if context is not None else None
    if run is None:  # a dry run in a shell, which Prefect knows nothing of
        return Start(login_and_host(), "shell")
    if parent := flow_run.parent_flow_run_id:
        night = operations.of_flow_run(journal, parent)
        if night is not None:
            return Start(night.id, "night", deployment.name if is_deployed() else None)
        run = find_run(parent) or run
    if not is_deployed():
        return Start(login_and_host(), "shell")
    creator = run.created_by
    return start_of(
        run.idempotency_key,
        creator.type if creator is not None else None,
        creator.display_value if creator is not None else None,
        deployment.name,
        auto_scheduled=run.auto_scheduled,
    )
