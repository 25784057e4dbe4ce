"""Real processes for each test that asks for them: a server that all share, deployments and workers of its own.

A server takes a quarter minute to start, so the tests of a process share one, but for those that kill it. Each test has
a home and a work pool, and the deployments are moved there. Logs are in the folder of the server: `server.log`,
`worker.log`, `cli.log`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from journal import operations
from journal.database import Journal
from models.settings import Settings
from models.tables.journal import OperationRow
from platforms.sandbox.sandbox import Sandbox
from tests.end_to_end.deployed import ROOT, Api, product
from tests.processes import NO_TLS, PrefectServer, RunState, Worker, wait_until

__all__ = ["CLOCK", "ROOT", "Site"]
# Two minutes of the sandbox in a second of ours: a propagation of 30 to 60 minutes leaves a quarter minute to kill in.
# A test file that needs another speed sets a CLOCK of its own.
CLOCK = "x120"
ENDED = ("Completed", "NeedsAttention", "NotApproved", "Planned", "Failed", "Crashed", "Cancelled")


@dataclass
class Site:
    """Handoff deployed: a home, its sandbox, a Prefect server, and workers that can be killed."""

    home: Path
    server: PrefectServer
    env: dict[str, str]
    pool: str = "handoff"
    deployments: dict[str, UUID] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)

    @property
    def api(self) -> Api:
        return Api(self.server)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox as it is now, its clock running as fast as the workers'."""
        return Sandbox(f"sqlite:///{self.home / 'sandbox.db'}", clock=self.env["HANDOFF_SANDBOX_CLOCK"])

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home)

    @property
    def journal(self) -> Journal:
        return Journal(self.settings.journal_url)

    def start_worker(self, limit: int | None = None) -> Worker:
        worker = Worker(self.server, self.pool, cwd=ROOT, env=self.env, limit=limit)
        self.workers.append(worker)
        return worker.start()

    def deploy(self, entrypoints: dict[str, str]) -> None:
        """Deploy flows by module, under these names."""
        self.deployments |= self.api.deploy(entrypoints, self.pool, self.env)

    def run(self, procedure: str = "ownership-change", **parameters: Any) -> UUID:
        """A run of a deployment, as the Run button starts one."""
        return self.api.start(self.deployments[procedure], parameters)

    def take_record(self, mailbox: str, workspace: str = "sandbox") -> None:
        """A dry run in this process, which a process of its own would do no differently."""
        from flows.ownership_change import ownership_change

        assert "planned" == ownership_change.plan_without_server({"mailbox": mailbox, "workspace": workspace}).status

    def wait_for(self, run: UUID, *names: str, timeout: float = 180) -> RunState:
        return self.server.wait_for_state(run, lambda state: state.name in names, timeout)

    def form(self, run: UUID) -> str:
        """What the form of a run says, once it can be answered: Prefect saves it after the state that shows it."""
        self.wait_for(run, "Suspended", *ENDED)
        keys = self.server.flow_run(run)["state"]["state_details"]["run_input_keyset"]
        said: list[str] = []

        def is_there() -> bool:
            inputs = f"{self.server.api_url}/flow_runs/{run}/input"
            found = [
                httpx.get(f"{inputs}/{keys[name]}", timeout=30, verify=NO_TLS) for name in ("description", "schema")
            ]
            said[:] = [str(found[0].json())]
            return all(one.is_success for one in found)

        wait_until(is_there, 30, "the form is not there")
        return said[0]

    def ended(self, run: UUID, timeout: float = 180) -> str:
        """The name of the final state that a run comes to."""
        return self.wait_for(run, *ENDED, timeout=timeout).name

    def operation_of(self, run: UUID) -> OperationRow:
        row = operations.of_flow_run(self.journal, str(run))
        assert row is not None, f"flow run {run} has begun no operation"
        return row


@pytest.fixture
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PrefectServer]:
    """The shared server; one of its own for a test marked `own_server`, which restarts it."""
    if request.node.get_closest_marker("own_server") is None:
        yield request.getfixturevalue("shared_server")
        return
    own = PrefectServer(tmp_path / "prefect")
    try:
        yield own.start()
    finally:
        own.kill()


@pytest.fixture
def site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: PrefectServer, request: pytest.FixtureRequest
) -> Iterator[Site]:
    home, pool = tmp_path / "home", f"handoff-{tmp_path.name}"
    env = {"HANDOFF_HOME": str(home), "HANDOFF_SANDBOX_CLOCK": getattr(request.module, "CLOCK", CLOCK)}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    site = Site(home, server, env, pool)
    site.api.create_pool(pool)
    site.deploy(product())
    try:
        yield site
    finally:
        for worker in site.workers:
            worker.kill()
