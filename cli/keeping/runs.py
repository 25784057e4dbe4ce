"""Ending the flow runs below a worker, while it lives: it reports the runs that cannot do so themselves."""

import signal
import time
from collections.abc import Callable

from cli.keeping.prefect_api import put_back, unbegun
from cli.keeping.process_table import command_line, groups_below, send

RUN = "prefect.engine"  # in a run's command line; other processes below a worker carry out hooks
REPORTED_AFTER = 1.0  # seconds without any process below it
PUT_BACK_WITHIN = 5.0  # seconds for the worker to report a crash


def end_runs(worker: int, api_url: str, grace: float, hurry: Callable[[], bool]) -> tuple[int, int]:
    """Ask each run once to end; after `grace` seconds, or in a hurry, kill the rest.

    A run at work gives back what it borrowed and is Crashed. One whose flow has not begun is scheduled again.
    Answers how many were asked, and how many groups of processes were killed.
    """
    signalled: set[int] = set()
    again: set[str] = set()
    deadline, last_seen = time.monotonic() + grace, 0.0
    while True:
        groups = groups_below(worker)
        new = {group for group in groups - signalled if RUN in command_line(group)}
        again |= unbegun(api_url, new) if new else set()
        send(new, signal.SIGTERM)
        signalled |= new
        now = time.monotonic()
        if groups:
            last_seen = now
        if now - last_seen > REPORTED_AFTER:
            break
        if hurry() or now > deadline:
            send(groups, signal.SIGKILL)
            return len(signalled), len(groups)
        time.sleep(0.1)
    _put_back(again, api_url, hurry)
    return len(signalled), 0


def _put_back(runs: set[str], api_url: str, hurry: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PUT_BACK_WITHIN
    left = set(runs)
    while left and time.monotonic() < deadline and not hurry():
        left = {run for run in left if not put_back(api_url, run)}
        time.sleep(0.1 if left else 0)
