"""The little that `handoff up` and `handoff notify` ask of Prefect's server, over HTTP: it loads no Prefect."""

import time
from collections.abc import Set
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from cli.prefect_settings import auth_header
from models.notices import resource_of

PAUSES = (0.2, 0.5, 1.0, 2.0)  # seconds before a request is made again
WORKSPACE_BLOCK = "unify-workspace"  # the slug of `tasks.workspaces.UnifyWorkspace`
WHY = "put back: handoff up ended before it began"


def unbegun(api_url: str, groups: Set[int]) -> set[str]:
    """The ids of the flow runs whose processes lead these groups and whose flows have not begun."""
    query = {"flow_runs": {"state": {"type": {"any_": ["PENDING"]}}}}
    try:
        found = post(api_url, "flow_runs/filter", query)
    except httpx.HTTPError:
        return set()
    return {run["id"] for run in found if str(run["infrastructure_pid"]) in {str(group) for group in groups}}


def put_back(api_url: str, run: str) -> bool:
    """Schedule a run for now that crashed before it began; False while it has not crashed, or nobody answers.

    Nothing was done in that process. Crashed, it would not go on after a wait, and no hook would give its loans back.
    """
    try:
        if send("GET", f"{api_url}/flow_runs/{run}").json()["state_type"] != "CRASHED":
            return False
        post(api_url, f"flow_runs/{run}/set_state", {"state": {"type": "SCHEDULED", "message": WHY}, "force": True})
    except httpx.HTTPError:
        return False
    return True


def forget_overdue(api_url: str, procedures: list[str]) -> None:
    """Delete the runs that a schedule had made for a time that is past, and that nobody began.

    Else the first worker to come would begin one of each, whatever the settings say by now, and cancel the others.
    """
    query = {
        "deployments": {"name": {"any_": procedures}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": _now()}},
    }
    for run in post(api_url, "flow_runs/filter", query):
        if run["auto_scheduled"] and not run["run_count"]:
            send("DELETE", f"{api_url}/flow_runs/{run['id']}")


def scheduled_deployment(api_url: str, procedure: str) -> str | None:
    """The id of a procedure's deployment, if its schedule is active."""
    found = post(api_url, "deployments/filter", {"deployments": {"name": {"any_": [procedure]}}})
    active = [one["id"] for one in found if not one["paused"] and any(kept["active"] for kept in one["schedules"])]
    return active[0] if active else None


def came_since(api_url: str, procedure: str, since: datetime, parameters: dict[str, Any]) -> bool:
    """Whether a run of a deployment with these parameters was to begin between `since` and now, whatever came of it."""
    between = {"after_": since.isoformat(), "before_": _now()}
    query = {"deployments": {"name": {"any_": [procedure]}}, "flow_runs": {"expected_start_time": between}}
    found = post(api_url, "flow_runs/filter", query | {"sort": "EXPECTED_START_TIME_DESC"})
    return any(parameters.items() <= run["parameters"].items() for run in found)


def begin(api_url: str, deployment: str, parameters: dict[str, Any], key: str) -> None:
    """Hand a run of a deployment to the workers; with a key that was used before, nothing more."""
    post(api_url, f"deployments/{deployment}/create_flow_run", {"parameters": parameters, "idempotency_key": key})


def next_runs(api_url: str, procedures: list[str]) -> dict[str, datetime | None]:
    """When the next run of each of these procedures is due whose schedule is active; None where none is to come."""
    found = dict[str, datetime | None]()
    for procedure in procedures:
        if (deployment := scheduled_deployment(api_url, procedure)) is not None:
            query = {
                "deployments": {"id": {"any_": [deployment]}},
                "limit": 1,
                "sort": "EXPECTED_START_TIME_ASC",
                "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"after_": _now()}},
            }
            runs = post(api_url, "flow_runs/filter", query)
            found[procedure] = _time(runs[0]["expected_start_time"]) if runs else None
    return found


def last_polled(api_url: str, pool: str) -> datetime | None:
    """When a worker last looked for work in a pool."""
    found = [queue["last_polled"] for queue in post(api_url, f"work_pools/{pool}/queues/filter", {})]
    return max(map(_time, filter(None, found)), default=None)


def server_version(api_url: str) -> str:
    """The version of Prefect that a server runs."""
    return str(send("GET", f"{api_url}/admin/version").json())


def kept_workspaces(api_url: str) -> list[str]:
    """The names of the workspaces whose keys the server keeps as blocks."""
    return sorted(str(block["name"]) for block in _blocks(api_url, {}, secrets=False) if block["name"])


def kept_workspace(api_url: str, name: str) -> dict[str, Any]:
    """What the block of a workspace holds: `base_url, api_key`; {} where there is none of that name."""
    found = _blocks(api_url, {"block_documents": {"name": {"any_": [name]}}}, secrets=True)
    return dict(found[0]["data"]) if found else {}


def _blocks(api_url: str, narrowed: dict[str, Any], *, secrets: bool) -> list[dict[str, Any]]:
    query = {"block_types": {"slug": {"any_": [WORKSPACE_BLOCK]}}, "include_secrets": secrets}
    return list(post(api_url, "block_documents/filter", query | narrowed))


def emit(api_url: str, event: str, home: Path, payload: dict[str, Any]) -> str:
    """Make an event about a home, for automations to act on (docs/notifications.md); gives its id."""
    key = str(uuid4())
    made = {"id": key, "occurred": _now(), "event": event, "resource": resource_of(home), "payload": payload}
    send("POST", f"{api_url}/events", json=[made])
    return key


def _time(instant: str) -> datetime:
    return datetime.fromisoformat(instant).astimezone(UTC)


def _now() -> str:
    return datetime.now(UTC).isoformat()


def post(api_url: str, path: str, body: dict[str, Any]) -> Any:
    """What the server answers to a body that is posted to it, as JSON."""
    return send("POST", f"{api_url}/{path}", json=body).json()


def send(method: str, url: str, **request: Any) -> httpx.Response:
    """The answer to a request, made again while the server's database is busy: nothing was done then (503)."""
    request |= {"headers": auth_header(), "timeout": 5}
    for pause in PAUSES:
        answer = httpx.request(method, url, **request)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer.raise_for_status()
        time.sleep(pause)
    return httpx.request(method, url, **request).raise_for_status()
