"""How long `ownership-change` takes for many contacts, as a ratio to bare SQL that writes the same rows.

    python -m benchmarks.ownership_change [SIZE …]          default 10000 100000

Each size runs in a process of its own, on SQLite files: a live run of the flow on the sandbox, in simulated time,
journal and CSVs included. Beside it, in the same run, bare SQL copies the rows that the run wrote into empty tables
of the same schema with their indices: `enrollment` and `enrollment_step` (the new ones), `play_log`, and the
journal's `outcome`. Figures: seconds, the ratio, peak memory of the process, and the exponent of growth.
"""

import itertools
import json
import math
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

MAILBOX, OWNER, NEW_OWNER = "ana@send.acme.test", "ana@acme.test", "bo@acme.test"
STEPS = (
    "plan_reenrollment",
    "prepare_plays",
    "borrow_settings",
    "await_settings",
    "enroll_groups",
    "give_back",
    "conclude",
)


def main(sizes: list[int]) -> None:
    """Measure each size and print a table."""
    found = [_in_a_process(size) for size in sizes]
    print(f"{'contacts':>10} {'flow s':>8} {'bare SQL s':>11} {'ratio':>7} {'peak MiB':>9} {'base MiB':>9}")
    for row in found:
        ratio = row["flow"] / row["bare"]
        figures = f"{row['flow']:>8.2f} {row['bare']:>11.3f} {ratio:>7.1f} {row['peak']:>9.0f} {row['base']:>9.0f}"
        print(f"{row['contacts']:>10} {figures}")
        parts = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in row["parts"].items())
        print(f"{'':>10} steps: {parts}")
    for small, large in itertools.pairwise(found):
        growth = math.log(large["contacts"] / small["contacts"])
        steps = math.log(sum(large["parts"].values()) / sum(small["parts"].values())) / growth
        whole = math.log(large["flow"] / small["flow"]) / growth
        print(f"growth exponent {small['contacts']} to {large['contacts']}: {whole:.2f} (its steps alone: {steps:.2f})")


def _in_a_process(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as home:
        env = os.environ | {
            "HANDOFF_HOME": home,
            "HANDOFF_SANDBOX_CLOCK": "simulated",
            "PREFECT_HOME": f"{home}/prefect",
            "HANDOFF_DATABASE_URL": "",
            "HANDOFF_SANDBOX_URL": "",
            "HANDOFF_USER": "",
        }
        command = [sys.executable, "-m", "benchmarks.ownership_change", "--one", str(size)]
        done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def measure(size: int) -> dict[str, Any]:
    """One size in this process."""
    from cli import prefect_settings
    from models.changes import ChangeMailboxOwner
    from models.settings import Settings
    from platforms.opening import open_sandbox

    prefect_settings.prepare()
    sandbox = open_sandbox(Settings())
    _fill(sandbox, size)
    sandbox.apply(ChangeMailboxOwner(mailbox=MAILBOX, owner=NEW_OWNER))
    from flows.ownership_change import ownership_change
    from tasks.approving import always_yes, ask_with

    ask_with(always_yes)
    ownership_change(mailbox="bo@send.acme.test", dry_run=True)  # the server's start is not the procedure's
    base, parts = _peak(), _timed_parts()
    start = time.perf_counter()
    report = ownership_change(mailbox=MAILBOX, dry_run=False)
    seconds = time.perf_counter() - start
    peak = _peak()
    if report["counts"]["enrolled"] != size or report["status"] != "completed":
        raise SystemExit(f"the run did not enroll everybody: {report['counts']}, {report['status']}")
    bare = _bare(Settings().home_folder)
    return {"contacts": size, "flow": seconds, "bare": bare, "peak": peak, "base": base, "parts": parts}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _timed_parts() -> dict[str, float]:
    """Seconds of each step of the next run, by wrapping the names that the flow calls."""
    import flows.ownership_change as flow_module

    parts: dict[str, float] = {}

    def timed(name: str, step: Any) -> Any:
        def run(*values: Any, **named: Any) -> Any:
            start = time.perf_counter()
            try:
                return step(*values, **named)
            finally:
                parts[name] = parts.get(name, 0) + time.perf_counter() - start

        return run

    for name in STEPS:
        setattr(flow_module, name, timed(name, getattr(flow_module, name)))
    return parts


def _fill(sandbox: Any, size: int) -> None:
    """A workspace in which so many contacts run from one mailbox, half of them past step one."""
    from sqlalchemy import text

    from models.records import Interval, Mailbox, Play, Ruleset, Sequence, SequenceStep, User
    from models.workspace import Workspace

    sandbox.load(
        Workspace(
            users=(User(email=OWNER, role="admin"), User(email=NEW_OWNER)),
            mailboxes=(Mailbox(email=MAILBOX, owner=OWNER), Mailbox(email="bo@send.acme.test", owner=NEW_OWNER)),
            rulesets=(Ruleset(name="Default", default=True, block_reenrollment=Interval(value=75)),),
            sequences=(Sequence(name="Outbound", steps=tuple(SequenceStep(wait_days=2) for _ in range(4))),),
            plays=(Play(name="Play", sequence="Outbound", mailboxes=(MAILBOX,), published=True, allow_reruns=True),),
        )
    )
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size})"
    with sandbox._engine.begin() as connection:
        now = connection.execute(text("SELECT now FROM workspace")).scalar()
        for statement in (
            f"{numbers} INSERT INTO person (id, email, first_name, status, email_opt_out, do_not_email)"
            " SELECT i, 'p' || i || '@x' || (i % 997) || '.test', 'P', 'lead', 0, 0 FROM n",
            f"{numbers} INSERT INTO enrollment (id, person_id, sequence_id, mailbox_id, play_id, version, state,"
            " steps_done, started_at, next_step_at)"
            " SELECT i, i, 1, 1, 1, 1, CASE i % 2 WHEN 0 THEN 'queued' ELSE 'active' END, i % 2,"
            f" {now} - 86400, {now} + 86400 * 3 FROM n",
            f"INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived) SELECT id, steps_done + 1,"
            f" 'AUTOMATIC_EMAIL', 'SCHEDULED', {now} + 86400 * 3, 0 FROM enrollment",
        ):
            connection.execute(text(statement))


def _bare(home: Path) -> float:
    """Seconds for bare SQL to write the rows that the run wrote, to empty tables of the same schema."""
    from sqlalchemy import text

    from journal.database import Journal
    from platforms.sandbox.store import open_engine

    engine = open_engine(f"sqlite:///{home / 'bare.db'}")
    journal = Journal(f"sqlite:///{home / 'bare-journal.db'}")
    start = time.perf_counter()
    with engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(f"ATTACH '{home / 'sandbox.db'}' AS done")
        raw.execute("BEGIN")
        raw.execute("INSERT INTO enrollment SELECT * FROM done.enrollment WHERE end_reason IS NULL")
        raw.execute(
            "INSERT INTO enrollment_step SELECT s.* FROM done.enrollment_step s JOIN done.enrollment e"
            " ON e.id = s.enrollment_id WHERE e.end_reason IS NULL"
        )
        raw.execute("INSERT INTO play_log SELECT * FROM done.play_log")
        raw.execute("COMMIT")
    with journal.engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("PRAGMA foreign_keys = OFF")
        raw.execute(f"ATTACH '{home / 'journal.db'}' AS done")
        raw.execute("BEGIN")
        raw.execute("INSERT INTO outcome SELECT * FROM done.outcome")
        raw.execute("COMMIT")
    seconds = time.perf_counter() - start
    with engine.connect() as connection:
        connection.execute(text("SELECT COUNT(*) FROM enrollment")).scalar()
    return seconds


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--one"]:
        print(json.dumps(measure(int(words[1]))))
    else:
        main([int(word) for word in words] or [10_000, 100_000])
