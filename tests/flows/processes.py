"""Runs that are killed, and commands that come after them, each in a process of its own on one Prefect server."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from journal import operations
from journal.database import Journal
from models.changes import ChangeMailboxOwner
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.processes import PYTHON_PATH
from tests.workspaces import ANAS_MAILBOX, BO

Finished = subprocess.CompletedProcess[str]
ASKING = Lock()


def sandbox_of(home: Path) -> Sandbox:
    return Sandbox(f"sqlite:///{home / 'sandbox.db'}")


def journal_of(home: Path) -> Journal:
    return Journal(f"sqlite:///{home / 'journal.db'}")


@cache
def forking(server: str) -> "subprocess.Popen[str]":
    """The process that forks itself for each run on this server; it ends with this one."""
    folder = tempfile.mkdtemp()
    started = subprocess.Popen(
        [sys.executable, "-m", "tests.flows.forking"],
        stdin=subprocess.PIPE,
        text=True,
        cwd=folder,
        env=environment(Path(folder), server),
    )

    def end() -> None:
        started.communicate()
        shutil.rmtree(folder)

    atexit.register(end)
    return started


def environment(home: Path, server: str, **more: str) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "PREFECT_"))} | {
        "HANDOFF_HOME": str(home),
        "PREFECT_API_URL": server,
        "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PYTHONPATH": PYTHON_PATH,
        "DO_NOT_TRACK": "1",
        "COLUMNS": "200",
        "NO_COLOR": "1",
        **more,
    }


def python(home: Path, server: str, module: str, *words: str, folder: Path | None = None, **env: str) -> Finished:
    """The `main` of a module, in a process of its own that has loaded Prefect; in the home unless told where."""
    with ASKING:
        process = forking(server)
    assert process.stdin
    with tempfile.TemporaryDirectory() as answers:
        out, err, ended = (Path(answers) / name for name in ("out", "err", "ended"))
        asked = {
            "module": module,
            "words": words,
            "folder": str(folder or home),
            "environment": environment(home, server, **env),
            "out": str(out),
            "err": str(err),
            "ended": str(ended),
        }
        with ASKING:
            process.stdin.write(json.dumps(asked) + "\n")
            process.stdin.flush()
        given_up = time.monotonic() + 120
        while not ended.exists():
            assert process.poll() is None and time.monotonic() < given_up, f"{module} {words} did not end"
            time.sleep(0.02)
        return Finished([module, *words], int(ended.read_text()), out.read_text(), err.read_text())


def handoff(home: Path, server: str, *words: str, folder: Path | None = None, **env: str) -> Finished:
    """A command of the shell."""
    return python(home, server, "cli.main", *words, folder=folder, **env)


def carried_out(
    home: Path, server: str, procedure: str, parameters: dict[str, Any], when: str = "never", number: int = 0
) -> Finished:
    """A live run in a process of its own, killed around a write of that number; 0: not at all."""
    return python(home, server, "tests.flows.killed_run", when, str(number), procedure, json.dumps(parameters))


def killed(home: Path, server: str, workspace: Workspace, when: str, number: int) -> tuple[Finished, str]:
    """Load a workspace, change the owner of Ana's mailbox, and run until SIGKILL; gives the operation's id too."""
    sandbox = sandbox_of(home)
    sandbox.load(workspace)
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    parameters = {"mailbox": ANAS_MAILBOX, "reenrollment_wait_min": 60}
    done = carried_out(home, server, "ownership-change", parameters, when, number)
    return done, the_one_under_way(home, done)


def the_one_under_way(home: Path, done: Finished) -> str:
    """The operation that a killed run left behind."""
    found = operations.in_flight(journal_of(home))
    assert 1 == len(found), f"ended with {done.returncode}: {done.stderr}"
    return found[0].id
