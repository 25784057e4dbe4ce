"""The wire and the emulator, which share no line: over a socket and in one process, in fair weather and foul."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.types import ASGIApp

from models.errors import KeyRefused
from platforms.emulator.app import make_app
from platforms.emulator.jobs import job_routes
from platforms.emulator.jobs_kept import KeptJobs
from platforms.emulator.limits import Limits as EmulatorsLimits
from platforms.emulator.limits import unlimited
from platforms.emulator.problems import speak_the_vendors_way
from platforms.emulator.weather import FAULTS, CutConnection, Weather, WeatherBetween
from platforms.emulator.world import World
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.http_wire import HttpWire
from platforms.unify.limits import Limits
from platforms.unify.retrying import Patience
from platforms.unify.wire import Answer, Request, Unsure
from tests.conftest import Sandboxes
from tests.workspaces import workspace

KEY = SecretStr("key-of-the-emulator")
FREE = Limits(jobs_made=10**6, looks_a_second=10**6, pages_a_second=10**6)
PATIENT = Patience(
    attempts=20, times_made=20, first_pause=0.001, longest_pause=0.01, first_look=0.001, longest_look=0.01
)
QUICK_FAULTS = tuple(fault for fault in FAULTS if fault != "rate_limited")  # which says to wait a second each time
WAYS = ("in process", "over a socket")
ROWS = 12_345


class InProcess(httpx.BaseTransport):
    """Carries requests to an application in this process, one event loop each; a cut connection is one here too."""

    def __init__(self, app: ASGIApp) -> None:
        self._transport = httpx.ASGITransport(app)  # type: ignore[arg-type]

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            return asyncio.run(self._carried(request))
        except CutConnection:
            raise httpx.ReadError("cut", request=request) from None

    async def _carried(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        return httpx.Response(response.status_code, headers=response.headers, content=await response.aread())


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """An application on a free port of this machine, in a thread; gives its address."""
    with socket.socket(proto=socket.IPPROTO_TCP) as listening:  # named, or asyncio does not send at once
        listening.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="critical", lifespan="off", date_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


WireTo = Callable[..., HttpWire]


@pytest.fixture(params=WAYS)
def wire_to(request: pytest.FixtureRequest) -> Iterator[WireTo]:
    """`wire_to(app)` gives a wire to an application, in either way."""
    with ExitStack() as stack:

        def wire(app: ASGIApp, *, key: SecretStr = KEY, limits: Limits = FREE, **patience: int) -> HttpWire:
            if request.param == "in process":
                address, transport = "http://emulator", InProcess(app)
            else:
                address, transport = stack.enter_context(served(app)), None
            patient = replace(PATIENT, **patience)
            made = HttpWire(address, key, transport=transport, limits=limits, patience=patient, at_once=4)
            return stack.enter_context(made)

        yield wire


class Numbers:
    """A query job that selects as many numbers as it is asked for."""

    def check(self, params: Mapping[str, str], body: Any) -> int:
        return int(body["many"])

    def rows(self, work: Any, asked: int) -> list[dict[str, Any]]:
        return [{"n": number} for number in range(asked)]


def numbers(sandbox: Sandbox, weather: Weather) -> ASGIApp:
    """The emulator's query jobs, of numbers."""
    app = FastAPI()
    speak_the_vendors_way(app)
    app.include_router(
        job_routes(World(sandbox, KEY, unlimited(), KeptJobs()), "/data/v1/numbers/query-jobs", Numbers())
    )
    return WeatherBetween(app, weather)


@pytest.mark.parametrize("seed", range(1, 6))
def test_a_query_job_comes_whole_in_any_weather(seed: int, wire_to: WireTo, sandboxes: Sandboxes) -> None:
    weather = Weather(fault_rate=0.3, seed=seed, faults=QUICK_FAULTS)
    wire = wire_to(numbers(sandboxes(workspace()), weather))
    assert list(range(ROWS)) == [row["n"] for row in wire.query("/data/v1/numbers/query-jobs", {"many": ROWS})]


def test_a_wrong_key_is_told_as_one(wire_to: WireTo, sandboxes: Sandboxes) -> None:
    wire = wire_to(make_app(sandboxes(workspace()), KEY), key=SecretStr("another"))
    with pytest.raises(KeyRefused, match=r"the API key is not taken \(401\): The API key is missing or not valid"):
        wire.get("/sequences/v1/sequences")


def asking(many: int) -> list[Request]:
    return [Request("GET", f"/sequences/v1/nothing/{number}") for number in range(many)]


def statuses(outcomes: list[Answer | Unsure]) -> set[int | str]:
    return {outcome.status if isinstance(outcome, Answer) else str(outcome) for outcome in outcomes}


def test_the_limit_that_the_emulator_counts_is_held_without_a_single_429(wire_to: WireTo, sandboxes: Sandboxes) -> None:
    app = make_app(sandboxes(workspace()), KEY, limits=EmulatorsLimits(requests=20, window=0.5))
    wire = wire_to(app, limits=Limits(20, 0.5), times_throttled=1)
    assert {404} == statuses(wire.send_each(asking(50)))


def test_a_limit_that_others_use_up_too_is_obeyed(wire_to: WireTo, sandboxes: Sandboxes) -> None:
    app = make_app(sandboxes(workspace()), KEY, limits=EmulatorsLimits(requests=20, window=0.5))
    assert {404} == statuses(wire_to(app).send_each(asking(30)))


def test_the_wire_goes_by_the_clock_of_the_sandbox(wire_to: WireTo, sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace())
    wire = wire_to(make_app(sandbox, KEY))
    wire.send(*asking(1))
    assert abs(wire.server_now() - sandbox.now()) <= timedelta(seconds=1)
