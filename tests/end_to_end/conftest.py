"""A real server, worker and deployment for each test that asks for them; logs stay in the test's folder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from models.settings import Settings
from platforms.sandbox.sandbox import Sandbox
from tests.processes import PrefectServer, RunState, Worker

ROOT = Path(__file__).parents[2]
# Two minutes of the sandbox in a second of ours: a propagation of 30 to 60 minutes leaves a quarter minute to kill in.
CLOCK = "x120"


@dataclass
class Site:
    """Handoff deployed: a home, its sandbox, a Prefect server, and workers that can be killed."""

    home: Path
    server: PrefectServer
    env: dict[str, str]
    workers: list[Worker] = field(default_factory=list)

    @property
    def sandbox(self) -> Sandbox:
        """The sandbox as it is now, its clock running as fast as the workers'."""
        return Sandbox(f"sqlite:///{self.home / 'sandbox.db'}", clock=CLOCK)

    @property
    def settings(self) -> Settings:
        return Settings(home=self.home)

    def start_worker(self) -> Worker:
        worker = Worker(self.server, cwd=ROOT, env=self.env)
        self.workers.append(worker)
        return worker.start()

    def run(self, **parameters: Any) -> UUID:
        """`prefect deployment run ownership-change/ownership-change -p key=value …`"""
        return self.server.run_deployment_cli("ownership-change/ownership-change", parameters)

    def wait_for(self, run: UUID, *names: str, timeout: float = 180) -> RunState:
        return self.server.wait_for_state(run, lambda state: state.name in names, timeout)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    home = tmp_path / "home"
    env = {"HANDOFF_HOME": str(home), "HANDOFF_SANDBOX_CLOCK": CLOCK}
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    server = PrefectServer(tmp_path / "prefect").start()
    site = Site(home, server, env)
    try:
        server.create_pool()
        server.deploy_all(ROOT, env)
        yield site
    finally:
        for worker in site.workers:
            worker.kill()
        server.kill()
