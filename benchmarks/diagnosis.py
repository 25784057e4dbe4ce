"""How long the diagnosis of many contacts takes, as a ratio to `pandas.read_sql` of the same tables.

    python -m benchmarks.diagnosis [--json FILE] [SIZE …]          default 10000 100000

Each size runs in a process of its own, on a SQLite file: everybody in a published play's audience is diagnosed
through it: every reason, when it lapses, what lifts it, whom else that lets in, and the sets of settings that free the
most for the least. Beside it, in the same run, `pandas.read_sql` reads the tables that the diagnosis reads: `person`,
`company`, `enrollment`, `enrollment_step`, `audience_member` and `play_log`. Figures: CPU seconds (user and system),
the ratio, and the peak memory of the process before and after.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks import findings

TABLES = ("person", "company", "enrollment", "enrollment_step", "audience_member", "play_log")


def main(sizes: list[int], file: Path | None) -> None:
    """Measure each size and print a table."""
    print(f"{'contacts':>10} {'diagnosis s':>12} {'read_sql s':>11} {'ratio':>6} {'base MiB':>9} {'peak MiB':>9}")
    found = {}
    for size in sizes:
        row = _in_a_process(size)
        found[str(size)] = row | {"times read_sql": row["diagnosis"] / row["read"]}
        print(
            f"{size:>10} {row['diagnosis']:>12.2f} {row['read']:>11.2f} {row['diagnosis'] / row['read']:>6.1f}"
            f" {row['base']:>9.0f} {row['peak']:>9.0f}"
        )
        print(f"{'':>10} " + ", ".join(f"{name} {seconds:.2f} s" for name, seconds in row["parts"].items()))
        print(f"{'':>10} " + ", ".join(f"{reason} {number}" for reason, number in row["reasons"].items()))
    findings.write(found, file)


def _in_a_process(size: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as home:
        command = [sys.executable, "-m", "benchmarks.diagnosis", "--one", str(size), home]
        done = subprocess.run(command, env=os.environ, stdout=subprocess.PIPE, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found


def measure(size: int, home: Path) -> dict[str, Any]:
    """One size in this process: the diagnosis first, so that its peak of memory is its own."""
    from platforms.sandbox.sandbox import Sandbox
    from tasks.enrollment_diagnosis.enquiry import Enquiry, check_diagnosis

    sandbox = Sandbox(f"sqlite:///{home / 'sandbox.db'}")
    _fill(sandbox, size)
    base, start, parts = _peak(), time.process_time(), {}
    lap = start

    def part(name: str) -> None:
        nonlocal lap
        parts[name], lap = time.process_time() - lap, time.process_time()

    asked = check_diagnosis(sandbox, None, None, "Play")
    enquiry = Enquiry(sandbox)
    diagnosis = enquiry.diagnose(asked)
    part("reasons")
    others = enquiry.others_than(diagnosis)
    part("who waits at published plays")
    frame = diagnosis.frame()
    part("frame")
    reasons = {count.code: count.contacts for count in diagnosis.reason_counts()}
    best = diagnosis.candidates(others)
    part("fixes")
    seconds, peak = time.process_time() - start, _peak()
    if len(frame) != size or not best or len(reasons) < 7:
        raise SystemExit(f"not everybody was diagnosed, or too few reasons came about: {len(frame)}, {reasons}")
    return {
        "diagnosis": seconds,
        "read": _read(sandbox),
        "base": base,
        "peak": peak,
        "parts": parts,
        "reasons": reasons,
    }


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _read(sandbox: Any) -> float:
    import pandas as pd

    start = time.process_time()
    with sandbox._engine.connect() as connection:
        for table in TABLES:
            pd.read_sql(f"SELECT * FROM {table}", connection)
    return time.process_time() - start


def _fill(sandbox: Any, size: int) -> None:
    """A workspace of so many contacts in one audience, with every reason that the platform knows among them."""
    from sqlalchemy import text

    from models.records import (
        Audience,
        Company,
        Exclusion,
        ExclusionMatch,
        Mailbox,
        Play,
        Ruleset,
        Sequence,
        SequenceStep,
        User,
    )
    from models.workspace import Workspace

    steps = tuple(SequenceStep(wait_days=2) for _ in range(4))
    sandbox.load(
        Workspace(
            users=(User(email="ana@acme.test", role="admin"),),
            mailboxes=(Mailbox(email="ana@send.acme.test", owner="ana@acme.test"),),
            companies=tuple(
                Company(domain=f"c{at}.test", status="customer" if at < 10 else "prospect") for at in range(97)
            ),
            rulesets=(Ruleset(name="Default", default=True, exclusions={"Rivals": True}),),
            exclusions=(
                Exclusion(name="Customers", match=ExclusionMatch(company_status=("customer",))),
                Exclusion(name="Rivals", match=ExclusionMatch(company_domain=("c11.test", "c12.test"))),
                Exclusion(name="Active", match=ExclusionMatch(last_activity_within_days=3)),
                Exclusion(
                    name="Partners", match=ExclusionMatch(company_domain=("c13.test",)), exclude_from_sequences=False
                ),
            ),
            sequences=(Sequence(name="Outbound", steps=steps), Sequence(name="Nurture", steps=steps)),
            audiences=(Audience(name="Everybody", exclusions={"Partners": True}),),
            plays=(
                Play(
                    name="Play",
                    audience="Everybody",
                    sequence="Outbound",
                    mailboxes=("ana@send.acme.test",),
                    published=True,
                ),
            ),
        )
    )
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {size})"
    with sandbox._engine.begin() as connection:
        now = connection.execute(text("SELECT now FROM workspace")).scalar()
        for statement in (
            f"{numbers} INSERT INTO person (id, email, first_name, company_id, status, email_opt_out, do_not_email)"
            " SELECT i, 'p' || i || '@x' || (i % 997) || '.test', 'P', 1 + i % 97, 'lead', i % 29 = 0, i % 31 = 0"
            " FROM n",
            "INSERT INTO audience_member (audience_id, position, person_id) SELECT 1, id, id FROM person",
            # Two thirds were enrolled before, in either sequence; one in seven runs.
            "INSERT INTO enrollment (id, person_id, sequence_id, mailbox_id, version, state, steps_done, started_at,"
            f" ended_at, end_reason) SELECT id, id, 1 + id % 2, 1, 1, 'canceled', id % 4, {now} - 86400 * 200,"
            f" {now} - 86400 * (1 + id % 150), 'unenrolled' FROM person WHERE id % 3 > 0",
            "INSERT INTO enrollment (person_id, sequence_id, mailbox_id, version, state, steps_done, started_at,"
            f" next_step_at) SELECT id, 2, 1, 1, 'active', 1, {now} - 86400 * 5, {now} + 3600 * (id % 90) FROM person"
            " WHERE id % 7 = 0",
            "INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived) SELECT id, 1,"
            f" 'AUTOMATIC_EMAIL', 'FINISHED', COALESCE(ended_at, {now}) - 86400 * (id % 5), 0 FROM enrollment"
            " WHERE steps_done > 0",
            f"INSERT INTO play_run (id, play_id, ran_at) VALUES (1, 1, {now} - 86400 * 9)",
            "INSERT INTO play_log (run_id, person_id, reason, logged) SELECT 1, id, 'opted_out', 1 FROM person"
            " WHERE id % 11 = 0",
        ):
            connection.execute(text(statement))


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--one"]:
        print(json.dumps(measure(int(words[1]), Path(words[2]))))
    else:
        reading = argparse.ArgumentParser(prog="python -m benchmarks.diagnosis")
        reading.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
        findings.add_option(reading)
        given = reading.parse_args()
        main(given.sizes, given.json)
