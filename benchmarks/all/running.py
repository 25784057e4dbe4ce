"""One measurement after the other, each in a process of its own."""

import json
import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.all.machine import commit, this_machine
from benchmarks.all.measurements import Measurement
from benchmarks.all.record import Entry, Record
from tests.architecture.source_files import ROOT

PATIENCE = 60  # seconds that an interrupted benchmark has to put its servers and folders away


def measure(measurements: Iterable[Measurement], record: Record, *, quick: bool) -> list[str]:
    """Carry each out and keep what it found. Gives the names of those that found nothing, or did not end well."""
    failed = []
    for one in measurements:
        arguments = one.arguments(quick=quick)
        print(f"\n== {one.name}: python -m benchmarks.{shlex.join(arguments)}", flush=True)
        date, load, before = datetime.now(UTC), os.getloadavg()[0], time.monotonic()
        code, found = carried_out(arguments)
        if code or not found:
            failed.append(one.name)
        if found:
            entry = Entry(
                command=arguments,
                quick=quick,
                date=f"{date:%Y-%m-%d %H:%M} UTC",
                commit=commit(),
                seconds=round(time.monotonic() - before, 1),
                loads=(round(load, 1), round(os.getloadavg()[0], 1)),
                machine=this_machine(),
                found=found,
            )
            record.add(one.name, entry)
    return failed


def carried_out(arguments: tuple[str, ...]) -> tuple[int, dict[str, Any]]:
    """A benchmark to its end: its exit code, and what it wrote by `--json`, which is nothing where it broke off."""
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as folder:
        file, (module, *rest) = Path(folder) / "found.json", arguments
        command = [sys.executable, "-m", f"benchmarks.{module}", *rest, "--json", str(file)]
        process = subprocess.Popen(command, cwd=ROOT)
        try:
            code = process.wait()
        except KeyboardInterrupt:  # the benchmark has got it too
            process.wait(PATIENCE)
            raise
        return code, json.loads(file.read_text("utf-8")) if file.exists() else {}
