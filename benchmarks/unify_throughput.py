"""How much of the vendor's allowed rate the wire to the Unify API holds at 50 ms of latency, and whether it passes it.

    python -m benchmarks.unify_throughput [--json FILE] [REQUESTS]          default 6000

Two platforms, each in a process of its own, with 50 ms of latency and a limit of so many requests in any 3 seconds (the
vendor's is 100,000 in 5 minutes). `bare` answers 404 at once and allows 1,000. `emulator` is the emulator, and
answers 404 too, to what it does not know; each of its answers takes it some 4 ms of processor (to enroll somebody would
take 7 more), so it allows 400. Around both stands a list of when each request arrived, which the figures are taken
from. First some requests are sent one at a time, then REQUESTS by `send_each` (of the emulator a third of them).

Rate: what arrived in as many whole windows as the run has, against what was allowed in them; goal at least 95%. In a
window: the most that arrived in any 3 seconds, from whichever arrival on; goal: never more than allowed. Ratio: to one
request at a time; goal at least 15 where 1,000 are allowed. Memory is the peak of the process that asks, in MiB.
"""

import argparse
import bisect
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks import findings

LATENCY = 50.0  # ms
LIMITS, WINDOW = {"bare": 1000, "emulator": 400}, 3.0
ONE_BY_ONE = 60
PATH = "/sequences/v1/nothing"
KEY = "key-of-the-benchmark"


def main(many: int, file: Path | None) -> None:
    """Measure each platform and print a table."""
    print(f"{'platform':>9} {'requests':>9} {'a second':>9} {'allowed':>8} {'rate':>6} {'in a window':>12}", end="")
    print(f" {'429s':>5} {'one by one':>11} {'ratio':>6} {'base MiB':>9} {'peak MiB':>9}")
    kept = {}
    for kind, limit in LIMITS.items():
        requests = many if kind == "bare" else many // 3
        with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder, _platform(Path(folder), kind) as url:
            found = measure(url, requests, limit)
        found["times one by one"] = found["a second"] / found["one by one"]
        kept[kind] = found | {"of the allowed": found["in a window"] / limit}
        print(
            f"{kind:>9} {requests:>9} {found['a second']:>9.0f} {limit / WINDOW:>8.0f} {found['rate']:>6.1%}"
            f" {found['in a window']:>12} {found['429s']:>5} {found['one by one']:>11.1f}"
            f" {found['times one by one']:>6.1f} {found['base']:>9.0f} {found['peak']:>9.0f}"
        )
    findings.write(kept, file)


def measure(url: str, many: int, limit: int) -> dict[str, Any]:
    """Ask one by one, then many at once."""
    from pydantic import SecretStr

    from platforms.unify.http_wire import HttpWire
    from platforms.unify.limits import Limits
    from platforms.unify.wire import Answer, Request

    requests = [Request("PATCH", f"{PATH}/{number}", {"assigned_user_id": None}) for number in range(many)]
    with HttpWire(url, SecretStr(KEY), limits=Limits(limit, WINDOW)) as wire:
        start = time.perf_counter()
        for request in requests[:ONE_BY_ONE]:
            wire.send(request)
        one_by_one = ONE_BY_ONE / (time.perf_counter() - start)
        time.sleep(WINDOW)
        base, start = _peak(), time.perf_counter()
        outcomes = wire.send_each(requests)
        seconds, peak = time.perf_counter() - start, _peak()
        log = wire.get("/log")
    if any(not isinstance(outcome, Answer) or outcome.status != 404 for outcome in outcomes):
        raise SystemExit(f"not everything was answered: {outcomes[0]}")
    return {
        "a second": many / seconds,
        "one by one": one_by_one,
        "rate": rate(log["arrived"][ONE_BY_ONE:], limit),
        "in a window": most_in_a_window(log["arrived"]),
        "429s": log["refused"],
        "base": base,
        "peak": peak,
    }


def rate(arrived: list[float], limit: int) -> float:
    """What arrived in whole windows, as a part of what was allowed in them."""
    windows = int((arrived[-1] - arrived[0]) / WINDOW)
    return bisect.bisect_left(arrived, arrived[0] + windows * WINDOW) / (windows * limit) if windows else 0.0


def most_in_a_window(arrived: list[float]) -> int:
    """The most that arrived in any window."""
    return max(bisect.bisect_left(arrived, first + WINDOW) - at for at, first in enumerate(arrived))


@contextmanager
def _platform(folder: Path, kind: str) -> Iterator[str]:
    """The platform in a process of its own; gives its address."""
    from tests.processes import free_port, wait_until

    url, ready = f"http://127.0.0.1:{(port := free_port())}", folder / "ready"
    command = [sys.executable, "-m", "benchmarks.unify_throughput", "--serve", kind, str(port), str(folder)]
    with subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: ready.exists() or process.poll() is not None, 120, lambda: "the platform does not start")
            yield url
        finally:
            process.terminate()


def serve(kind: str, port: int, folder: Path) -> None:
    """A platform, and the list of who came when."""
    import socket

    import uvicorn

    app = _bare() if kind == "bare" else _emulator(folder)
    # Only where the protocol is named does asyncio send at once (TCP_NODELAY); else each answer is 40 ms late.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", port))
        listening.listen()
        (folder / "ready").touch()
        config = uvicorn.Config(_logged(app), log_level="error", access_log=False, lifespan="off", date_header=False)
        uvicorn.Server(config).run(sockets=[listening])


def _emulator(folder: Path) -> Any:
    from pydantic import SecretStr

    from platforms.emulator.app import make_app
    from platforms.emulator.limits import Limits
    from platforms.emulator.weather import Weather
    from platforms.sandbox.sandbox import Sandbox
    from tests.workspaces import workspace

    sandbox = Sandbox(f"sqlite:///{folder / 'sandbox.db'}", clock="real")
    sandbox.load(workspace())
    limits = Limits(requests=LIMITS["emulator"], window=WINDOW)
    return make_app(sandbox, SecretStr(KEY), Weather(latency_ms=LATENCY), limits)


def _bare() -> Any:
    """An ASGI application that counts as the vendor does, and answers at once, but for the latency."""
    import asyncio

    taken: list[float] = []

    async def bare(scope: dict[str, Any], receive: Any, send: Any) -> None:
        now, limit = time.monotonic(), LIMITS["bare"]
        is_too_many = len(taken) >= limit and taken[-limit] > now - WINDOW
        if not is_too_many:
            taken.append(now)
        while (await receive()).get("more_body"):
            pass
        await asyncio.sleep(LATENCY / 1000)
        await _say(send, 429 if is_too_many else 404, b"{}", [(b"retry-after", b"1")] if is_too_many else [])

    return bare


async def _say(send: Any, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    told = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode()), *headers]
    await send({"type": "http.response.start", "status": status, "headers": told})
    await send({"type": "http.response.body", "body": body})


def _logged(app: Any) -> Any:
    """An ASGI application that tells at `/log` when each request arrived, and how many were answered 429."""
    arrived: list[float] = []
    refused = 0

    async def logged(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["path"] == "/log":
            await _say(send, 200, json.dumps({"arrived": arrived, "refused": refused}).encode(), [])
            return
        arrived.append(time.monotonic())

        async def counted(message: dict[str, Any]) -> None:
            nonlocal refused
            refused += message.get("status") == 429
            await send(message)

        await app(scope, receive, counted)

    return logged


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--serve"]:
        serve(words[1], int(words[2]), Path(words[3]))
    else:
        reading = argparse.ArgumentParser(prog="python -m benchmarks.unify_throughput")
        reading.add_argument("requests", nargs="?", type=int, default=6_000)
        findings.add_option(reading)
        given = reading.parse_args()
        main(given.requests, given.json)
