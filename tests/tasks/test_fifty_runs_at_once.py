"""Fifty runs borrow the same settings at the same time, on PostgreSQL: they go back once, to what was there first."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from journal import loans, operations
from journal.changes import changes_of
from journal.database import Journal, _engine
from models.changes import SetSetting
from models.plan import SettingLoan
from models.setting_keys import SettingKey
from models.settings import Settings
from models.tables.journal import OperationRow
from platforms.port import Platform
from platforms.sandbox.sandbox import Sandbox
from tasks.borrowing import return_everything, set_borrowed, take_up
from tasks.operation import Operation, _opened, workspace_at_hand
from tests.postgresql import new_database
from tests.workspaces import workspace

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
SAME = SettingLoan(setting="ruleset:Default:allow_same_sequence_reenrollment", was=False, set_to=True, contacts=1)
BLOCK = SettingLoan(
    setting="ruleset:Default:block_reenrollment",
    was={"value": 75, "unit": "DAY"},
    set_to={"value": 0, "unit": "DAY"},
    contacts=1,
)
RUNS = 50


@pytest.fixture
def on_postgresql(postgresql: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    """Journal and sandbox in databases of their own on one server."""
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path))
    monkeypatch.setenv("HANDOFF_DATABASE_URL", new_database(postgresql, "fifty_journal"))
    monkeypatch.setenv("HANDOFF_SANDBOX_URL", new_database(postgresql, "fifty_sandbox"))
    monkeypatch.setenv("HANDOFF_SANDBOX_CLOCK", "simulated")
    _opened.cache_clear()
    sandbox = workspace_at_hand("sandbox")  # opened before the threads begin, so that they share it
    assert isinstance(sandbox, Sandbox)
    sandbox.load(workspace())
    yield sandbox
    sandbox.close()
    Journal(Settings().journal_url).engine.dispose()
    _engine.cache_clear()
    _opened.cache_clear()


def values(platform: Platform) -> list[Any]:
    return [platform.setting(SettingKey.parse(loan.setting)) for loan in (SAME, BLOCK)]


def carry_out(number: int, now: datetime, folder: Path) -> list[Any]:
    """A run that borrows both settings and gives them back; gives what was set while it held them."""
    journal, name = Journal(Settings().journal_url), f"operation-{number}"
    operations.begin(
        journal,
        OperationRow(
            id=name,
            procedure="ownership-change",
            workspace="sandbox",
            subject=name,
            mode="live",
            next=[],
            folder=str(folder / name),
            started_at=now,
            recorded_at=datetime.now(UTC),
            alive_until=datetime.now(UTC) + timedelta(hours=1),
        ),
    )
    for loan in (SAME, BLOCK):
        set_borrowed.fn(name, *take_up.fn(name, loan, timedelta(hours=2)))
    held = values(Operation.at_hand(name).platform)
    return_everything(Operation.at_hand(name))
    return held


@pytest.mark.rule("R27", "R40")
def test_fifty_runs_at_once_leave_each_setting_as_it_was(on_postgresql: Sandbox, tmp_path: Path) -> None:
    before, now = values(on_postgresql), on_postgresql.now()
    with ThreadPoolExecutor(RUNS) as pool:
        held = list(pool.map(lambda number: carry_out(number, now, tmp_path), range(RUNS)))
    assert [[SAME.set_to, BLOCK.set_to]] * RUNS == held, "whoever borrows may rely on it until it lets go"
    assert before == values(on_postgresql)
    journal = Journal(Settings().journal_url)
    assert [] == loans.open_loans(journal)
    states = Counter(
        loan.state for number in range(RUNS) for loan in loans.of_operation(journal, f"operation-{number}")
    )
    assert {"returned"} == set(states)
    assert 2 * RUNS == sum(
        1
        for number in range(RUNS)
        for row in changes_of(journal, f"operation-{number}")
        if row.action == SetSetting.action and row.state == "applied"
    )
