"""The machine of form (b): a real `handoff up` in the home, whose parts are killed and which is stopped for hours."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

from models.up_file import Up, up_in
from tests.processes import LoggedProcess, descendants, free_port, signal_group

ROOT = Path(__file__).parents[2]
HANDOFF = (sys.executable, "-c", "from cli.main import main; main()")
READY_WITHIN = 180.0
STOPPED_AT_MOST = 40.0  # seconds; whoever waits for a lock that a stopped process holds gives up after sixty


class House:
    """`handoff up` with a clock that runs `factor` times as fast as ours, and a night each of its days."""

    def __init__(self, home: Path, factor: int) -> None:
        self.home, self.factor, self.started = home, factor, 0
        own = {
            "HANDOFF_HOME": str(home),
            "HANDOFF_SANDBOX_CLOCK": f"x{factor}",
            "DO_NOT_TRACK": "1",
            "HANDOFF_NIGHT_CRON": f"*/{max(86_400 // factor // 60, 1)} * * * *",
            "HANDOFF_SWEEP_CRON": "* * * * *",
            "HANDOFF_APPROVAL_HOURS": "0.05",
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
        }
        outside = {k: v for k, v in os.environ.items() if not k.startswith(("HANDOFF_", "PREFECT_"))}
        self.env = outside | own
        self.port, self.reports_port = free_port(), free_port()
        self._up: LoggedProcess | None = None
        self._commands: list[subprocess.Popen[bytes]] = []

    def open(self) -> Up:
        """Start `handoff up`, and wait until it says that all answers."""
        self.started += 1
        ports = ("up", "--port", str(self.port), "--reports-port", str(self.reports_port))
        self._up = LoggedProcess([*HANDOFF, *ports], ROOT, self.env, self.home / "up.log")
        given_up = time.monotonic() + READY_WITHIN
        while time.monotonic() < given_up:
            if (up := up_in(self.home)) is not None and up.api_url:
                return up
            if not self._up.running:
                raise RuntimeError(f"`handoff up` ended with {self._up.exit_code}, see {self.home / 'up.log'}")
            time.sleep(0.5)
        raise RuntimeError(f"`handoff up` is not ready after {READY_WITHIN:.0f} s, see {self.home / 'up.log'}")

    def keep(self) -> None:
        """Start it again where it is gone, as whoever looks after the machine would."""
        if self._up is None or not self._up.running:
            self.open()

    def close(self) -> None:
        """End it as Ctrl-C does."""
        for command in self._commands:
            command.wait(120)
        if self._up is not None:
            self._up.stop(timeout=60)

    def command(self, *words: str) -> None:
        """A command of the shell, which nobody waits for."""
        log = (self.home / "commands.log").open("ab")
        with log:
            self._commands.append(subprocess.Popen([*HANDOFF, *words], cwd=ROOT, env=self.env, stdout=log, stderr=log))

    def strike(self, random: Random) -> str | None:
        """Kill a part of it, or stop the machine; give which, None where that part does not run."""
        victims: dict[str, Callable[[], bool]] = {
            "run": lambda: self._kill_run(random),
            "worker": lambda: self._kill_child("worker"),
            "server": lambda: self._kill_child("server"),
            "up": self._kill_up,
            "machine": lambda: self._stop(random),
        }
        victim = random.choice(["run", "run", "run", *victims])
        return victim if victims[victim]() else None

    def _kill_run(self, random: Random) -> bool:
        up = up_in(self.home)
        runs = descendants(up.processes["worker"]) if up and "worker" in up.processes else []
        if not runs:
            return False
        with suppress(ProcessLookupError):
            os.kill(random.choice(runs), signal.SIGKILL)
        return True

    def _kill_child(self, name: str) -> bool:
        up = up_in(self.home)
        if up is None or name not in up.processes:
            return False
        signal_group(up.processes[name], signal.SIGKILL)
        return True

    def _kill_up(self) -> bool:
        if self._up is None:
            return False
        os.kill(self._up.pid, signal.SIGKILL)  # it alone: what it keeps lives on without it
        return True

    def _stop(self, random: Random) -> bool:
        """For some hours of the workspace's time; people at the platform go on."""
        if self._up is None:
            return False
        all_of_it = [self._up.pid, *descendants(self._up.pid)]
        for pid in all_of_it:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        time.sleep(min(random.uniform(2, 8) * 3600 / self.factor, STOPPED_AT_MOST))
        for pid in reversed(all_of_it):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        return True
