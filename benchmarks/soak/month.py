"""Form (a): a month on a simulated clock, in one process that forks for each run; the same seed, the same month.

The night comes at two, a sweep every six hours, ops look at `handoff status` each morning, and the oracle judges at
eight. Between them happens what the events say.
"""

import gc
import heapq
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from random import Random

from benchmarks.soak.doings import KINDS
from benchmarks.soak.events import DAY, HOUR, Event
from benchmarks.soak.office import STARTS, started
from benchmarks.soak.oracle import Oracle, Violation
from benchmarks.soak.people import People
from benchmarks.soak.runs import Ended, Kill, Run, carry
from benchmarks.soak.workplace import Workplace
from tests.prepared_prefect import short_list_of_certificates

NIGHT, SWEEPS, JUDGED, LOOK = 2 * HOUR, range(0, DAY, 6 * HOUR), 8 * HOUR, 9 * HOUR + 30
LONG_WAIT = timedelta(hours=3)  # a run that waits longer is looked after once a day, at noon
LOADED_LATE = (
    "alembic.autogenerate",
    "alembic.command",
    "fastapi",
    "graphviz",
    "prefect.engine",
    "prefect.flow_engine",
    "prefect.task_engine",
    "pygments.lexers",
)  # what each run would load for itself, at a fifth of its time
KILLED_WITHIN = 60  # of a run's first so many writes one is drawn
ANYTHING_OUT = (
    "SELECT 1 FROM operation WHERE ended_at IS NULL UNION SELECT 1 FROM loan WHERE state IN ('open', 'returning')"
)
IN_FLIGHT = (
    "SELECT id, procedure, parameters, mode, alive_until FROM operation WHERE ended_at IS NULL ORDER BY recorded_at"
)


@dataclass
class Figures:
    """What happened: counted for the report."""

    events: int = 0
    refused: int = 0
    runs: int = 0
    nights: int = 0
    sweeps: int = 0
    kills: int = 0
    handed_back: int = 0
    violations: list[Violation] = field(default_factory=list)

    def as_text(self) -> str:
        """The counts in a line."""
        counted = {name: value for name, value in vars(self).items() if name != "violations"}
        told = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in counted.items())
        return f"{told}, violations {len(self.violations)}"


class Month:
    """Plays the events of so many days in a home, and judges each day; stops where the clause `until` is broken."""

    def __init__(self, home: Path, events: list[Event], days: int, *, until: str | None = None) -> None:
        self.place = Workplace(home)
        self.people, self.days, self.until = People(self.place), days, until
        self.oracle = Oracle(self.place.sandbox_file, self.place.journal_file, self.place.diary.path)
        self.began, self.figures = self.place.now().replace(hour=0, minute=0), Figures()
        self._queue: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._kill: Kill | None = None
        self._waiting: dict[str, str] = {}
        self._after = self.place.now()
        self._daily()
        for event in events:
            self._at(self.began + timedelta(minutes=event.at), partial(self._happen, event))

    def _daily(self) -> None:
        for day in range(self.days + 1):
            midnight = self.began + timedelta(days=day)
            daily: list[tuple[int, Callable[[], None]]] = [
                (NIGHT, self._night),
                (JUDGED, self._judge),
                (LOOK, self._look),
                *((at, self._sweep) for at in SWEEPS),
            ]
            for minutes, what in daily:
                self._at(midnight + timedelta(minutes=minutes), what)

    def _at(self, when: datetime, what: Callable[[], None]) -> None:
        if when >= self._after:
            heapq.heappush(self._queue, (when, next(self._numbers), what))

    def play(self) -> Figures:
        """Let the month pass; give what happened in it."""
        end = self.began + timedelta(days=self.days, minutes=JUDGED)
        self.place.begin()
        self._night()  # the first one takes the record: whoever fell out before it, nobody can know of
        while self._queue and self._queue[0][0] <= end:
            when, _, what = heapq.heappop(self._queue)
            self.place.pass_time(when)
            what()
            if any(one.clause == self.until for one in self.figures.violations):
                break
        return self.figures

    def _happen(self, event: Event) -> None:
        self.figures.events += 1
        random = Random(event.draw)
        if event.kind in KINDS:
            self.figures.refused += not self.people.act(event)
        elif event.kind == "kill":
            self._kill = Kill(random.randint(1, KILLED_WITHIN), random.choice(("before", "after")))
        elif event.kind in STARTS:
            if run := started(event.kind, self.people, random):
                self._run(run)
        else:
            {"cancel": self._cancel, "resume_twice": self._resume_twice}[event.kind](random)

    def _night(self) -> None:
        self.figures.nights += 1
        self._run(Run("nightly-remediation"))

    def _sweep(self) -> None:
        self.figures.sweeps += 1
        if any(self.place.owed(ANYTHING_OUT)):  # else it would find nothing, and a process is not forked for that
            self._run(Run("sweep"))

    def _run(self, run: Run) -> Ended:
        """Carry a run out; whoever handed its process back is taken up when due."""
        self.figures.runs += 1
        kill, self._kill = (self._kill, None) if run.what != "sweep" else (None, self._kill)
        at = self.place.now()
        run = Run(run.what, run.parameters, run.answer, kill, run.dry_run)
        self.place.let_go()
        ended = carry(run, self._horizon(), self.place.home / "runs", self.figures.runs)
        self.figures.kills += ended.how == "killed"
        self.place.diary.note(
            "run",
            at=int(at.timestamp()),
            procedure=run.what,
            parameters=str(run.parameters),
            ended=ended.how,
            operation=" ".join(ended.operations),
            why=ended.why,
        )
        if ended.how == "handed back":
            self._wait_for(ended)
        return ended

    def _horizon(self) -> datetime:
        """When the next thing happens but a sweep, which may come late."""
        return min((when for when, _, what in self._queue if what != self._sweep), default=self.place.now())

    def _wait_for(self, ended: Ended) -> None:
        self.figures.handed_back += 1
        due = datetime.fromisoformat(str(ended.until))
        if due - self.place.now() > LONG_WAIT:
            noon = due.replace(hour=12, minute=0, second=0)
            due = noon if noon >= due else noon + timedelta(days=1)
        outermost = ended.operations[0]
        self._waiting[outermost] = token = f"{outermost}:{self.figures.runs}"
        self._at(due, lambda: self._wake(outermost, ended.operations, token))

    def _wake(self, outermost: str, carried: tuple[str, ...], token: str) -> None:
        if self._waiting.get(outermost) == token:
            del self._waiting[outermost]
            self._forget_promise(carried)
            self._resume(outermost)

    def _forget_promise(self, carried: tuple[str, ...]) -> None:
        """The process that waited is gone: what it promised holds no more."""
        connection = sqlite3.connect(self.place.journal_file, timeout=60)
        with connection:
            now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.000000")
            marks = ", ".join("?" * len(carried))
            connection.execute(f"UPDATE operation SET alive_until = ? WHERE id IN ({marks})", [now, *carried])
        connection.close()

    def _resume(self, operation: str) -> None:
        from journal import operations
        from journal.database import Journal

        journal = Journal(f"sqlite:///{self.place.journal_file}")
        row = operations.get(journal, operation)
        journal.engine.dispose()
        if row is not None and row.ended_at is None:
            given = {**(row.parameters or {}), "workspace": row.workspace, "operation": row.id}
            given.pop("dry_run", None)
            self._run(Run(row.procedure, given, dry_run=row.mode == "dry_run"))

    def _look(self) -> None:
        """Ops look at `handoff status` in the morning, and see to every operation that nobody carries any more."""
        for operation, procedure, *_ in self.place.owed(IN_FLIGHT):
            if operation in self._carried_by_waiting() or procedure == "restore-settings":
                continue
            if Random(f"{procedure}{self.figures.runs}").random() < 0.75:
                self._resume(operation)
            else:
                self._run(Run("cancel", {"operation": operation}))

    def _carried_by_waiting(self) -> set[str]:
        now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
        return {row[0] for row in self.place.owed(IN_FLIGHT) if (row[4] or "") > now}

    def _cancel(self, random: Random) -> None:
        if found := self.place.owed(IN_FLIGHT):
            operation = random.choice(found)[0]
            self._waiting.pop(operation, None)
            self._run(Run("cancel", {"operation": operation}))

    def _resume_twice(self, random: Random) -> None:
        """Somebody resumes what waits and is well, and somebody else does so too."""
        if found := sorted(self._waiting):
            operation = random.choice(found)
            for _ in range(2):
                self._resume(operation)

    def _judge(self) -> None:
        self.figures.violations += self.oracle.judge(self.place.now())


def made_up_home(home: Path, contacts: int, seed: int, *, anew: bool = False) -> None:
    """A lively workspace in a home of its own; `anew`: what was there goes."""
    from platforms.sandbox.made_up_team.team import LIVELY, made_up_team

    if anew:
        shutil.rmtree(home, ignore_errors=True)
        os.environ["HANDOFF_HOME"] = str(home)
    place = Workplace(home)
    place.sandbox().load(made_up_team(contacts, seed, life=LIVELY))
    place.let_go()


def load_prefect(home: Path) -> None:
    """Make this process one that runs of a home can be forked from: Prefect is loaded once, and nobody is asked yet."""
    os.environ.update(
        {
            "HANDOFF_HOME": str(home),
            "HANDOFF_SANDBOX_CLOCK": "simulated",
            "PREFECT_HOME": str(home / "prefect"),
            "PREFECT_LOGGING_LEVEL": "CRITICAL",
            "PREFECT_API_SSL_CERT_FILE": short_list_of_certificates(),  # to read all takes each run a tenth of a second
            "DO_NOT_TRACK": "1",
            "PREFECT_LOGGING_TO_API_ENABLED": "false",
        }
    )
    (home / "prefect").mkdir(parents=True, exist_ok=True)
    from prefect.context import refresh_global_settings_context

    from cli.procedures import load, names
    from reports.html_report import PAGES
    from tasks import heartbeat
    from tests.quick_flows import send_no_heartbeats_and_task_runs

    refresh_global_settings_context()
    for module in LOADED_LATE:
        import_module(module)
    for name in names():
        load(name)
    for template in PAGES.list_templates(["html"]):
        PAGES.get_template(template)
    send_no_heartbeats_and_task_runs()  # they are not judged
    # One process at a time carries a run: whoever gives no sign of life now is dead, and nobody waits to be sure.
    heartbeat.LIFE_SIGN = timedelta(0)
    gc.collect()
    gc.freeze()  # what is loaded stays: no run has to look through it for garbage
