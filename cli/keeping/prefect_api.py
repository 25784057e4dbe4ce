"""The little that `handoff up` asks of Prefect's server, over HTTP: it loads no Prefect."""

from collections.abc import Set
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


def _post(api_url: str, path: str, asked: dict[str, Any]) -> Any:
    return httpx.post(f"{api_url}/{path}", json=asked, timeout=5).raise_for_status().json()
