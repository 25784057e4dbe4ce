"""Who runs below a process, and how to end it all: a flow run leads a session of its own, out of its worker's group."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

PROC = Path("/proc")


class Process(NamedTuple):
    """A process that has not ended."""

    pid: int
    parent: int
    group: int


def running() -> list[Process]:
    """Every process of this machine that has not ended."""
    return [Process(*numbers) for state, *numbers in (_from_proc() if PROC.is_dir() else _from_ps()) if state != "Z"]


def _from_proc() -> Iterator[tuple[str, int, int, int]]:
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            with suppress(OSError):  # it ended meanwhile
                # The name stands in brackets and may hold anything.
                state, parent, group, *_ = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
                yield state, int(folder.name), int(parent), int(group)


def _from_ps() -> Iterator[tuple[str, int, int, int]]:
    command = ["ps", "-A", "-o", "stat=,pid=,ppid=,pgid="]
    for line in subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines():
        state, *numbers = line.split()
        yield state[0], int(numbers[0]), int(numbers[1]), int(numbers[2])


def groups_below(ancestor: int) -> set[int]:
    """The groups of the processes below one, without its own."""
    table, found = running(), [ancestor]
    groups = {process.pid: process.group for process in table}
    for pid in found:
        found += [process.pid for process in table if process.parent == pid]
    return {groups[pid] for pid in found[1:] if pid in groups} - {groups.get(ancestor, ancestor), os.getpgrp()}


def command_line(pid: int) -> str:
    """The words that a process was started with; empty where there is none."""
    command = ["ps", "-o", "args=", "-p", str(pid)]
    if PROC.is_dir():
        with suppress(OSError):
            return (PROC / str(pid) / "cmdline").read_text(errors="replace").replace("\0", " ")
        return ""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def send(groups: set[int], number: signal.Signals) -> None:
    for group in groups:
        with suppress(ProcessLookupError):  # it ended by itself
            os.killpg(group, number)


def end(groups: set[int], grace: float, hurry: Callable[[], bool]) -> bool:
    """Ask groups to end; kill what is left after `grace` seconds, or in a hurry. True where all ended by themselves."""
    send(groups, signal.SIGTERM)
    deadline = time.monotonic() + grace
    while left := groups & {process.group for process in running()}:
        if time.monotonic() > deadline or hurry():
            send(left, signal.SIGKILL)
            return False
        time.sleep(0.1)
    return True
