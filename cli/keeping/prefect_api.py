"""The little that `handoff up` asks of Prefect's server, over HTTP: it loads no Prefect."""

from collections.abc import Set
from datetime import UTC, datetime
from typing import Any

import httpx

WHY = "put back: handoff up ended before it began"


def unbegun(api_url: str, groups: Set[int]) -> set[str]:
    """The ids of the flow runs whose processes lead these groups and whose flows have not begun."""
    asked = {"flow_runs": {"state": {"type": {"any_": ["PENDING"]}}}}
    try:
        found = _post(api_url, "flow_runs/filter", asked)
    except httpx.HTTPError:
        return set()
    return {run["id"] for run in found if str(run["infrastructure_pid"]) in {str(group) for group in groups}}


def put_back(api_url: str, run: str) -> bool:
    """Schedule a run for now that crashed before it began; False while it has not crashed, or nobody answers.

    Nothing was done in that process. Crashed, it would not go on after a wait, and no hook would give its loans back.
    """
    try:
        if httpx.get(f"{api_url}/flow_runs/{run}", timeout=5).raise_for_status().json()["state_type"] != "CRASHED":
            return False
        _post(api_url, f"flow_runs/{run}/set_state", {"state": {"type": "SCHEDULED", "message": WHY}, "force": True})
    except httpx.HTTPError:
        return False
    return True


def forget_overdue(api_url: str, procedures: list[str]) -> None:
    """Delete the runs that a schedule had made for a time that is past, and that nobody began.

    Else the first worker to come would begin one of each, whatever the settings say by now, and cancel the others.
    """
    asked = {
        "deployments": {"name": {"any_": procedures}},
        "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}, "expected_start_time": {"before_": _now()}},
    }
    for run in _post(api_url, "flow_runs/filter", asked):
        if run["auto_scheduled"] and not run["run_count"]:
            httpx.delete(f"{api_url}/flow_runs/{run['id']}", timeout=5).raise_for_status()


def scheduled_deployment(api_url: str, procedure: str) -> str | None:
    """The id of a procedure's deployment, if its schedule is active."""
    found = _post(api_url, "deployments/filter", {"deployments": {"name": {"any_": [procedure]}}})
    active = [one["id"] for one in found if not one["paused"] and any(kept["active"] for kept in one["schedules"])]
    return active[0] if active else None


def came_since(api_url: str, procedure: str, since: datetime, parameters: dict[str, Any]) -> bool:
    """Whether a run of a deployment with these parameters was to begin between `since` and now, whatever came of it."""
    between = {"after_": since.isoformat(), "before_": _now()}
    asked = {"deployments": {"name": {"any_": [procedure]}}, "flow_runs": {"expected_start_time": between}}
    found = _post(api_url, "flow_runs/filter", asked | {"sort": "EXPECTED_START_TIME_DESC"})
    return any(parameters.items() <= run["parameters"].items() for run in found)


def begin(api_url: str, deployment: str, parameters: dict[str, Any], key: str) -> None:
    """Hand a run of a deployment to the workers; with a key that was used before, nothing more."""
    _post(api_url, f"deployments/{deployment}/create_flow_run", {"parameters": parameters, "idempotency_key": key})


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _post(api_url: str, path: str, asked: dict[str, Any]) -> Any:
    return httpx.post(f"{api_url}/{path}", json=asked, timeout=5).raise_for_status().json()
