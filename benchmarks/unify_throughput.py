"""How much of the vendor's allowed rate the wire to the Unify API holds at 50 ms of latency, and whether it passes it.

    python -m benchmarks.unify_throughput [REQUESTS]          default 6000

The platform is a process of its own: the emulator over a sandbox where everybody can be enrolled. Around it stands
what the network and the vendor add: 50 ms, a limit of 1,000 requests in any 3 seconds (100,000 in 5 minutes, scaled),
answered with 429 beyond that, and a list of when each request arrived, which all figures are taken from. First some
people are enrolled one request at a time, then REQUESTS people by `send_each`, and each answer is looked at.

Rate: what arrived in as many whole windows as the run has, against what was allowed in them; goal at least 95%. In a
window: the most that arrived in any 3 seconds, from whichever arrival on; goal at most 1,000. Ratio: to one request at
a time; goal at least 15. Memory is the peak of the process that asks, before and after.
"""

import bisect
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LATENCY = 0.05  # seconds
LIMIT, WINDOW = 1000, 3.0
ONE_BY_ONE = 60
ENROLLMENTS = "/sequences/v1/enrollments"
KEY = "key-of-the-benchmark"


def main(many: int) -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder, _platform(Path(folder), many) as (url, people):
        found = measure(url, people)
    print(f"{'requests':>9} {'a second':>9} {'allowed':>8} {'rate':>6} {'in a window':>12} {'429s':>5}", end="")
    print(f" {'one by one':>11} {'ratio':>6} {'base MiB':>9} {'peak MiB':>9}")
    print(
        f"{found['requests']:>9} {found['a second']:>9.0f} {LIMIT / WINDOW:>8.0f} {found['rate']:>6.1%}"
        f" {found['in a window']:>12} {found['429s']:>5} {found['one by one']:>11.1f}"
        f" {found['a second'] / found['one by one']:>6.1f} {found['base']:>9.0f} {found['peak']:>9.0f}"
    )


def measure(url: str, bodies: list[dict[str, Any]]) -> dict[str, Any]:
    """Enroll all: the first ones one at a time."""
    from pydantic import SecretStr

    from platforms.unify.http_wire import HttpWire
    from platforms.unify.limits import Limits
    from platforms.unify.wire import Answer, Request

    requests = [Request("POST", ENROLLMENTS, body) for body in bodies]
    alone, together = requests[:ONE_BY_ONE], requests[ONE_BY_ONE:]
    with HttpWire(url, SecretStr(KEY), limits=Limits(LIMIT, WINDOW)) as wire:
        start = time.perf_counter()
        answers = [wire.send(request) for request in alone]
        one_by_one = len(alone) / (time.perf_counter() - start)
        time.sleep(WINDOW)
        base, start = _peak(), time.perf_counter()
        outcomes = wire.send_each(together)
        seconds = time.perf_counter() - start
        peak, log = _peak(), wire.get("/arrivals")
    done = [outcome for outcome in (*answers, *outcomes) if isinstance(outcome, Answer) and outcome.status == 201]
    if len(done) != len(requests):
        raise SystemExit(f"not everybody was enrolled: {len(done)} of {len(requests)}; {outcomes[0]}")
    arrived = log["arrived"][len(alone) :]
    return {
        "requests": len(together), "a second": len(together) / seconds, "one by one": one_by_one,
        "rate": rate(arrived), "in a window": most_in_a_window(log["arrived"]), "429s": log["refused"],
        "base": base, "peak": peak,
    }  # fmt: skip


def rate(arrived: list[float]) -> float:
    """What arrived in whole windows, as a part of what was allowed in them."""
    windows = int((arrived[-1] - arrived[0]) / WINDOW)
    return bisect.bisect_left(arrived, arrived[0] + windows * WINDOW) / (windows * LIMIT) if windows else 0.0


def most_in_a_window(arrived: list[float]) -> int:
    """The most that arrived in any window."""
    return max(bisect.bisect_left(arrived, first + WINDOW) - at for at, first in enumerate(arrived))


@contextmanager
def _platform(folder: Path, many: int) -> "Iterator[tuple[str, list[dict[str, Any]]]]":
    """The platform in a process of its own: its address, and what to ask it."""
    from tests.processes import free_port, wait_until

    port, ready = free_port(), folder / "bodies.json"
    command = [sys.executable, "-m", "benchmarks.unify_throughput", "--serve", str(port), str(many), str(folder)]
    with subprocess.Popen(command, env=os.environ, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: ready.exists() or process.poll() is not None, 240, lambda: "the platform does not start")
            yield f"http://127.0.0.1:{port}", json.loads(ready.read_text())
        finally:
            process.terminate()


def serve(port: int, many: int, folder: Path) -> None:
    """The platform, the network before it, and the vendor's limit."""
    import uvicorn

    app, bodies = _emulator(folder, many + ONE_BY_ONE)
    server = uvicorn.Server(uvicorn.Config(_network(app), port=port, log_level="warning", access_log=False))
    unfinished = folder / "unfinished"
    unfinished.write_text(json.dumps(bodies))
    startup = server.startup

    async def ready(*arguments: Any, **named: Any) -> None:
        await startup(*arguments, **named)
        unfinished.rename(folder / "bodies.json")

    server.startup = ready  # type: ignore[method-assign]
    server.run()


def _network(app: Any) -> Any:
    """An ASGI application around the platform's."""
    import asyncio

    arrived: list[float] = []
    refused = 0

    async def network(scope: dict[str, Any], receive: Any, send: Any) -> None:
        nonlocal refused
        if scope["type"] != "http":
            return await app(scope, receive, send)
        if scope["path"] == "/arrivals":
            return await _say(send, 200, json.dumps({"arrived": arrived, "refused": refused}))
        now = time.monotonic()
        arrived.append(now)
        is_too_many = len(arrived) > LIMIT and arrived[-LIMIT - 1] > now - WINDOW
        await asyncio.sleep(LATENCY)
        if is_too_many:
            refused += 1
            return await _say(send, 429, "{}", (b"retry-after", b"1"))
        return await app(scope, receive, send)

    return network


async def _say(send: Any, status: int, body: str, *headers: tuple[bytes, bytes]) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(b"content-type", b"application/json"), *headers],
        }
    )
    await send({"type": "http.response.body", "body": body.encode()})


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _emulator(folder: Path, many: int) -> Any:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            return await send({"type": "lifespan.shutdown.complete"})
        while (await receive()).get("more_body"):
            pass
        await _say(send, 201, "{}")

    return app, [{"person_id": str(n), "sequence_id": "x", "mailbox_emails": ["a"]} for n in range(many)]


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--serve"]:
        serve(int(words[1]), int(words[2]), Path(words[3]))
    else:
        main(int(words[0]) if words else 6_000)
