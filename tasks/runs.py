"""Runs of ours as Prefect's server knows them: how they are, and starting, answering and ending them."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.responses import SetStateStatus
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound, PrefectHTTPStatusError
from prefect.settings import PREFECT_API_URL
from prefect.states import Cancelled, Cancelling, Scheduled
from prefect.utilities.urls import url_for

from models.errors import InvalidInput, Unreachable
from models.rules.care import RunState

# A worker reports a crash, runs the hooks, and reports it again (docs/prefect.md): who starts the run again in between
# has it marked as crashed while its process starts.
SETTLES = timedelta(seconds=30)
OURS = "handoff"  # the tag of every deployment in prefect.yaml, which its runs take over
NEEDS_PERSON = "needs a person"  # the tag, and the end of the name, of a run that ended so
AGAIN = "started again by Handoff"
ENDS_WITHIN = 30.0  # seconds that a worker may take to end a process; one that is dead never does
STATES: dict[StateType, RunState] = {
    StateType.SCHEDULED: "waiting",
    StateType.PENDING: "working",
    StateType.RUNNING: "working",
    StateType.PAUSED: "asking",
    StateType.CRASHED: "crashed",
    StateType.FAILED: "failed",
    StateType.CANCELLED: "cancelled",
    StateType.CANCELLING: "cancelled",
    StateType.COMPLETED: "completed",
}


def find_run(flow_run_id: str | None) -> FlowRun | None:
    """The run, if there is a server to ask and it knows it. Raises Unreachable where the server does not answer."""
    if flow_run_id is None or PREFECT_API_URL.value() is None:  # never start a server of our own only to ask it
        return None
    try:
        with _server() as client:
            return client.read_flow_run(UUID(flow_run_id))
    except ObjectNotFound:
        return None


def state_of(flow_run_id: str | None) -> RunState:
    """How a run is; `unknown` where no server answers, or it does not know the run."""
    try:
        run = find_run(flow_run_id)
    except Unreachable:
        return "unknown"
    if run is None or run.state is None:
        return "unknown"
    if run.state.is_crashed() and run.state.timestamp > datetime.now(UTC) - SETTLES:
        return "working"
    return STATES[run.state.type]


def begin_run(procedure: str, parameters: dict[str, Any], idempotency_key: str | None = None) -> FlowRun:
    """Hand a procedure to the workers: a run of its deployment, or the one that was begun under the key before.

    Raises InvalidInput where there is no deployment.
    """
    try:
        run = run_deployment(
            f"{procedure}/{procedure}",
            parameters=parameters,
            timeout=0,
            as_subflow=False,
            idempotency_key=idempotency_key,
        )
    except ObjectNotFound as error:
        raise InvalidInput(
            procedure, "is not deployed on the server that runs", "Keep `handoff up` running, or `prefect deploy --all`"
        ) from error
    return cast(FlowRun, run)  # called outside of async code it is the run itself


def answer_run(flow_run_id: str, answer: dict[str, Any]) -> None:
    """Resume a run that asks, with the answer. Raises InvalidInput where it does not ask, or refuses the answer."""
    with _server() as client:
        result = client.resume_flow_run(UUID(flow_run_id), run_input=answer)
    if result.status != SetStateStatus.ACCEPT:
        why = (getattr(result.details, "reason", None) or str(result.status)).rstrip(".")
        raise InvalidInput(
            "OPERATION_ID", f"its run did not take the answer, or had one already ({why})", "See `handoff status`"
        )


def start_again(flow_run_id: str) -> None:
    """Have a worker start a run from the top, whatever state it is in; what was done is not done again."""
    _set(flow_run_id, Scheduled(message=AGAIN))


def runs_taken() -> list[FlowRun]:
    """The runs of our deployments that a worker has taken and that have not begun; none where no server is to ask or it
    does not answer."""
    if PREFECT_API_URL.value() is None:
        return []
    pending = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[OURS]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PENDING])),
    )
    try:
        with _server() as client:
            return client.read_flow_runs(flow_run_filter=pending)
    except Unreachable:
        return []


def mark_as_needing_a_person(flow_run_id: str) -> None:
    """Have a run that needs a person stand out among those that Prefect shows as green. An ornament: where the server
    does not answer, the run ends without it."""
    with suppress(Unreachable, ObjectNotFound), _server() as client:
        run = client.read_flow_run(UUID(flow_run_id))
        name = run.name if run.name.endswith(NEEDS_PERSON) else f"{run.name}: {NEEDS_PERSON}"
        client.update_flow_run(run.id, name=name, tags=sorted({*run.tags, NEEDS_PERSON}))


def procedure_of(run: FlowRun) -> str:
    """The name of a run's flow, which is that of its procedure."""
    with _server() as client:
        return client.read_flow(run.flow_id).name


def times_started_again(run: FlowRun) -> int:
    """How often a run was started again by us."""
    with _server() as client:
        return sum(state.message == AGAIN for state in client.read_flow_run_states(run.id))


def end_run(flow_run_id: str | None) -> None:
    """Mark a run as cancelled; a process that carries it is ended first. Nothing where there is no such run."""
    end_runs([flow_run_id])


def end_runs(flow_run_ids: Sequence[str | None], within: float = ENDS_WITHIN) -> None:
    """The same for several: their processes are ended at the same time, and waited for so many seconds at most."""
    found = [run for run in map(find_run, flow_run_ids) if run and run.state and not run.state.is_final()]
    running = [str(run.id) for run in found if run.state and run.state.is_running()]
    for run_id in running:
        _set(run_id, Cancelling(message="cancelled by Handoff"))
    end = time.monotonic() + within
    while time.monotonic() < end and not all(map(_has_ended, running)):
        time.sleep(0.5)
    for run in found:
        if not _has_ended(str(run.id)):
            _set(str(run.id), Cancelled(message="cancelled by Handoff"))


def _has_ended(flow_run_id: str) -> bool:
    run = find_run(flow_run_id)
    return run is None or run.state is None or run.state.is_final()


def _set(flow_run_id: str, state: State[Any]) -> None:
    with _server() as client:
        client.set_flow_run_state(UUID(flow_run_id), state, force=True)


@contextmanager
def _server() -> Iterator[SyncPrefectClient]:
    """Prefect's server. Raises Unreachable where it does not answer, or answers with an error."""
    try:
        with get_client(sync_client=True) as client:
            yield client
    except ObjectNotFound:
        raise
    except (httpx.TransportError, PrefectHTTPStatusError) as error:
        if isinstance(error, PrefectHTTPStatusError) and error.response.status_code == httpx.codes.UNAUTHORIZED:
            raise Unreachable(
                "Prefect's server asks who is there: set PREFECT_API_AUTH_STRING to what its own"
                " PREFECT_SERVER_API_AUTH_STRING is"
            ) from error
        raise Unreachable(f"Prefect's server does not answer ({error}). Start it, or unset PREFECT_API_URL") from error


def url_of(flow_run_id: str) -> str | None:
    """A run's page in Prefect's UI."""
    return url_for("flow-run", flow_run_id)
