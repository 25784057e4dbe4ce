"""A setting that many borrow, some of whom die, while people choose other values: in the end it is as it should be."""

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from journal import loans, operations
from journal.database import Journal, _engine
from models.changes import SetSetting
from models.plan import SettingLoan
from models.records import Interval
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from platforms.sandbox.sandbox import Sandbox
from tasks.borrowing import return_everything, set_borrowed, take_up
from tasks.operation import Operation, _opened
from tasks.restore_settings.restoring import sweep
from tests.examples import THOROUGH
from tests.workspaces import workspace

BLOCK = SettingKey.parse("ruleset:Default:block_reenrollment")
AT_ONCE = {"value": 0, "unit": "DAY"}
LONG = timedelta(hours=1)
BORROWED = st.sampled_from([0, 1])  # days: two that want the bar shorter, one of them more than the other
CHOSEN = st.sampled_from([5, 30, 75, 90])  # days that people choose: never what we set


def days(value: int) -> dict[str, Any]:
    return {"value": value, "unit": "DAY"}


class ManyHolders(RuleBasedStateMachine):
    """`rightful` is what the setting has to be once nobody holds it: what was there, or what a person chose last."""

    held = Bundle("held")

    @initialize()
    def a_workspace(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.patch = pytest.MonkeyPatch()
        for name, value in {"HOME": self.folder.name, "SANDBOX_CLOCK": "simulated"}.items():
            self.patch.setenv(f"HANDOFF_{name}", value)
        _opened.cache_clear()
        self.sandbox = Sandbox(f"sqlite:///{self.folder.name}/sandbox.db")
        self.sandbox.load(workspace())
        self.journal = Journal(f"sqlite:///{self.folder.name}/journal.db")
        self.begun = 0
        self.rightful = self.value()

    def value(self) -> Any:
        return self.sandbox.setting(SettingKey.parse(BLOCK))

    def begin(self) -> str:
        self.begun += 1
        name, now = f"operation-{self.begun}", self.sandbox.now()
        operations.begin(
            self.journal,
            OperationRow(
                id=name,
                procedure="ownership-change",
                workspace="sandbox",
                subject=name,
                mode="live",
                next=[],
                folder=f"{self.folder.name}/{name}",
                started_at=now,
                recorded_at=datetime.now(UTC),
                alive_until=datetime.now(UTC) + timedelta(hours=1),
            ),
        )
        return name

    def wanted(self, set_to: int) -> SettingLoan:
        out = {loan.setting: loan.was for loan in loans.open_loans(self.journal)}
        return SettingLoan(setting=BLOCK, was=out.get(BLOCK, self.value()), set_to=days(set_to), contacts=1)

    @rule(target=held, set_to=BORROWED)
    def somebody_borrows(self, set_to: int) -> str:
        name = self.begin()
        set_borrowed.fn(name, *take_up.fn(name, self.wanted(set_to), LONG))
        return name

    @rule(target=held, set_to=BORROWED)
    def somebody_dies_before_the_change(self, set_to: int) -> str:
        name, loan, now = self.begin(), self.wanted(set_to), self.sandbox.now()
        loans.take(self.journal, name, "sandbox", BLOCK, loan.was, loan.set_to, now, now + LONG)
        return name

    @rule(name=held, set_to=BORROWED)
    def who_was_cut_short_borrows_again(self, name: str, set_to: int) -> None:
        set_borrowed.fn(name, *take_up.fn(name, self.wanted(set_to), LONG))

    @rule(name=consumes(held))
    def somebody_gives_back_and_ends(self, name: str) -> None:
        return_everything(Operation.at_hand(name))
        self.end(name)

    @rule(name=held)
    def somebody_dies_letting_go(self, name: str) -> None:
        for loan in loans.of_operation(self.journal, name):
            loans.release(self.journal, loan.id or 0, name, self.sandbox.now())

    @rule(name=consumes(held))
    def somebody_ends_without_giving_back(self, name: str) -> None:
        self.end(name)

    @rule(name=held)
    def somebody_falls_silent(self, name: str) -> None:
        operations.update(self.journal, name, alive_until=datetime.now(UTC) - timedelta(minutes=1))

    @rule(value=CHOSEN)
    def a_person_chooses_another_value(self, value: int) -> None:
        self.sandbox.apply(SetSetting(setting=BLOCK, value=Interval(value=value)))
        self.rightful = days(value)

    @rule()
    def the_sweep_comes(self) -> None:
        sweep()

    @invariant()
    def what_nobody_holds_is_as_it_should_be(self) -> None:
        if hasattr(self, "journal") and not loans.open_loans(self.journal):
            assert self.rightful == self.value()

    def end(self, name: str) -> None:
        operations.update(self.journal, name, status="failed", ended_at=self.sandbox.now())

    def teardown(self) -> None:
        if not hasattr(self, "journal"):
            return
        for row in operations.in_flight(self.journal):
            self.end(row.id)
        sweep()
        try:
            assert [] == loans.open_loans(self.journal)
            assert self.rightful == self.value()
        finally:
            self.sandbox.close()
            self.journal.engine.dispose()
            self.patch.undo()
            _opened.cache_clear()
            _engine.cache_clear()
            self.folder.cleanup()


@pytest.fixture(autouse=True)
def no_prefect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    yield Path()


@pytest.mark.rule("R27", "R40")
@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_however_many_hold_it_and_die_the_setting_is_in_the_end_what_it_has_to_be() -> None:
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(
        ManyHolders,
        settings=settings(
            max_examples=50 if THOROUGH else 12,
            stateful_step_count=12,
            deadline=None,
            derandomize=True,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
