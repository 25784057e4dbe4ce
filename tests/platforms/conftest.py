"""One workspace opened on either platform: the sandbox itself, on SQLite or on PostgreSQL, or Unify through the
emulator over that sandbox."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from models.workspace import Workspace
from platforms.port import Platform
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.unify import Unify
from tests.conftest import Sandboxes
from tests.platforms.in_process import emulator, unify_over
from tests.postgresql import new_database

PLATFORMS = ("sandbox", pytest.param("on PostgreSQL", marks=pytest.mark.slow), "in process")
EVERYWHERE = (*PLATFORMS, "over a socket")


@dataclass(frozen=True)
class Opened:
    """A platform, and the sandbox that is it or lies behind it."""

    platform: Platform
    sandbox: Sandbox

    @property
    def is_unify(self) -> bool:
        return isinstance(self.platform, Unify)


Open = Callable[[Workspace], Opened]


@pytest.fixture(scope="module")
def database(postgresql: str) -> str:
    """The address of a database on PostgreSQL. To make one takes longer than a test: each workspace that is loaded
    takes the place of the one before."""
    return new_database(postgresql, "contract")


@pytest.fixture(params=PLATFORMS)
def opened(request: pytest.FixtureRequest, sandboxes: Sandboxes) -> Iterator[Open]:
    """Opens a workspace on each platform in turn; `parametrize(…, EVERYWHERE, indirect=True)` adds the socket."""
    with ExitStack() as stack:

        def opens(workspace: Workspace) -> Opened:
            on_postgresql = request.param == "on PostgreSQL"
            sandbox = sandboxes(workspace, url=request.getfixturevalue("database") if on_postgresql else None)
            match request.param:
                case "sandbox" | "on PostgreSQL":
                    return Opened(sandbox, sandbox)
                case "in process":
                    return Opened(unify_over(sandbox), sandbox)
            address = stack.enter_context(served(sandbox))
            transport = stack.enter_context(httpx.HTTPTransport())
            return Opened(unify_over(sandbox, transport, address), sandbox)

        yield opens


@contextmanager
def served(sandbox: Sandbox) -> Iterator[str]:
    """The emulator on a free port of this machine, in a thread; gives its address."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(emulator(sandbox), log_level="error", lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        until = time.monotonic() + 10
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join(10)
