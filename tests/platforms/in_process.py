"""The emulator without a socket: httpx asks the application itself, one request at a time or many from threads."""

import asyncio
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from starlette.types import ASGIApp

from platforms.emulator import tasks
from platforms.emulator.app import make_app
from platforms.emulator.limits import unlimited
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.http_wire import HttpWire
from platforms.unify.limits import Limits
from platforms.unify.retrying import Patience
from platforms.unify.unify import Unify

KEY = SecretStr("a-key-for-tests")
SPEAKS_TASKS = len(list(Path(tasks.__file__).parent.glob("*.py"))) > 1
needs_tasks = pytest.mark.skipif(not SPEAKS_TASKS, reason="the emulator does not speak the Tasks API")
UNLIMITED = {"jobs_made": 10**9, "looks_a_second": 10**9, "pages_a_second": 10**9}
"""What the vendor allows in a day or a second is the wire's to keep; here it would only make tests wait."""


class InProcess(httpx.BaseTransport):
    """Carries each request to an application in this process; counts them by method and path."""

    def __init__(self, app: ASGIApp) -> None:
        self._transport = httpx.ASGITransport(app)
        self.carried: Counter[str] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.carried[f"{request.method} {request.url.path}"] += 1
        return asyncio.run(self._carried(request))

    async def _carried(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        content = await response.aread()
        return httpx.Response(response.status_code, headers=response.headers, content=content, request=request)


class LosesAnswers(InProcess):
    """Of so many requests in a hundred the answer is lost: half of them were carried out all the same."""

    def __init__(self, app: ASGIApp, percent: int, seed: int) -> None:
        super().__init__(app)
        self._percent, self._random = percent, Random(seed)
        self.lost = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self._random.randrange(100) >= self._percent:
            return super().handle_request(request)
        self.lost += 1
        if self._random.random() < 0.5:
            super().handle_request(request)
        raise httpx.ReadError("the answer was lost", request=request)


def emulator(sandbox: Sandbox) -> ASGIApp:
    """The vendor's API over this sandbox; its limits are another test's."""
    return make_app(sandbox, KEY, limits=unlimited())


def wire_over(
    sandbox: Sandbox, transport: httpx.BaseTransport | None = None, address: str = "http://localhost"
) -> HttpWire:
    """A wire to an emulator over this sandbox."""
    return HttpWire(
        address,
        KEY,
        transport=transport or InProcess(emulator(sandbox)),
        limits=Limits(**UNLIMITED),
        patience=Patience(first_pause=0.001, longest_pause=0.01, first_look=0.001, longest_look=0.01),
        at_once=4,
    )


def unify_over(
    sandbox: Sandbox, transport: httpx.BaseTransport | None = None, address: str = "http://localhost", **own: Any
) -> Unify:
    """A Unify platform that asks an emulator over this sandbox."""
    return Unify(wire_over(sandbox, transport, address), **own)
