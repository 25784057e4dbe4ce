"""What a measurement was made on: the machine, the versions, the commit."""

import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil

from benchmarks.all.record import Machine
from tests.architecture.source_files import PACKAGES, ROOT

LIBRARIES = ("prefect", "pandas", "sqlalchemy")


def this_machine() -> Machine:
    """This machine, and what runs on it."""
    versions = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    return Machine(
        cpu=_cpu(),
        cores=os.cpu_count() or 1,
        memory=round(psutil.virtual_memory().total / 2**30, 1),
        system=f"{platform.freedesktop_os_release().get('PRETTY_NAME', '')}, {platform.system()} {platform.release()}",
        versions=versions | {name: version(name) for name in LIBRARIES},
    )


def _cpu() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def commit() -> str:
    """The last commit of what is measured, with a plus where files differ from it; "unknown" outside a clone."""
    try:
        last, changed = (
            subprocess.run(
                ["git", *words, "--", *PACKAGES], cwd=ROOT, capture_output=True, text=True, check=True
            ).stdout
            for words in (("log", "-1", "--format=%h"), ("status", "--porcelain"))
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{last.strip()}+" if changed.strip() else last.strip()
