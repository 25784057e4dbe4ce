"""Runs that are killed, and commands that come after them, each in a process of its own on one Prefect server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from journal import operations
from journal.database import Journal
from models.changes import ChangeMailboxOwner
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tests.workspaces import ANAS_MAILBOX, BO

ROOT = Path(__file__).parents[2]
Finished = subprocess.CompletedProcess[str]


def sandbox_of(home: Path) -> Sandbox:
    return Sandbox(f"sqlite:///{home / 'sandbox.db'}")


def journal_of(home: Path) -> Journal:
    return Journal(f"sqlite:///{home / 'journal.db'}")


def python(home: Path, server: str, *words: str) -> Finished:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "PREFECT_"))} | {
        "HANDOFF_HOME": str(home), "PREFECT_API_URL": server, "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_LOGGING_LEVEL": "CRITICAL", "PYTHONPATH": str(ROOT), "DO_NOT_TRACK": "1", "COLUMNS": "200",
    }  # fmt: skip
    return subprocess.run(
        [sys.executable, *words], cwd=home, env=env, capture_output=True, text=True, timeout=120, check=False
    )


def handoff(home: Path, server: str, *words: str) -> Finished:
    """A command of the shell."""
    return python(home, server, "-c", "from cli.main import main; main()", *words)


def carried_out(
    home: Path, server: str, procedure: str, parameters: dict[str, Any], when: str = "never", number: int = 0
) -> Finished:
    """A live run in a process of its own, killed around a write of that number; 0: not at all."""
    return python(home, server, "-m", "tests.flows.killed_run", when, str(number), procedure, json.dumps(parameters))


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
