"""What is measured in Prefect: the flow, and one task run for each contact."""

import os
import resource
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.ownership_change import STEPS
from benchmarks.ownership_change.workspace import MAILBOX, SECOND

RESTING = 0.15  # CPU seconds in two, in which its services look for work


def measure(size: int) -> dict[str, Any]:
    """A live run of the flow in this process, on the workspace of this home."""
    from cli import prefect_settings

    prefect_settings.prepare()
    from flows.ownership_change import ownership_change
    from tasks.approving import always_yes, ask_with

    ask_with(always_yes)
    ownership_change(mailbox=SECOND, dry_run=True)  # the server's start is not the procedure's
    parts = _measured_parts()
    start = cpu_seconds_at_rest()
    report = ownership_change(mailbox=MAILBOX, send_from=[MAILBOX, SECOND], dry_run=False)
    seconds = cpu_seconds_at_rest() - start
    counts, peak = report["counts"], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if counts["enrolled"] < size * 0.9 or counts["considered"] != size or counts["failed"]:
        raise SystemExit(f"the run did not enroll everybody who may be: {counts}, {report['status']}")
    rows = rows_written(Path(os.environ["HANDOFF_HOME"]), size)
    return {"contacts": size, "flow": seconds, "peak": peak, "parts": parts, "counts": counts, "rows": rows}


def measure_mapped(size: int) -> float:
    """CPU seconds of a flow with so many task runs, one for each contact, that do nothing."""
    from cli import prefect_settings

    prefect_settings.prepare()
    from prefect import flow, task

    @task
    def each(number: int) -> int:
        return number

    @flow
    def all_of_them(many: int) -> int:
        return len([found.result() for found in each.map(range(many))])

    all_of_them(1)
    start = cpu_seconds_at_rest()
    all_of_them(size)
    return cpu_seconds_at_rest() - start


def cpu_seconds_at_rest() -> float:
    """The same as `cpu_seconds`, once Prefect's server has written down what it was told: it does so afterwards."""
    last = cpu_seconds()
    while True:
        time.sleep(2)
        now = cpu_seconds()
        if now - last < RESTING:
            return now
        last = now


def cpu_seconds() -> float:
    """User and system, of this process and of all below it."""
    ours, ticks = time.process_time(), os.sysconf("SC_CLK_TCK")
    found = {int(one.split(" ", 1)[0]): one.rpartition(")")[2].split() for one in _stats()}
    below, last = set[int](), {os.getpid()}
    while last:
        last = {pid for pid, fields in found.items() if int(fields[1]) in last}
        below |= last
    # Fields 14 to 17 of proc(5): their own time, and that of children of theirs that have ended.
    return ours + sum(sum(map(int, found[pid][11:15])) for pid in below) / ticks


def _stats() -> Iterator[str]:
    """What proc(5) tells of each process."""
    for file in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):  # it has ended meanwhile
            yield file.read_text(encoding="ascii", errors="replace")


def _measured_parts() -> dict[str, float]:
    """CPU seconds of each step of the next run, by wrapping the names that the flow calls."""
    import flows.ownership_change as flow_module

    parts: dict[str, float] = {}

    def measured(name: str, step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*values: Any, **named: Any) -> Any:
            start = cpu_seconds()
            try:
                return step(*values, **named)
            finally:
                parts[name] = parts.get(name, 0) + cpu_seconds() - start

        return run

    for name in STEPS:
        setattr(flow_module, name, measured(name, getattr(flow_module, name)))
    return parts


def rows_written(home: Path, size: int) -> int:
    """How many rows of the tables that `rivals.py` writes too the flow wrote, an outcome twice."""
    from benchmarks.ownership_change.rivals import SANDBOX, first_new, opened

    with opened(home / "sandbox.db") as connection:
        first = first_new(connection, size)
        counts = (
            connection.execute(f"SELECT COUNT(*) FROM {table} WHERE {which}", {"first": first}).fetchone()[0]
            for table, which in SANDBOX.items()
        )
        return 2 * size + sum(counts)
