"""Ending the flow runs below a worker, while it lives: it reports the runs that cannot do so themselves."""

import signal
import time
from collections.abc import Callable

from cli.keeping.process_table import command_line, groups_below, send

RUN = "prefect.engine"  # in a run's command line; other processes below a worker carry out hooks
REPORTED_AFTER = 1.0  # seconds without any process below it


def end_runs(worker: int, grace: float, hurry: Callable[[], bool]) -> tuple[int, int]:
    """Ask each run once to end: it gives back what it borrowed, and is Crashed. After `grace` seconds kill the rest.

    Answers how many were asked, and how many groups of processes were killed.
    """
    asked: set[int] = set()
    deadline, last_seen = time.monotonic() + grace, 0.0
    while True:
        groups = groups_below(worker)
        new = {group for group in groups - asked if RUN in command_line(group)}
        send(new, signal.SIGTERM)
        asked |= new
        now = time.monotonic()
        if groups:
            last_seen = now
        if now - last_seen > REPORTED_AFTER:
            return len(asked), 0
        if hurry() or now > deadline:
            send(groups, signal.SIGKILL)
            return len(asked), len(groups)
        time.sleep(0.1)
