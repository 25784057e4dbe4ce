"""Latency and faults that are injected on purpose: the same ones for the same seed."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Literal, get_args

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from platforms.emulator.problems import broken, rate_limited, unavailable

Fault = Literal["rate_limited", "error", "unavailable", "cut_before", "cut_after", "cut_body", "malformed"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
"""`cut_before`: the connection is gone before anything was done; `cut_after`: it was done, and the answer is lost;
`cut_body`: half of the answer comes; `malformed`: the answer is no JSON. The first three change nothing either."""


@dataclass(frozen=True)
class Weather:
    """`latency_ms` before each answer; of each 100 requests `fault_rate` * 100 go wrong, drawn from `seed`."""

    latency_ms: float = 0.0
    fault_rate: float = 0.0
    seed: int = 0
    faults: tuple[Fault, ...] = FAULTS


FAIR = Weather()


class CutConnection(Exception):
    """The connection ends without an answer."""


class WeatherBetween:
    """Stands between the network and the application, and makes the weather."""

    def __init__(self, app: ASGIApp, weather: Weather) -> None:
        self._app, self._weather = app, weather
        self._random = Random(weather.seed)
        self.met: Counter[str] = Counter()
        """How many requests met each fault, and how many none (`fair`)."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        goes_wrong = self._random.random() < self._weather.fault_rate
        fault = self._random.choice(self._weather.faults) if goes_wrong else None
        self.met[fault or "fair"] += 1
        if self._weather.latency_ms:
            await asyncio.sleep(self._weather.latency_ms / 1000)
        refusal = {"rate_limited": rate_limited(1), "error": broken(), "unavailable": unavailable()}.get(fault or "")
        if refusal is not None:
            await refusal.response()(scope, receive, send)
        elif fault == "cut_before":
            await _cut(send)
        elif fault is None:
            await self._app(scope, receive, send)
        else:
            await self._carried_out_and_spoilt(fault, scope, receive, send)

    async def _carried_out_and_spoilt(self, fault: Fault, scope: Scope, receive: Receive, send: Send) -> None:
        said: list[Message] = []

        async def keep(message: Message) -> None:
            said.append(message)

        await self._app(scope, receive, keep)
        if fault == "cut_after":
            await _cut(send)
            return
        start = next(message for message in said if message["type"] == "http.response.start")
        body = b"".join(message.get("body", b"") for message in said if message["type"] == "http.response.body")
        if fault == "cut_body":  # the length that was promised does not come
            await send(start)
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            await _cut(send)
            return
        spoilt = b"<html>502 Bad Gateway</html>"
        headers = [
            (name, str(len(spoilt)).encode() if name == b"content-length" else value)
            for name, value in start["headers"]
        ]
        await send({**start, "headers": headers})
        await send({"type": "http.response.body", "body": spoilt})


async def _cut(send: Send) -> None:
    """End the connection without another word: uvicorn's own, or in one process by an exception."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise CutConnection
    transport.close() if transport.get_write_buffer_size() else transport.abort()
    await asyncio.sleep(0.01)  # until the server has seen it, and does not answer after all
