"""One process carries an operation at a time: it takes it up before its first step, and puts it down at the end.

A process that waits without being there (a deployed run) has put it down. Who was killed could not: that is seen by
its number where it ran on this machine, and else by its signs of life (`tasks/heartbeat.py`), which end.
"""

import os
import socket
import subprocess
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from journal import operations
from journal.database import Journal
from models.carrier import Carrier
from models.errors import Refused
from models.operation_end import has_ended
from models.tables.journal import OperationRow
from tasks import heartbeat

PROCESSES = Path("/proc")
STATE, BEGAN = 0, 19  # of a process's stat, after its name: see proc_pid_stat(5), fields 3 and 22
_lost = set[str]()  # what this process carried and may not touch any more, however often a step is tried again


def this_process() -> str:
    """This process, as the journal names who carries."""
    pid = os.getpid()
    return str(Carrier(socket.gethostname().replace("/", "-"), pid, began(pid) or "", _machine()))


def take_up(journal: Journal, row: OperationRow, **values: Any) -> OperationRow:
    """Carry an operation from now on, in this process, and set fields of it in the same write.

    Repeated: nothing but that. Raises Refused naming who carries it where somebody does; then nothing was written.
    """
    while True:
        if row.carrier != this_process() and is_carried(row):
            raise _carried_by_another(row)
        until = datetime.now(UTC) + heartbeat.LIFE_SIGN
        taken = operations.take_up(journal, row, this_process(), until, **values)
        if taken is not None:
            _lost.discard(row.id)
            heartbeat.start(journal, row.id, this_process())
            return taken
        row = operations.get(journal, row.id) or row  # somebody else was first


def take_up_to_end(journal: Journal, seen: OperationRow) -> bool:
    """Carry an operation in order to end it; False where it came to its end since it was `seen`: then it is left so.

    Raises Refused as `take_up` does.
    """
    row = take_up(journal, seen)
    if has_ended(row) and not has_ended(seen):
        put_down(journal, row.id)
        return False
    return True


def put_down(journal: Journal, operation_id: str) -> None:
    """Carry an operation no more: it has ended, or its run waits and another process will go on with it."""
    _lost.discard(operation_id)
    heartbeat.stop(operation_id)
    operations.put_down(journal, operation_id, this_process())


def refuse_if_lost(row: OperationRow) -> None:
    """Raise Refused where this process carried an operation and another has taken it up since, or a sweep has given
    back what it borrowed: it was silent for too long, and must not go on as if nothing had happened."""
    if row.carrier == this_process():
        return
    if heartbeat.is_beating(row.id):
        heartbeat.stop(row.id)
        _lost.add(row.id)
    if row.id in _lost:
        raise (
            _carried_by_another(row)
            if row.carrier
            else Refused(
                "in_progress",
                f"operation {row.id} was silent for so long that a sweep gave back what it had borrowed",
                f"`handoff resume {row.id}` goes on with it",
            )
        )


def is_carried(row: OperationRow) -> bool:
    """Whether a process carries an operation: one gives signs of life, and is not seen to be gone."""
    alive = row.carrier_until is not None and row.carrier_until > datetime.now(UTC)
    return row.carrier is not None and alive and not is_gone(row.carrier)


def is_lost(row: OperationRow) -> bool:
    """Whether nobody will come back to an operation by themselves: it is silent, or its process is seen to be gone."""
    return operations.silent_since(row) is not None or (row.carrier is not None and is_gone(row.carrier))


def is_gone(carrier: str) -> bool:
    """Whether a process is surely gone. Of one on another machine nothing can be seen: False."""
    process = Carrier.parse(carrier)
    return process.machine == _machine() and began(process.pid) not in (process.began, "")


def began(pid: int) -> str | None:
    """When a process of this machine began, in its system's words; "" where it does not tell, None: there is none.

    One that has ended and that nobody has taken note of yet is none.
    """
    try:
        os.kill(pid, 0)  # sends nothing; a system may hide the processes of others, and not that they are there
    except ProcessLookupError:
        return None
    except PermissionError:
        pass
    if not (PROCESSES / "self/stat").exists():  # another system than Linux
        found = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return found.stdout.strip().replace("/", "-")
    # Not psutil's create_time: it counts from an epoch that moves when the clock is set, journals from the boot.
    try:
        fields = (PROCESSES / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return None if fields[STATE] in "ZX" else fields[BEGAN]


@cache
def _machine() -> str:
    """What tells apart the process numbers of hosts, of kernels on one host, and of containers on one kernel."""
    try:
        boot = (PROCESSES / "sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {(PROCESSES / 'self/ns/pid').readlink()}"
    except OSError:
        return socket.gethostname()


def _carried_by_another(row: OperationRow) -> Refused:
    process = Carrier.parse(row.carrier or "")
    run = f", run {row.flow_run_id}" if row.flow_run_id else ""
    since = f", since {row.carried_since:%Y-%m-%d %H:%M:%S} UTC" if row.carried_since else ""
    until = f"{row.carrier_until:%H:%M:%S} UTC" if row.carrier_until else "once it is silent"
    return Refused(
        "in_progress",
        f"operation {row.id} is carried already, by process {process.pid} on {process.host}{run}{since}",
        f"Wait for it, or end that process first; if it is gone and cannot be seen from here, try again after {until}",
    )
