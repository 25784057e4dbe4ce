"""`handoff up`, as a user starts it: one real server and worker for this file. The tests run in their order."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from cli.procedures import names
from tasks.chunk_runs.starting import ENROLL_CHUNK
from tests.cli.conftest import Handoff, small_team
from tests.platforms.unify.small_server import Says, SmallServer
from tests.processes import NO_TLS, PYTHON_PATH, LoggedProcess, descendants, free_port, wait_until

COMMAND = [sys.executable, "-c", "from cli.main import main; main()"]
READY_WITHIN = 240  # seconds, on a busy machine
MAILBOX = "ana@send.acme.test"


@dataclass
class House:
    """A `handoff up` and the home that it keeps; commands are called from a folder that holds nothing else."""

    folder: Path
    ports: tuple[int, int]

    def __post_init__(self) -> None:
        self.folder.mkdir()
        self.home = self.folder / "home"
        self.api, self.reports = f"http://127.0.0.1:{self.ports[0]}/api", f"http://127.0.0.1:{self.ports[1]}"
        self.log = self.folder / "up.log"

    @property
    def env(self) -> dict[str, str]:
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "HANDOFF_"))}
        return outside | {
            "HANDOFF_HOME": str(self.home),
            "PYTHONPATH": PYTHON_PATH,
            "HANDOFF_TIMEZONE": "Europe/London",
        }

    def start(self, **env: str) -> LoggedProcess:
        options = ["up", "--port", str(self.ports[0]), "--reports-port", str(self.ports[1])]
        return LoggedProcess([*COMMAND, *options], self.folder, self.env | env, self.log)

    def wait_until_ready(self, process: LoggedProcess) -> None:
        def is_ready() -> bool:
            assert process.running, self.said
            return "ready" in self.said

        wait_until(is_ready, READY_WITHIN, lambda: self.said)

    def handoff(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*COMMAND, *words], cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=240, check=False
        )

    @property
    def said(self) -> str:
        return self.log.read_text()

    @property
    def file(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.home / "up.json").read_text())
        return found

    def find(self, what: str, **asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (
            httpx.post(f"{self.api}/{what}/filter", json=asked, timeout=30, verify=NO_TLS).raise_for_status().json()
        )
        return found

    def carry_out(self, procedure: str, **parameters: Any) -> dict[str, Any]:
        """Start a run of a deployment over the API, and wait for its end."""
        deployment = httpx.get(f"{self.api}/deployments/name/{procedure}/{procedure}").raise_for_status().json()
        path = f"{self.api}/deployments/{deployment['id']}/create_flow_run"
        run = httpx.post(path, json={"parameters": parameters}, timeout=30).raise_for_status().json()
        found: dict[str, Any] = {}

        def ended() -> bool:
            found.update(
                httpx.get(f"{self.api}/flow_runs/{run['id']}", timeout=30, verify=NO_TLS).raise_for_status().json()
            )
            return found["state_type"] in ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

        wait_until(ended, 240, lambda: f"{found.get('state')}\n{self.said}", pause=0.5)
        return found


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> House:
    return House(tmp_path_factory.mktemp("up") / "work", (free_port(), free_port()))


@pytest.fixture(scope="module")
def up(house: House) -> Iterator[LoggedProcess]:
    before = os.umask(0)  # whatever the user's is, the home is theirs alone
    process = house.start()
    os.umask(before)
    house.wait_until_ready(process)
    yield process
    below = descendants(process.pid)
    process.stop(60)
    for pid in below:
        if Path(f"/proc/{pid}").exists():
            os.kill(pid, signal.SIGKILL)


pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


@pytest.mark.usefixtures("up")
def test_both_addresses_answer_and_every_deployment_is_there_with_its_schedule(house: House) -> None:
    assert f"Prefect  {house.api.removesuffix('/api')}\nReports  {house.reports}\n" in house.said
    assert "<title>Prefect" in httpx.get(house.api.removesuffix("/api"), follow_redirects=True).text
    assert "There is none yet" in httpx.get(house.reports).text
    deployments = {one["name"]: one for one in house.find("deployments")}
    assert sorted([*names(), ENROLL_CHUNK]) == sorted(deployments)
    assert {"handoff"} == {one["work_pool_name"] for one in deployments.values()}
    planned = {name: one["schedules"] for name, one in deployments.items() if one["schedules"]}
    assert {
        "nightly-remediation": [("0 2 * * *", "Europe/London", {"dry_run": False, "workspace": "sandbox"})],
        "restore-settings": [
            ("*/5 * * * *", "UTC", {"dry_run": False, "workspace": "sandbox", "every_workspace": True})
        ],
    } == {
        name: [(one["schedule"]["cron"], one["schedule"]["timezone"] or "UTC", one["parameters"]) for one in found]
        for name, found in planned.items()
    }


@pytest.mark.usefixtures("up")
def test_the_key_to_a_workspace_is_filled_in_there_and_used_by_its_name(house: House) -> None:
    kind = httpx.get(f"{house.api}/block_types/slug/unify-workspace").raise_for_status().json()
    [schema] = house.find("block_schemas", block_schemas={"block_type_id": {"any_": [kind["id"]]}})
    platform = SmallServer()
    platform.answering = lambda seen: Says(401, {"status": "unauthorized", "message": "unknown key"})
    data = {"base_url": platform.url, "api_key": "a-key"}
    document = {"name": "emea", "data": data, "block_type_id": kind["id"], "block_schema_id": schema["id"]}
    httpx.post(f"{house.api}/block_documents/", json=document).raise_for_status()  # as the form in the browser does
    done = house.handoff("explain", "pia@x.test", "--sequence", "Outbound", "--workspace", "emea")
    platform.close()
    assert (3, {"a-key"}) == (done.returncode, {seen.headers["x-api-key"] for seen in platform.seen})
    assert "not taken (401): unknown key" in done.stderr


def test_after_its_worker_was_killed_another_carries_a_run_out_whose_report_is_served(
    house: House, up: LoggedProcess
) -> None:
    team = house.folder / "team.yaml"
    team.write_text(json.dumps(small_team()))
    assert 0 == house.handoff("sandbox", "load", str(team)).returncode
    killed = house.file["processes"]["worker"]
    os.kill(killed, signal.SIGKILL)
    wait_until(lambda: "the worker was started again" in house.said, 30, lambda: house.said)
    assert "the worker ended (SIGKILL); it is started again in 1 s" in house.said
    assert {killed} != {house.file["processes"]["worker"]} <= set(descendants(up.pid))
    run = house.carry_out("handover-plan", mailbox=MAILBOX, new_owner="bo@acme.test")
    assert ("Planned", "COMPLETED") == (run["state_name"], run["state_type"])
    [operation] = json.loads(house.handoff("history", "--json").stdout)
    report = httpx.get(f"{house.reports}/{operation['operation_id']}/report.html").raise_for_status()
    assert MAILBOX in report.text
    assert operation["operation_id"] in httpx.get(house.reports).text


@pytest.mark.usefixtures("up")
def test_a_run_from_the_shell_uses_that_server_and_its_clock(house: House) -> None:
    before = {run["id"] for run in house.find("flow_runs")}
    done = house.handoff("run", "ownership-change", "--set", f"mailbox={MAILBOX}", "--live", "--yes", "--json")
    assert 0 == done.returncode, done.stderr
    assert "starting a Prefect server" not in done.stderr
    new = [run for run in house.find("flow_runs") if run["id"] not in before and run["deployment_id"] is None]
    assert [(f"ownership-change {MAILBOX} live on sandbox", "Completed")] == [
        (run["name"], run["state_name"]) for run in new
    ]
    times = [json.loads(house.handoff("sandbox", "state", "--json").stdout)["now"] for _ in range(2)]
    assert times[0] < times[1]  # it runs; in the shell alone it would stand still


@pytest.mark.usefixtures("up")
def test_nobody_but_its_owner_reads_what_server_worker_and_runs_wrote_in_the_home(house: House) -> None:
    found = {path.relative_to(house.home).as_posix(): mode_of(path) for path in house.home.rglob("*")}
    assert {"journal.db", "sandbox.db", "up.json", "watch.json", "logs/worker.log", "prefect/prefect.db"} <= set(found)
    assert any(name.endswith("outcomes.csv") for name in found)
    assert [] == [name for name, mode in found.items() if mode & 0o077]
    assert 0o700 == mode_of(house.home)


def mode_of(path: Path) -> int:
    """The mode of a file or folder; that of the owner only for what is gone meanwhile."""
    try:
        return stat.S_IMODE(path.lstat().st_mode)
    except FileNotFoundError:
        return 0o600


@pytest.mark.usefixtures("up")
def test_a_second_one_in_the_same_home_is_refused_and_names_the_first(house: House) -> None:
    done = house.handoff("up", "--port", str(free_port()), "--reports-port", str(free_port()))
    assert 2 == done.returncode
    assert f"process {house.file['pid']}, {house.file['ui_url']}" in done.stderr


@pytest.mark.usefixtures("up")
def test_with_the_address_of_a_server_that_answers_none_is_started(house: House, tmp_path: Path) -> None:
    other = House(tmp_path / "other", (free_port(), free_port()))
    process = other.start(PREFECT_API_URL=house.api)
    try:
        wait_until(lambda: "starting a worker" in other.said, 60, lambda: other.said)
        wait_until(lambda: bool(other.file["processes"]), 10, lambda: other.said)
        assert ["worker"] == list(other.file["processes"])
        assert f"using the Prefect server at {house.api}" in other.said
    finally:
        below = descendants(process.pid)
        process.stop(60)
    assert 0 == process.exit_code  # asked to end while it starts
    assert [] == [pid for pid in below if Path(f"/proc/{pid}").exists()]
    assert httpx.get(f"{house.api}/health").is_success


def test_ctrl_c_ends_everything(house: House, up: LoggedProcess) -> None:
    below = descendants(up.pid)
    assert len(below) >= 2
    os.kill(up.pid, signal.SIGINT)
    wait_until(lambda: not up.running, 60, lambda: house.said)
    assert 0 == up.exit_code
    assert "all ended" in house.said
    assert [] == [pid for pid in below if Path(f"/proc/{pid}").exists()]
    assert not (house.home / "up.json").exists()
    assert not httpx_answers(house.api)


def httpx_answers(api: str) -> bool:
    try:
        return httpx.get(f"{api}/health", timeout=2, verify=NO_TLS).is_success
    except httpx.TransportError:
        return False


def test_a_server_that_does_not_answer_is_told_and_nothing_is_started(
    handoff: Handoff, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{free_port()}/api")
    said = handoff("up", "--reports-port", str(free_port()))
    assert 3 == said.code
    assert "PREFECT_API_URL" in said.err
    assert "unset PREFECT_API_URL" in said.err
    assert not (home / "up.json").exists()


@pytest.mark.parametrize("option", ["--port", "--reports-port"])
def test_a_port_that_somebody_else_has_is_named_by_its_option(handoff: Handoff, option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        number = str(taken.getsockname()[1])
        ports = {"--port": str(free_port()), "--reports-port": str(free_port()), option: number}
        said = handoff("up", *(word for pair in ports.items() for word in pair))
    assert 2 == said.code
    assert f"{option}: 127.0.0.1:{number}" in said.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("HANDOFF_SANDBOX_CLOCK", "simulated"),
        ("HANDOFF_TIMEZONE", "Europe/Londn"),
        ("HANDOFF_NIGHT_CRON", "at two"),
        ("HANDOFF_SWEEP_CRON", "*/5 * * *"),
    ],
)
def test_a_setting_that_cannot_work_is_named(
    handoff: Handoff, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    said = handoff("up", "--port", str(free_port()), "--reports-port", str(free_port()))
    assert 2 == said.code
    assert f"handoff: {name}: " in said.err
