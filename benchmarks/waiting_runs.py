"""What a thousand runs that wait cost: processes, memory, the time of `handoff status`, and how late one is woken.

    python -m benchmarks.waiting_runs [--json FILE] [RUNS]          default 1000

A real Prefect server on SQLite and a worker, with Prefect's own settings, in a folder of their own. Three
runs of `ownership-change` are really carried out up to their wait. The others are created over the API in the state
that those are in (Scheduled, named AwaitingPropagation), each with the rows that a run writes to the journal before
it waits: operation, wait, its share of a loan. Before and after, three further runs come due one after the other.

Memory is the proportional share (PSS) of a process and all below it. "late" is from the due time of a wait to the
state Running, of the slowest of three; starting a flow's process takes some seconds of it.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from benchmarks import findings
from tasks.suspending import WAITING
from tests.end_to_end.deployed import ROOT, Api
from tests.processes import PrefectServer, Worker, descendants, wait_until

SAMPLE = 3
APART = 15  # minutes of the workspace, a quarter of a minute of ours, between runs that come due
CLOCK = "x60"
LONG = 24 * 60  # minutes of the workspace, 24 of ours: after the benchmark


class Server(PrefectServer):
    """A server as people start it, whose workers ask as often as they do by default."""

    @property
    def env(self) -> dict[str, str]:
        return {name: value for name, value in super().env.items() if not name.startswith("PREFECT_WORKER_")}


class House:
    """A home whose sandbox has a sequence with a ruleset of its own for each run, so that each borrows and waits."""

    def __init__(self, folder: Path, server: Server) -> None:
        self.home, self.server, self.api = folder / "home", server, Api(server)
        self.env = {"HANDOFF_HOME": str(self.home), "HANDOFF_SANDBOX_CLOCK": CLOCK}
        self.worker = Worker(server, cwd=ROOT, env=self.env)
        self._begun = 0

    def open(self) -> None:
        os.environ.update(self.env)
        self._load(3 * SAMPLE)
        self.api.create_pool("handoff")
        entrypoints = {"ownership-change": "flows.ownership_change:ownership_change"}
        self.deployment = self.api.deploy(entrypoints, "handoff", self.env)["ownership-change"]
        self.worker.start()

    def _load(self, runs: int) -> None:
        from models.records import Enrollment, Interval, Mailbox, Person, Ruleset, Sequence, SequenceStep, User
        from models.workspace import START, Workspace
        from platforms.sandbox.sandbox import Sandbox

        numbers = range(runs)
        Sandbox(f"sqlite:///{self.home / 'sandbox.db'}", clock=CLOCK).load(
            Workspace(
                users=(User(email="ana@acme.test", role="admin"),),
                mailboxes=tuple(Mailbox(email=f"m{at}@send.acme.test", owner="ana@acme.test") for at in numbers),
                rulesets=tuple(
                    Ruleset(name=f"R{at}", default=at == 0, block_reenrollment=Interval(value=75)) for at in numbers
                ),
                sequences=tuple(
                    Sequence(name=f"S{at}", ruleset=f"R{at}", steps=(SequenceStep(), SequenceStep(wait_days=2)))
                    for at in numbers
                ),
                people=tuple(Person(email=f"p{at}@x.test") for at in numbers),
                enrollments=tuple(
                    Enrollment(
                        person=f"p{at}@x.test",
                        sequence=f"S{at}",
                        mailbox=f"m{at}@send.acme.test",
                        state="canceled",
                        steps_done=1,
                        started_at=START - timedelta(days=9),
                        ended_at=START - timedelta(days=1),
                        end_reason="mailbox_owner_changed",
                    )
                    for at in numbers
                ),
            )
        )

    def carry_out(self, wait_min: int, apart: int = 0) -> list[UUID]:
        """SAMPLE runs, really begun, up to their wait; how long it is at least, and how much longer each next one's."""
        runs = []
        for number in range(SAMPLE):
            at, self._begun = self._begun, self._begun + 1
            least = wait_min + number * apart
            waits = {"reenrollment_wait_min": least, "reenrollment_wait_max": 2 * least}
            runs.append(
                self.api.start(
                    self.deployment,
                    {
                        "mailbox": f"m{at}@send.acme.test",
                        "contacts": f"email\np{at}@x.test\n",
                        "dry_run": False,
                        **waits,
                    },
                )
            )
        for run in runs:
            state = self.server.wait_for_state(run, lambda state: state.final or state.name == WAITING, 300)
            if state.name != WAITING:
                raise SystemExit(f"a run did not come to its wait: {state}; logs are in {self.server.home}")
        return runs

    def lateness(self) -> float:
        """Seconds from the due time of a wait to the run's being Running again, of the slowest of SAMPLE runs."""
        late = []
        for run in self.carry_out(60, APART):
            self.server.wait_for_state(run, lambda state: state.name == "Completed", 300)
            states = self.api.history(run)
            at = max(number for number, state in enumerate(states) if state["name"] == WAITING)
            due = datetime.fromisoformat(states[at]["state_details"]["scheduled_time"])
            woken = next(state["timestamp"] for state in states[at:] if state["type"] == "RUNNING")
            late.append((datetime.fromisoformat(woken) - due).total_seconds())
        return max(late)

    def add_waiting(self, like: UUID, number: int) -> None:
        """So many runs in the state that a real one is in, over the API, and their rows in the journal."""
        from journal import loans, operations, waits
        from journal.database import Journal
        from models.settings import Settings
        from models.tables.journal import OperationRow

        journal = Journal(Settings(home=self.home).journal_url)
        real = operations.of_flow_run(journal, str(like))
        if real is None:
            raise SystemExit("the run to be like has no operation")
        [wait], lent = waits.of_operation(journal, real.id), loans.of_operation(journal, real.id)
        state = self.server.flow_run(like)["state"]
        for at in range(number):
            made = self.api.post(
                f"deployments/{self.deployment}/create_flow_run",
                {
                    "parameters": {"mailbox": f"w{at}@send.acme.test", "dry_run": False},
                    "state": {key: state[key] for key in ("type", "name", "message", "state_details")},
                },
            )
            own = {"id": f"{real.id}-{at}", "subject": f"w{at}@send.acme.test", "flow_run_id": made["id"]}
            operations.begin(journal, OperationRow(**(real.model_dump() | own)))
            waits.begin(journal, own["id"], wait.waits_for, wait.since, wait.wakes_at, wait.latest)
            for loan in lent:
                loans.take(
                    journal,
                    own["id"],
                    loan.workspace,
                    loan.setting,
                    loan.was,
                    loan.set_to,
                    loan.opened_at,
                    loan.deadline,
                )

    def status(self) -> tuple[float, int]:
        """The median seconds of `handoff status --json` in a process of its own, and the operations that it lists."""
        command = [sys.executable, "-c", "from cli.main import main; main()", "status", "--json"]
        took, listed = [], 0
        for _ in range(5):
            start = time.perf_counter()
            done = subprocess.run(command, env=self.server.env | self.env, cwd=ROOT, capture_output=True, check=True)
            took.append(time.perf_counter() - start)
            listed = len(json.loads(done.stdout)["operations"])
        return statistics.median(took), listed

    def waiting(self) -> int:
        """How many runs the server says are waiting."""
        body = {"flow_runs": {"state": {"name": {"any_": [WAITING]}}}}
        return int(self.api.post("flow_runs/count", body))

    def figures(self) -> dict[str, float]:
        wait_until(lambda: not self.worker.flow_run_processes(), 60, "runs are still under way")
        seconds, listed = self.status()
        return {
            "runs waiting, by the server": self.waiting(),
            "operations in `handoff status`": listed,
            "processes below the worker": len(self.worker.flow_run_processes()),
            "memory of the server, MiB": memory(self.server.pid),
            "memory of the worker, MiB": memory(self.worker.pid),
            "`handoff status --json`, s": seconds,
            "late, s": self.lateness(),
        }


def memory(pid: int) -> float:
    """The PSS of a process and of all below it, in MiB."""
    total = 0
    for one in [pid, *descendants(pid)]:
        lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def main(runs: int, file: Path | None) -> None:
    """Measure, and print a table."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        server = Server(Path(folder) / "prefect")
        house = House(Path(folder), server)
        try:
            server.start()
            house.open()
            before = house.figures()
            [like, *_] = house.carry_out(LONG)
            start = time.perf_counter()
            house.add_waiting(like, runs - SAMPLE)
            made = time.perf_counter() - start
            after = house.figures()
        finally:
            house.worker.kill()
            server.kill()
    print(f"{runs} runs waiting: {SAMPLE} carried out up to their wait, {runs - SAMPLE} created in {made:.0f} s")
    print(f"{'':32} {'before':>9} {'with them':>10}")
    for figure, value in after.items():
        print(f"{figure:32} {before[figure]:>9.4g} {value:>10.4g}")
    findings.write({"before": before, "with them": after}, file)


if __name__ == "__main__":
    reading = argparse.ArgumentParser(prog="python -m benchmarks.waiting_runs")
    reading.add_argument("runs", nargs="?", type=int, default=1000)
    findings.add_option(reading)
    given = reading.parse_args()
    main(given.runs, given.json)
