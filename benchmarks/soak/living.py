"""Form (b): the same month around a real `handoff up`, in real time times a factor.

Nothing here starts a night or a sweep: they come by their schedules, and are counted where they came. People and ops do
what they do in form (a), ops by commands of the shell; open forms are answered, declined or left to expire.
"""

import csv
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

import httpx

from benchmarks.soak.doings import KINDS
from benchmarks.soak.events import HOUR, Event
from benchmarks.soak.house import House
from benchmarks.soak.office import STARTS, started
from benchmarks.soak.oracle import Oracle, Violation
from benchmarks.soak.people import People
from benchmarks.soak.workplace import Workplace

FACTOR = 720  # a day of the workspace's takes two minutes
LOOKED_AFTER = 15 * 60  # seconds of ours within which a lost run is started again or ended: sweeps trust promises
SETTLES = 5 * 60.0  # seconds of ours after the last event, for what was begun to come to its end
QUESTIONS = (
    "SELECT q.id, q.operation_id, q.question, o.folder FROM question q JOIN operation o ON o.id = q.operation_id"
    " WHERE q.state = 'open'"
)
IN_FLIGHT = "SELECT id FROM operation WHERE ended_at IS NULL AND procedure NOT LIKE 'r%-settings' ORDER BY id"
NIGHTS = "SELECT COUNT(*) FROM operation WHERE procedure = 'nightly-remediation' AND mode = 'live'"


@dataclass
class LivingFigures:
    """What happened: counted for the report."""

    events: int = 0
    nights: int = 0
    sweeps: int = 0
    killed: dict[str, int] = field(default_factory=dict)
    answered: int = 0
    left_to_expire: int = 0
    commands: int = 0
    violations: list[Violation] = field(default_factory=list)

    def as_text(self) -> str:
        """The counts in a line."""
        kills = ", ".join(f"{name} {number}" for name, number in sorted(self.killed.items()))
        counted = ", ".join(
            f"{name.replace('_', ' ')} {value}" for name, value in vars(self).items() if isinstance(value, int)
        )
        return f"{counted}, killed or stopped {sum(self.killed.values())} ({kills}), violations {len(self.violations)}"


class LivingMonth:
    """Plays the events of so many days around a `handoff up`, and judges each day."""

    def __init__(self, home: Path, events: list[Event], days: int, factor: int = FACTOR) -> None:
        self.place = Workplace(home, clock=f"x{factor}")
        self.house, self.people = House(home, factor), People(self.place)
        self.oracle = Oracle(
            self.place.sandbox_file, self.place.journal_file, self.place.diary.path, patience=LOOKED_AFTER * factor
        )
        self.events, self.days, self.figures = events, days, LivingFigures()
        self._asked = set[int]()

    def play(self) -> LivingFigures:
        """Let the month pass; give what happened in it."""
        self.place.begin()
        up = self.house.open()
        try:
            self._until(lambda: any(row[0] for row in self.place.owed(NIGHTS)))  # the first one takes the record
            began = self.place.now().replace(hour=0, minute=0, second=0) + timedelta(days=1)
            judged = 0
            for event in self.events:
                self._until(partial(self._is_past, began + timedelta(minutes=event.at)))
                self._happen(event)
                while self.place.now() > began + timedelta(days=judged, minutes=8 * HOUR):
                    self._judge()
                    judged += 1
            end = time.monotonic() + SETTLES
            self._until(lambda: time.monotonic() > end)
            self._judge()
            self.figures.nights = int(self.place.owed(NIGHTS)[0][0])
            self.figures.sweeps = sweeps(str(up.api_url))
        finally:
            self.house.close()
        return self.figures

    def _is_past(self, instant: datetime) -> bool:
        return self.place.now() >= instant

    def _until(self, comes: Callable[[], bool]) -> None:
        """Wait for something, and look after the house and its forms meanwhile."""
        while not comes():
            self.house.keep()
            self._answer()
            time.sleep(0.5)

    def _happen(self, event: Event) -> None:
        self.figures.events += 1
        random = Random(event.draw)
        if event.kind in KINDS:
            self.people.act(event)
        elif event.kind == "kill":
            if victim := self.house.strike(random):
                self.figures.killed[victim] = self.figures.killed.get(victim, 0) + 1
        elif event.kind in STARTS:
            if run := started(event.kind, self.people, random):
                given = self.place.home / f"parameters-{self.figures.events}.json"
                given.write_text(json.dumps(run.parameters), encoding="utf-8")
                self._command("run", run.what, "--live", "--detach", "--params", str(given))
        elif found := self.place.owed(IN_FLIGHT):
            operation = random.choice(found)[0]
            for _ in range(2 if event.kind == "resume_twice" else 1):
                self._command("cancel" if event.kind == "cancel" else "resume", operation)

    def _command(self, *words: str) -> None:
        self.figures.commands += 1
        self.house.command(*words)

    def _answer(self) -> None:
        """Each form that is new is answered, declined or left alone."""
        for number, operation, question, folder in self.place.owed(QUESTIONS):
            if number in self._asked:
                continue
            self._asked.add(number)
            draw = Random(number).random()
            if draw > 0.8:
                self.figures.left_to_expire += 1
                continue
            self.figures.answered += 1
            given = (
                _matches_approved(Path(folder), yes=draw < 0.7)
                if question == "approve matches"
                else (f"go_on={'true' if draw < 0.7 else 'false'}",)
            )
            self._command("answer", operation, *(word for one in given for word in ("--set", one)))

    def _judge(self) -> None:
        """What is broken at two looks shortly after one another: sandbox and journal are not read at one instant."""
        before = {(one.clause, one.about): one for one in self.oracle.judge(self.place.now(), keep=False)}
        if before:
            time.sleep(5)
            now = self.oracle.judge(self.place.now(), only=set(before))
            self.figures.violations += now


def _matches_approved(folder: Path, *, yes: bool) -> tuple[str, ...]:
    """Every other match of a rerun is approved; none where the answer is no."""
    if not yes:
        return ("decision=none",)
    with (folder / "matches.csv").open(encoding="utf-8", newline="") as file:
        emails = [row["email"] for row in csv.DictReader(file)]
    return ("decision=some", "approved=" + " ".join(emails[::2])) if emails else ("decision=none",)


def sweeps(api_url: str) -> int:
    """How many sweeps came by their schedule and completed."""
    body = {
        "flows": {"name": {"any_": ["restore-settings"]}},
        "flow_runs": {"state": {"type": {"any_": ["COMPLETED"]}}},
    }
    answer = httpx.post(f"{api_url}/flow_runs/count", json=body, timeout=30, trust_env=False)
    return int(answer.json()) if answer.is_success else 0
