"""Each procedure once, live, with journal and sandbox on PostgreSQL: it ends as it ends on SQLite.

The flows are called without Prefect's server, which knows nothing of either database.
"""

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest

from cli.procedures import load, names
from journal.database import _engine
from models.changes import ChangeMailboxOwner
from models.records import RepTask
from models.report import Report
from models.workspace import Workspace
from platforms.sandbox.sandbox import Sandbox
from tasks.approving import ask_with
from tasks.narration import narrate_with
from tasks.operation import _opened, workspace_at_hand
from tasks.step import without_server
from tests.flows.house import House
from tests.flows.test_forms import MINIMAL
from tests.flows.test_procedures_killed import SCENARIOS
from tests.postgresql import new_database
from tests.workspaces import ANA, ANAS_MAILBOX, BO, OUTBOUND, PIA, PLAY, QUIN, running, workspace

pytestmark = pytest.mark.slow
BORROWING = ("ownership-change", "exclusion-rerun", "sequence-move")
ENDS: dict[str, dict[str, int]] = {
    "calibrate": {"considered": 1, "unchanged": 1},
    "call-outcomes": {"considered": 2, "unenrolled": 2},
    "enroll-contacts": {"considered": 1, "enrolled": 1},
    "enrollment-diagnosis": {"considered": 2, "blocked": 1, "unchanged": 1},
    "exclusion-rerun": {"considered": 3, "enrolled": 2, "blocked": 1},
    "handover-plan": {"considered": 1, "unchanged": 1},
    "nightly-remediation": {"considered": 1, "enrolled": 1},
    "ownership-change": {"considered": 1, "enrolled": 1},
    "queued-backlog": {"considered": 1, "reassigned": 1},
    "restore-settings": {},
    "sequence-move": {"considered": 1, "enrolled": 1},
    "task-assignment-audit": {"considered": 1, "unchanged": 1},
    "task-reassignment": {"considered": 1, "reassigned": 1},
    "undo": {"considered": 1, "unenrolled": 1},
    "version-upgrade": {"considered": 1, "unenrolled": 1},
}
"""The counts at the end, as on SQLite."""


def starting_point(procedure: str) -> tuple[Workspace, dict[str, Any]]:
    """A workspace in which a procedure has something to do, and what it is asked to do."""
    if procedure in SCENARIOS:
        _, made, given, _ = SCENARIOS[procedure]
        return made, given
    enrollments = [] if procedure == "calibrate" else [running(QUIN, play=PLAY)]  # it wants sequences for itself
    given = MINIMAL[procedure] | ({"play": PLAY} if procedure == "enrollment-diagnosis" else {})
    tasks = [RepTask(person=QUIN, type="PHONE_CALL", assignee=ANA, sequence=OUTBOUND, mailbox=ANAS_MAILBOX)]
    return workspace(people=[PIA, QUIN], enrollments=enrollments, tasks=tasks if enrollments else []), given


class OnDatabases(House):
    """A house whose journal and sandbox are where the environment says; it closes what it opened."""

    @cached_property
    def sandbox(self) -> Sandbox:  # type: ignore[override]  # one: each that is left open would be a warning
        return super().sandbox

    def close(self) -> None:
        self.sandbox.close()
        at_hand = workspace_at_hand("sandbox")
        assert isinstance(at_hand, Sandbox)
        at_hand.close()
        _opened.cache_clear()
        self.journal.engine.dispose()
        _engine.cache_clear()


@pytest.fixture(scope="module")
def addresses(postgresql: str) -> dict[str, str]:
    """Where journal and sandbox are, by the names of their settings."""
    return {
        "HANDOFF_DATABASE_URL": new_database(postgresql, "own_journal"),
        "HANDOFF_SANDBOX_URL": new_database(postgresql, "own_sandbox"),
    }


@pytest.fixture
def house(
    addresses: dict[str, str], prefect_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[House]:
    for name, value in (addresses | {"HANDOFF_HOME": str(tmp_path), "HANDOFF_SANDBOX_CLOCK": "simulated"}).items():
        monkeypatch.setenv(name, value)
    made = OnDatabases(tmp_path)
    narrate_with(made.listener)
    ask_with(lambda question: True)
    yield made
    made.close()


def run(procedure: str, given: dict[str, Any]) -> Report:
    with without_server():
        return Report.model_validate(load(procedure).fn(dry_run=False, **given).data)


@pytest.mark.parametrize("procedure", names())
def test_a_procedure_ends_on_postgresql_as_on_sqlite(house: House, procedure: str) -> None:
    made, given = starting_point(procedure)
    house.load(made)
    if procedure == "nightly-remediation":
        run(procedure, given)  # the look before
    if procedure in ("ownership-change", "nightly-remediation"):
        house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    if procedure == "undo":
        given = {"undone": run("enroll-contacts", MINIMAL["enroll-contacts"]).operation_id}
    report = run(procedure, given)
    assert ENDS[procedure] == {name: number for name, number in report.counts.items() if number}
    assert "completed" == report.status
    assert {"returned"} >= {loan.state for loan in report.loans}
    if procedure in BORROWING:
        assert report.loans
