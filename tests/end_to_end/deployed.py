"""Deployments made over the API in a second, as `prefect deploy` makes them in twenty.

`prefect.yaml` says which; what the command line does with that file is tested where deploying is.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml

from tests.processes import PrefectServer

ROOT = Path(__file__).parents[2]


def listed() -> list[dict[str, Any]]:
    """The deployments in `prefect.yaml`."""
    found: list[dict[str, Any]] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))["deployments"]
    return found


def product() -> dict[str, str]:
    """The entrypoint of each deployment in `prefect.yaml`, by its name."""
    return {one["name"]: one["entrypoint"] for one in listed()}


class Api:
    """Prefect's HTTP API, asked directly. A server that is down meanwhile raises `httpx.TransportError`."""

    def __init__(self, server: PrefectServer) -> None:
        self._server = server

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        return self._server.ask("POST", path, json=dict(body))

    def create_pool(self, name: str) -> None:
        """A pool of type process; its runs see what a deployment's `env` says."""
        from prefect.workers.process import ProcessWorker

        template = ProcessWorker.get_default_base_job_template()
        self.post("work_pools/", {"name": name, "type": "process", "base_job_template": template})

    def deploy(self, entrypoints: Mapping[str, str], pool: str, env: Mapping[str, str]) -> dict[str, UUID]:
        """Deploy flows by module under these names; one that is there moves to this pool. Gives the deployments."""
        return {name: self._deploy(name, entrypoint, pool, env) for name, entrypoint in entrypoints.items()}

    def _deploy(self, name: str, entrypoint: str, pool: str, env: Mapping[str, str]) -> UUID:
        from prefect.utilities.callables import parameter_schema

        module, _, attribute = entrypoint.partition(":")
        flow = getattr(import_module(module), attribute)
        tags = next((one["tags"] for one in listed() if one["name"] == name), [])
        made = self.post(
            "deployments/",
            {
                "name": name,
                "flow_id": self.post("flows/", {"name": flow.name})["id"],
                "entrypoint": entrypoint,
                # As `prefect deploy` writes it down. With a `path` alone each run copies the folder, .venv and all.
                "pull_steps": [{"prefect.deployments.steps.set_working_directory": {"directory": str(ROOT)}}],
                "tags": tags,
                "work_pool_name": pool,
                "job_variables": {"env": dict(env)},
                "enforce_parameter_schema": True,
                "parameter_openapi_schema": parameter_schema(flow).model_dump(),
            },
        )
        return UUID(made["id"])

    def start(self, deployment: UUID, parameters: Mapping[str, Any]) -> UUID:
        """A run of a deployment, due now."""
        made = self.post(
            f"deployments/{deployment}/create_flow_run",
            {
                "parameters": dict(parameters),
                "state": {"type": "SCHEDULED"},
            },
        )
        return UUID(made["id"])

    def answer_form(self, run: UUID, answer: Mapping[str, Any]) -> None:
        """What the form of a suspended run sends when somebody presses Submit."""
        assert "ACCEPT" == self.post(f"flow_runs/{run}/resume", {"run_input": dict(answer)})["status"]

    def schedule(self, run: UUID, name: str, *, force: bool) -> None:
        """Have a run started again: what the Retry button sends (`AwaitingRetry`, not forced), or who wakes a run."""
        state = {"type": "SCHEDULED", "name": name, "state_details": {}}
        self.post(f"flow_runs/{run}/set_state", {"state": state, "force": force})

    def history(self, run: UUID) -> list[dict[str, Any]]:
        """All states that a run went through, in order."""
        states = self._server.ask("GET", "flow_run_states/", params={"flow_run_id": str(run)})
        return sorted(states, key=lambda state: str(state["timestamp"]))
