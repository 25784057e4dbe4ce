"""Real Prefect processes for tests: a server, a worker and the flow runs it starts, to be stopped or killed.

Everything they write stays under one directory, logs included: `server.log`, `worker.log`, `cli.log`.
"""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Self
from uuid import UUID

import httpx

from tests.prepared_prefect import copy_into, short_list_of_certificates

ROOT = Path(__file__).resolve().parents[1]
PYTHON_PATH = os.pathsep.join(map(str, (ROOT / "tests" / "quick_start", ROOT)))
"""For a process that has to find the checkout from elsewhere (see `quick_start`)."""
ON_TIME = {
    "PREFECT_WORKER_QUERY_SECONDS": "1",
    # A flow run's process takes some seconds to start. One that is early waits for its due time by itself.
    "PREFECT_WORKER_PREFETCH_SECONDS": "2",
}
NO_TLS = False  # what is asked again and again is at home: to read the certificates takes longer than to ask
QUIET = {
    "DO_NOT_TRACK": "1",
    "NO_COLOR": "1",
    "PREFECT_CLI_COLORS": "false",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_CLI_WRAP_LINES": "false",
    "PREFECT_LOGGING_COLORS": "false",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_ENABLED": "false",
    "PYTHONUNBUFFERED": "1",
}


@dataclass(frozen=True)
class RunState:
    """What the server says about a flow run right now."""

    type: str
    name: str
    message: str | None
    scheduled_time: datetime | None

    @property
    def final(self) -> bool:
        return self.type in {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}


class LoggedProcess:
    """A command in a session of its own, so that a signal meant for it reaches nobody else."""

    def __init__(self, arguments: Sequence[str], cwd: Path, env: Mapping[str, str], log: Path) -> None:
        # A background job of a shell ignores SIGINT, and so does all it starts; Prefect's worker ends by it.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            with log.open("ab") as output:
                self._process = subprocess.Popen(
                    arguments, cwd=cwd, env=env, stdout=output, stderr=output, start_new_session=True
                )
        finally:
            signal.signal(signal.SIGINT, before)
        self.pid = self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def stop(self, timeout: float = 30) -> None:
        """Ask it to end; kill what is left of its group."""
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        signal_group(self.pid, signal.SIGKILL)
        self._process.wait()


class PrefectServer:
    """`prefect server start` with a database of its own under `home`, on a free port unless told which.

    `ui`: with its pages for a browser, at `url`.
    """

    def __init__(self, home: Path, port: int | None = None, *, ui: bool = False) -> None:
        self.home = home
        self.ui = ui
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.api_url = f"{self.url}/api"
        self.log = home / "server.log"
        self._process: LoggedProcess | None = None
        home.mkdir(parents=True, exist_ok=True)

    @property
    def env(self) -> dict[str, str]:
        """For any process that is to talk to this server; free of settings of whoever runs the tests."""
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT_", "HANDOFF_"))}
        own = {
            "PREFECT_HOME": str(self.home.resolve()),
            "PREFECT_API_URL": self.api_url,
            "PREFECT_API_SSL_CERT_FILE": short_list_of_certificates(),
        }
        return outside | QUIET | ON_TIME | own | (self._pages if self.ui else {})

    @property
    def _pages(self) -> dict[str, str]:
        """The pages have to be told where the API is, and are written where nothing else of Prefect's is."""
        return {
            "PREFECT_SERVER_UI_ENABLED": "true",
            "PREFECT_SERVER_UI_API_URL": self.api_url,
            "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(self.home.resolve() / "pages"),
        }

    def start(self, timeout: float = 120) -> Self:
        copy_into(self.home, lambda home: PrefectServer(home)._start(timeout).stop())
        return self._start(timeout)

    def _start(self, timeout: float) -> Self:
        arguments = prefect("server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        self._process = LoggedProcess(arguments, self.home, self.env, self.log)
        try:
            wait_until(self._comes_up, timeout, f"the server is not healthy, see {self.log}")
        except BaseException:
            self.kill()
            raise
        return self

    def stop(self) -> None:
        if self._process:
            self._process.stop()

    def kill(self) -> None:
        if self._process:
            self._process.kill()

    def restart(self) -> Self:
        self.stop()
        return self.start()

    def cli(
        self,
        *arguments: str,
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        timeout: float = 120,
    ) -> str:
        """Run a `prefect` command to its end and return what it printed; a failure shows all of it."""
        done = subprocess.run(
            prefect(*arguments),
            cwd=cwd or self.home,
            env=self.env | dict(env or {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=timeout,
            check=False,
        )
        with (self.home / "cli.log").open("a") as log:
            log.write(f"$ prefect {' '.join(arguments)}\n{done.stdout}\n")
        assert done.returncode == 0, f"prefect {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}"
        return done.stdout

    def run_deployment_cli(self, name: str, params: Mapping[str, Any] | None = None) -> UUID:
        """Start a run as a person at a shell would; `name` is `flow/deployment`."""
        pairs = [word for key, value in (params or {}).items() for word in ("-p", f"{key}={json.dumps(value)}")]
        printed = self.cli("deployment", "run", name, *pairs)
        found = re.search(r"UUID: ([0-9a-f-]{36})", printed)
        assert found, printed
        return UUID(found[1])

    def ask(self, method: str, path: str, **request: Any) -> Any:
        """The answer to a request; one for which the server's SQLite was too busy is made again, as Prefect does."""
        for pause in (0.2, 0.5, 1, 2, 4, None):
            answer = httpx.request(method, f"{self.api_url}/{path}", timeout=60, verify=NO_TLS, **request)
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE or pause is None:
                break
            time.sleep(pause)
        assert answer.is_success, f"{method} {path} answered {answer.status_code}: {answer.text}"
        return answer.json() if answer.content else None

    def flow_run(self, flow_run_id: UUID) -> dict[str, Any]:
        run: dict[str, Any] = self.ask("GET", f"flow_runs/{flow_run_id}")
        return run

    def state(self, flow_run_id: UUID) -> RunState:
        state = self.flow_run(flow_run_id)["state"]
        due = state["state_details"]["scheduled_time"]
        return RunState(state["type"], state["name"], state["message"], datetime.fromisoformat(due) if due else None)

    def wait_for_state(self, flow_run_id: UUID, predicate: Callable[[RunState], bool], timeout: float = 60) -> RunState:
        """Ask until the predicate holds. A server that is down meanwhile is asked again."""
        seen: list[RunState] = []

        def holds() -> bool:
            try:
                state = self.state(flow_run_id)
            except httpx.TransportError:
                return False
            if not seen or seen[-1] != state:
                seen.append(state)
            return predicate(state)

        # To answer takes the server as long as anything else that it does for a run: twice a second is enough.
        wait_until(
            holds, timeout, lambda: f"flow run {flow_run_id} went through {seen}; logs are in {self.home}", pause=0.5
        )
        return seen[-1]

    @property
    def pid(self) -> int:
        assert self._process, "it was not started"
        return self._process.pid

    @property
    def healthy(self) -> bool:
        """Whether it runs and answers."""
        try:
            return self._running and httpx.get(f"{self.api_url}/health", timeout=5, verify=NO_TLS).is_success
        except httpx.TransportError:
            return False

    @property
    def _running(self) -> bool:
        return self._process is not None and self._process.running

    def _comes_up(self) -> bool:
        assert self._running, f"the server ended by itself, see {self.log}"
        return self.healthy


class Worker:
    """`prefect worker start` on a process pool. `env` reaches the flow runs too; so many runs at a time at most."""

    def __init__(
        self,
        server: PrefectServer,
        pool: str = "handoff",
        cwd: Path | None = None,
        env: Mapping[str, str] | None = None,
        limit: int | None = None,
    ) -> None:
        self.server = server
        self.pool = pool
        self.limit = limit
        self.cwd = cwd or server.home
        self.env = server.env | dict(env or {})
        self.log = server.home / "worker.log"
        self._process: LoggedProcess | None = None

    def start(self, timeout: float = 60) -> Self:
        started = self.log.stat().st_size if self.log.exists() else 0
        arguments = prefect(
            "worker", "start", "--pool", self.pool, "--type", "process", "--no-create-pool-if-not-found"
        )
        arguments += ["--limit", str(self.limit)] if self.limit is not None else []
        self._process = LoggedProcess(arguments, self.cwd, self.env, self.log)

        def ready() -> bool:
            if not (self._process and self._process.running):
                raise AssertionError(f"the worker ended by itself, see {self.log}")
            return b" started!" in self.log.read_bytes()[started:]

        wait_until(ready, timeout, f"the worker is not ready, see {self.log}")
        return self

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.running

    @property
    def pid(self) -> int:
        assert self._process, "it was not started"
        return self._process.pid

    def stop(self) -> None:
        """Ask it to end, as Ctrl-C or a service manager would; flow runs that are left are killed."""
        if self._process:
            children = self.flow_run_processes()
            self._process.stop()
            for pid in children:
                signal_group(pid, signal.SIGKILL)

    def kill(self) -> None:
        """SIGKILL it and every flow run of its, as when a machine loses power."""
        if self._process:
            if self._process.running:
                os.kill(self._process.pid, signal.SIGSTOP)  # it must not start another run meanwhile
            killed = self.flow_run_processes()
            for pid in killed:
                signal_group(pid, signal.SIGKILL)
            self._process.kill()
            # A process that writes when it is killed ends its write first.
            wait_until(lambda: all(map(is_gone, killed)), 30, f"still there though killed: {killed}")

    def flow_run_processes(self) -> list[int]:
        """Processes below the worker. Each flow run leads a session of its own, out of the worker's group."""
        if not (self._process and self._process.running):
            return []
        return descendants(self._process.pid)

    def kill_flow_run(self, flow_run_id: UUID) -> None:
        """SIGKILL one run's process and leave the worker alive, which will then report the run as crashed."""
        signal_group(int(self.server.flow_run(flow_run_id)["infrastructure_pid"]), signal.SIGKILL)


def prefect(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "prefect", *arguments]


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def is_gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has asked how (a zombie) has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def signal_group(leader: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):  # it ended by itself
        os.killpg(leader, number)


def descendants(ancestor: int) -> list[int]:
    """Processes below one, nearest first."""
    table = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(pid): int(parent) for pid, parent in (line.split() for line in table.splitlines())}
    found = [ancestor]
    for pid in found:
        found.extend(child for child, parent in parents.items() if parent == pid)
    return found[1:]


def wait_until(
    condition: Callable[[], bool], timeout: float, otherwise: str | Callable[[], str], *, pause: float = 0.2
) -> None:
    """Look again after each `pause`, in seconds, until the condition holds; AssertionError once the time is over."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(otherwise if isinstance(otherwise, str) else otherwise())
        time.sleep(pause)
