"""Who runs below a process, and how to end it all: a flow run leads a session of its own, out of its worker's group."""

import os
import signal
import time
from collections.abc import Callable, Iterable
from contextlib import suppress

import psutil


def groups_below(ancestor: int) -> set[int]:
    """The groups of the processes below one that have not ended, without its own and ours."""
    try:
        process = psutil.Process(ancestor)
        own, below = os.getpgid(ancestor), process.children(recursive=True)
    except (psutil.NoSuchProcess, ProcessLookupError):
        return set()
    return _groups(below) - {own, os.getpgrp()}


def _groups(processes: Iterable[psutil.Process]) -> set[int]:
    found = set[int]()
    for process in processes:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):  # it ended meanwhile
            if process.status() != psutil.STATUS_ZOMBIE:
                found.add(os.getpgid(process.pid))
    return found


def command_line(pid: int) -> str:
    """The words that a process was started with; empty where there is none, or it is another user's."""
    try:
        return " ".join(psutil.Process(pid).cmdline())
    except psutil.Error:
        return ""


def send(groups: set[int], number: signal.Signals) -> None:
    """Send a signal to whole groups of processes."""
    for group in groups:
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(group, number)


def end(groups: set[int], grace: float, hurry: Callable[[], bool]) -> bool:
    """Ask groups to end; kill what is left after `grace` seconds, or in a hurry. True where all ended by themselves."""
    send(groups, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while left := groups & _groups(psutil.process_iter()):
        if time.monotonic() > deadline or hurry():
            send(left, signal.SIGKILL)
            return False
        time.sleep(0.1)
    return True
