"""Twins for tests: of a sandbox that stands for the live workspace, behind the emulator."""

from pathlib import Path
from typing import Any

import httpx

from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.copying import Copying
from tasks.twin.pulling import Pulled, pull
from tests.platforms.in_process import InProcess, emulator, wire_over

LIVE = "unify"


class CutAfter(InProcess):
    """Carries so many requests; then the network is gone."""

    def __init__(self, sandbox: Sandbox, requests: int) -> None:
        super().__init__(emulator(sandbox))
        self._left = requests

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._left -= 1
        if self._left < 0:
            raise httpx.ConnectError("the network is gone", request=request)
        return super().handle_request(request)


def pulled(live: Sandbox, file: Path, transport: httpx.BaseTransport | None = None, **own: Any) -> Pulled:
    """Pulls a twin of the workspace behind the emulator, in small chunks."""
    with wire_over(live, transport) as wire:
        return pull(Copying(wire), LIVE, file, **({"chunk": 20} | own))


def opened(file: Path) -> Sandbox:
    """A twin as a sandbox."""
    return Sandbox(f"sqlite:///{file}")


def record_of(sandbox: Sandbox) -> Workspace:
    """The workspace of a sandbox."""
    return sandbox.workspace_record()
