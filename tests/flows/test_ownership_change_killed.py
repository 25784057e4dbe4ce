"""Killed with SIGKILL around each write, and taken up by `handoff resume` in a process of its own."""

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from journal import changes, loans, operations
from journal.database import Journal
from models.changes import ChangeMailboxOwner
from platforms.sandbox.sandbox import Sandbox
from tests.workspaces import ANAS_MAILBOX, BO, NURTURE, PIA, PLAY, QUIN, RAJ, SUE, running, workspace

ROOT = Path(__file__).parents[2]
TOM = "tom@x.test"
TEAM = [PIA, QUIN, RAJ, SUE, TOM]
# The writes of this run: the audience, the duplicate, two settings borrowed, a probe for each, who goes directly, the play,
# two settings given back. Waiting an hour before the first probe makes one probe of each enough.
WRITES = (
    "upload",
    "duplicate",
    "borrow same",
    "borrow bar",
    "probe same",
    "probe bar",
    "direct",
    "run",
    "return",
    "return",
)
POINTS = [("before", 1), *(("after", number) for number in range(1, len(WRITES) + 1))]


@dataclass
class Survivor:
    """What is left of a run that was killed, and of the run that went on."""

    point: tuple[str, int]
    killed_by: int
    resumed: subprocess.CompletedProcess[str]
    home: Path
    before: dict[str, Any]

    @property
    def sandbox(self) -> Sandbox:
        return Sandbox(f"sqlite:///{self.home / 'sandbox.db'}")


def killed_and_resumed(home: Path, server: str, point: tuple[str, int]) -> Survivor:
    sandbox = Sandbox(f"sqlite:///{home / 'sandbox.db'}")
    enrollments = [running(email, play=PLAY, steps_done=2) for email in TEAM[:3]] + [
        running(email, sequence=NURTURE) for email in (SUE, TOM)
    ]
    sandbox.load(workspace(people=TEAM, enrollments=enrollments))
    sandbox.apply(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    before = sandbox.state()
    env = {name: value for name, value in os.environ.items() if not name.startswith(("HANDOFF_", "PREFECT_"))} | {
        "HANDOFF_HOME": str(home), "PREFECT_API_URL": server, "PREFECT_HOME": str(home / "prefect"),
        "PREFECT_LOGGING_LEVEL": "CRITICAL", "PYTHONPATH": str(ROOT), "DO_NOT_TRACK": "1",
    }  # fmt: skip
    when, number = point
    killed = subprocess.run(
        [sys.executable, "-m", "tests.flows.killed_run", when, str(number), ANAS_MAILBOX],
        cwd=home, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    (row,) = operations.in_flight(Journal(f"sqlite:///{home / 'journal.db'}")) or [None]
    assert row is not None, killed.stderr
    resumed = subprocess.run(
        [sys.executable, "-c", "from cli.main import main; main()", "resume", row.id, "--yes", "--json"],
        cwd=home, env=env, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return Survivor(point, killed.returncode, resumed, home, before)


@pytest.fixture(scope="module")
def survivors(prefect_server: str, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, int], Survivor]:
    """All runs, two at a time: each is two processes that load Prefect."""
    homes = [tmp_path_factory.mktemp(f"{when}-{number}") for when, number in POINTS]
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(killed_and_resumed, homes, [prefect_server] * len(POINTS), POINTS))
    return {survivor.point: survivor for survivor in found}


@pytest.mark.slow
@pytest.mark.rule("R5", "R9", "R20", "R27", "R41")
@pytest.mark.parametrize("point", POINTS, ids=[f"{when} {WRITES[number - 1]} ({number})" for when, number in POINTS])
def test_everybody_is_enrolled_once_and_every_setting_is_back(
    survivors: dict[tuple[str, int], Survivor], point: tuple[str, int]
) -> None:
    survivor = survivors[point]
    assert -9 == survivor.killed_by
    assert 0 == survivor.resumed.returncode, survivor.resumed.stderr
    report = json.loads(survivor.resumed.stdout)
    assert ("completed", 5, 5) == (report["status"], report["counts"]["considered"], report["counts"]["enrolled"])
    assert {"returned"} == {loan["state"] for loan in report["loans"]}
    state, dump = survivor.sandbox.state(), survivor.sandbox.dump()
    assert survivor.before["rulesets"] == state["rulesets"]
    enrolled = [row["person"] for row in dump["enrollments"]]
    assert {email: 2 for email in TEAM} == {email: enrolled.count(email) for email in TEAM}
    assert 5 == sum(row.get("state", "queued") in ("queued", "active") for row in dump["enrollments"])
    assert (2, 2) == (len(dump["plays"]), len(dump["audiences"]))
    assert 1 == len(dump["plays"][1]["runs"])
    journal = Journal(f"sqlite:///{survivor.home / 'journal.db'}")
    assert [] == loans.open_loans(journal) + operations.in_flight(journal)
    assert {"applied"} == {change.state for change in changes.made(journal, report["operation_id"])}
