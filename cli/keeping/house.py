"""Server, worker, deployments and report pages: started in this order, kept running, ended in reverse."""

import os
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

from cli.keeping import commands, missed_night, process_table
from cli.keeping.child import Child
from cli.keeping.ending import Ended, Ending
from cli.keeping.prefect_api import forget_overdue
from cli.keeping.report_server import ReportServer
from cli.keeping.runs import end_runs
from cli.keeping.settled import NIGHT, SWEEP
from cli.keeping.watching import Watcher
from cli.prefect_settings import answers, refuse_unless_let_in
from models.errors import HandoffError
from models.settings import Settings
from models.up_file import Up, UpFile
from models.watch_file import note, watch_in
from models.wording import counted

STARTS_WITHIN = 180.0  # seconds; a first start on a small, busy machine takes some 40
RUNS_END_WITHIN = 20.0  # seconds for runs to give back what they borrowed
OTHERS_END_WITHIN = 10.0
WORKER_IS_READY = " started!"  # in its log
STARTED_WITH = {"server": "prefect server start", "worker": "prefect worker start"}


class House:
    """What `handoff up` keeps."""

    def __init__(
        self,
        settings: Settings,
        file: UpFile,
        ending: Ending,
        say: Callable[[str], None],
        *,
        server_elsewhere: str | None,
        port: int,
        reports: ReportServer,
    ) -> None:
        self._file, self._ending, self._say, self._reports = file, ending, say, reports
        self._own_server = server_elsewhere is None
        self.api_url = server_elsewhere or f"http://{commands.HOST}:{port}/api"
        self._settings, clock = settings, commands.clock_of(settings)
        self._env = commands.environment(settings, self.api_url, reports.url, clock)
        _ = settings.night_schedule, settings.sweep_schedule  # one that is no cron line stops it here
        self._up = Up(pid=os.getpid(), clock=clock)
        self._logs = settings.home_folder / "logs"
        self._deploying = commands.deploy()
        server_env = commands.server_environment(settings, self._env)
        self.server = Child("server", commands.server(port), server_env, self._logs / "server.log", self._say)
        self.worker = self._child("worker", commands.worker())
        log = self.server.log if self._own_server else None
        self._watcher = Watcher(settings, self.api_url, log, say)
        self._children = [self.server, self.worker] if self._own_server else [self.worker]

    def _child(self, name: str, command: list[str]) -> Child:
        return Child(name, command, self._env, self._logs / f"{name}.log", self._say)

    def open(self) -> Up:
        """Start all of it; answers when all answer. Raises HandoffError where a part does not, Ended when asked to."""
        self._file.write(self._up)
        self._reports.start()
        if self._own_server:
            self._say("starting a Prefect server")
            self._start(self.server, lambda: answers(self.api_url))
        else:
            self._say(f"using the Prefect server at {self.api_url}")
        refuse_unless_let_in(self.api_url)
        self._forget_overdue()
        self._say("starting a worker")
        self._start(self.worker, lambda: WORKER_IS_READY in self.worker.words())
        self._say("making the deployments")
        self._deploy()
        if (made_up := missed_night.make_up(self._settings, self.api_url)) is not None:
            self._say(made_up)
        self._up = self._up.model_copy(
            update={
                "api_url": self.api_url,
                "ui_url": self.api_url.removesuffix("/api"),
                "reports_url": self._reports.url,
            }
        )
        self._note()
        self._watcher.start()
        return self._up

    def _start(self, child: Child, ready: Callable[[], bool]) -> None:
        child.start()
        self._note()

        def is_ready() -> bool:
            if child.exit_code() is not None:
                raise HandoffError(f"the {child.name} ended by itself ({child.ending()}): {child.last_words()}")
            return ready()

        self._ending.wait_for(is_ready, STARTS_WITHIN, f"the {child.name} does not answer, see {child.log}")

    def _forget_overdue(self) -> None:
        try:
            forget_overdue(self.api_url, [NIGHT, SWEEP])
        except httpx.HTTPError as error:
            self._say(f"runs that were due while nothing ran may begin now: they could not be deleted ({error})")

    def _deploy(self) -> None:
        log = self._logs / "deploy.log"
        with log.open("wb") as output:
            deploying = subprocess.Popen(
                self._deploying,
                env=self._env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        try:
            self._ending.wait_for(lambda: deploying.poll() is not None, STARTS_WITHIN, f"deploying hangs, see {log}")
        except (Ended, HandoffError):
            deploying.kill()
            deploying.wait()
            raise
        if deploying.returncode:
            words = log.read_text(errors="replace").strip().splitlines()
            raise HandoffError(f"the deployments could not be made, see {log}: {words[-1] if words else ''}")

    def _note(self) -> None:
        """Write down which processes run, so that whoever comes after a killed `handoff up` can end them."""
        pids = {child.name: child.pid for child in self._children if child.pid is not None}
        self._up = self._up.model_copy(update={"processes": pids})
        self._file.write(self._up)

    def keep(self) -> None:
        """Start again what dies, until somebody asks to end."""
        while not self._ending.requested(0.5):
            for child in self._children:
                if child.look_after():
                    self._note()

    def close(self) -> None:
        """End all: runs are asked first and get some seconds to give back what they borrowed."""
        hurry = self._ending.hurry
        self._watcher.stop()
        self._note_end()
        if (worker := self._running(self.worker)) is not None:
            self._say("ending; runs have 20 seconds to give back what they borrowed, Ctrl-C again kills them")
            running, killed = end_runs(worker, self.api_url, RUNS_END_WITHIN, hurry)
            process_table.end({worker}, OTHERS_END_WITHIN, hurry)
            if running:
                number = counted(running, "run was", "runs were")
                self._say(f"{number} asked to end; `handoff status` and `handoff history` tell what became of it")
            if killed:
                self._say("killed what did not end by itself; `handoff status` shows what is on loan")
        if (server := self._running(self.server)) is not None:
            process_table.end({server}, OTHERS_END_WITHIN, hurry)
        self._reports.stop()

    def _note_end(self) -> None:
        """Somebody ended it: nothing is to come by itself any more. Not where it failed to start."""
        deployed = watch_in(self._settings.home_folder).deployed
        if self._ending.requested() and deployed is not None:
            ended = deployed.model_copy(update={"ended": datetime.now(UTC)})
            note(self._settings.home_folder, deployed=ended)

    @staticmethod
    def _running(child: Child) -> int | None:
        return child.pid if child.pid is not None and child.exit_code() is None else None


def end_left_behind(file: UpFile, say: Callable[[str], None]) -> None:
    """End server and worker of a `handoff up` that was killed: they would hold the port and the database."""
    left = file.left_behind.processes if file.left_behind else {}
    pids = {pid for name, pid in left.items() if STARTED_WITH.get(name, "?") in process_table.command_line(pid)}
    if pids:
        say("ending what a killed `handoff up` left running")
        groups = pids.union(*(process_table.groups_below(pid) for pid in pids))
        process_table.end(groups, RUNS_END_WITHIN, lambda: False)
