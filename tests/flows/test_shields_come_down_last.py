"""In whichever way a run ends: what keeps the declined out stays until the exclusion is back and acts."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from journal import loans, operations
from models.changes import RunPlay, SetSetting
from models.rerun_plan import RerunPlan
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from tasks.cancelling import cancel_operation
from tasks.exclusion_rerun.lifting import lift
from tasks.operation import Operation
from tasks.restore_settings.restoring import debts, sweep
from tests.flows.house import House
from tests.flows.test_declined_are_kept_out import (
    APPROVED,
    GLOBAL,
    LOCAL,
    NO,
    SECOND,
    SECOND_SHIELD,
    SHIELD,
    a_new_play,
    enrolled,
    rerun,
    two_plays,
)
from tests.workspaces import ANAS_MAILBOX, EVERYBODY, NURTURE, OUTBOUND, PLAY, RAJ, SUE, ended, ruleset, running

SHIELDS = {SHIELD, SECOND_SHIELD}
HOUR = timedelta(hours=1)


def out(house: House) -> set[str]:
    """The settings that are on loan."""
    return {loan.setting for loan in loans.open_loans(house.journal)}


def breaks_off(house: House, words: str, *, later: timedelta = timedelta(0), **parameters: Any) -> str:
    """A run that fails when it says these words, or some time later; gives its operation's id."""

    def fail() -> None:
        house.sandbox.advance(house.sandbox.now() + later)
        raise RuntimeError("the machine stopped")

    house.listener.once(words, fail)
    with pytest.raises(RuntimeError):
        rerun(house, **parameters)
    [row] = [one for one in [*operations.past(house.journal), *operations.in_flight(house.journal)] if one.plan]
    return row.id


def everything_runs(house: House) -> None:
    """A person runs every play at the very moment."""
    for play in (PLAY, SECOND):
        house.do(RunPlay(play=play))


def nobody_declined(house: House) -> bool:
    return not {email for email, _ in enrolled(house, after=timedelta(0))} & set(NO)


def swept_until_all_is_back(house: House) -> None:
    """The shields stay as long as the exclusion does not act, and the first sweep after that gives them back."""
    assert out(house) == SHIELDS
    assert [] == debts("sandbox")
    sweep()
    everything_runs(house)
    assert (SHIELDS, True) == (out(house), nobody_declined(house))
    house.sandbox.advance(house.sandbox.now() + HOUR)
    sweep()
    assert set() == out(house)
    house.sandbox.advance(house.sandbox.now() + HOUR)
    assert nobody_declined(house)


@pytest.mark.rule("R33", "R44", "R51")
def test_a_run_that_fails_gives_the_exclusion_back_and_a_sweep_the_shields_once_it_acts(house: House) -> None:
    house.load(two_plays())
    before = house.sandbox.dump()["exclusions"], house.sandbox.dump()["rulesets"]
    breaks_off(house, "waiting for exclusion settings", later=HOUR)
    [row] = [one for one in operations.past(house.journal) if one.plan]
    assert any(
        f"the toggle of 'Customers' in the audience '{EVERYBODY}' stays on until 'Customers' acts again" in line
        for line in row.next
    ), row.next
    assert before == (house.sandbox.dump()["exclusions"], house.sandbox.dump()["rulesets"])
    swept_until_all_is_back(house)


def test_a_run_that_fails_before_the_exclusion_is_lifted_gives_everything_back_at_once(house: House) -> None:
    house.load(two_plays())
    breaks_off(house, "waiting for audience settings")
    assert set() == out(house)


@pytest.mark.rule("R62")
def test_who_cancels_while_people_run_gets_the_exclusion_back_now_and_the_shields_later(house: House) -> None:
    house.load(two_plays())
    operation = breaks_off(house, "waiting for everybody to finish")
    assert out(house) == {GLOBAL, LOCAL, *SHIELDS}
    states = cancel_operation(operation).loans
    assert ("returned", "returned", "open", "open") == tuple(states[name] for name in (GLOBAL, LOCAL, *sorted(SHIELDS)))
    swept_until_all_is_back(house)


@pytest.mark.rule("R62")
def test_what_is_given_back_at_its_deadline_comes_back_in_the_same_order(house: House) -> None:
    house.load(two_plays())
    breaks_off(house, "waiting for everybody to finish", max_hold_days=3)
    house.sandbox.advance(house.sandbox.now() + timedelta(days=4))
    sweep()
    swept_until_all_is_back(house)


def on_loan_to_another(house: House, *settings: str) -> Callable[[], None]:
    """Another operation joins these loans of exclusions, for days."""

    def join() -> None:
        now = house.sandbox.now()
        operations.begin(
            house.journal,
            OperationRow(
                id="theirs",
                procedure="exclusion-rerun",
                workspace="sandbox",
                subject="another",
                mode="live",
                next=[],
                folder=str(house.home / "theirs"),
                started_at=now,
                recorded_at=now,
                alive_until=now + timedelta(days=9999),
            ),
        )
        for setting in settings:
            loans.take(house.journal, "theirs", "sandbox", setting, True, False, now, now + timedelta(days=20))

    return join


@pytest.mark.rule("R35", "R44")
def test_shields_stay_as_long_as_another_run_has_the_exclusion_off(house: House) -> None:
    house.load(two_plays())
    house.listener.once("the wait for exclusion settings ended", on_loan_to_another(house, GLOBAL, LOCAL))
    report = rerun(house)
    assert "needs_attention" == report.status
    assert any(
        line.startswith("still on: ") and "'Customers' does not act again yet" in line for line in report.next
    ), report.next
    house.sandbox.advance(house.sandbox.now() + timedelta(days=5))
    everything_runs(house)
    assert [] == debts("sandbox")
    assert APPROVED == enrolled(house)
    assert {"open"} == {loan.state for loan in report.loans}, "none is overdue"
    operations.update(house.journal, "theirs", ended_at=house.sandbox.now(), status="completed")
    sweep()
    swept_until_all_is_back(house)


def test_a_shield_goes_back_where_somebody_else_keeps_the_exclusion_off(house: House) -> None:
    """Once nothing of ours is out any more, it is off by that person's choice."""
    house.load(two_plays())
    breaks_off(house, "waiting for exclusion settings", later=HOUR)
    for setting in (GLOBAL, LOCAL):
        house.do(SetSetting(setting=setting, value=False))
    sweep()
    assert set() == out(house)
    assert not house.sandbox.setting(SettingKey.parse(SHIELD))


def test_no_other_procedure_takes_the_lift_for_leave_to_enroll_whom_somebody_declined(house: House) -> None:
    """Raj fell out with Ana's mailbox, Sue runs elsewhere; both are customers, and were declined."""
    house.load(
        two_plays(
            rulesets=(ruleset(exclusions={"Customers": True}, allow_same=True, days=0),),
            enrollments=[ended(RAJ, sequence=NURTURE, steps_done=1), running(SUE, sequence=NURTURE)],
        )
    )
    breaks_off(house, "waiting for everybody to finish")
    planned: dict[str, dict[str, Any]] = {
        "ownership-change": {"mailbox": ANAS_MAILBOX, "contacts": RAJ},
        "enroll-contacts": {"emails": [RAJ], "sequence": OUTBOUND, "mailboxes": [ANAS_MAILBOX]},
        "sequence-move": {"from_sequence": NURTURE, "to_sequence": OUTBOUND, "contacts": SUE},
    }
    for procedure, how in planned.items():
        report = house.carry_out(procedure, dry_run=True, **how)
        assert ("excluded:Customers", 0) == (";".join(report.reasons), report.counts["enrolled"]), report


def test_a_run_that_wakes_after_it_gave_the_exclusion_back_in_vain_does_not_lift_it_again(house: House) -> None:
    """As a deployed run does, which goes on from the top after each wait."""
    house.load(two_plays(seed=25))  # the shields act within 20 minutes, the exclusion's toggles do not
    operation = breaks_off(house, "waiting for exclusion settings to act again", exclusion_wait_max=30)
    before = house.settings()
    row = operations.get(house.journal, operation)
    assert row is not None and row.plan
    assert not lift(Operation.at_hand(operation), RerunPlan.model_validate(row.plan), (HOUR, HOUR), probe=True)
    assert before == house.settings()


@pytest.mark.parametrize("ends", ["cancelled", "given back at its deadline"])
def test_who_was_let_in_is_named_too_where_the_run_ends_early(house: House, tmp_path: Path, ends: str) -> None:
    house.load(two_plays())
    operation = breaks_off(house, "waiting for everybody to finish", max_hold_days=3)
    if ends == "cancelled":
        a_new_play(house, tmp_path)
        cancel_operation(operation)
    else:
        house.sandbox.advance(house.sandbox.now() + timedelta(days=4))
        a_new_play(house, tmp_path)
        sweep()
    row = operations.get(house.journal, operation)
    assert row is not None
    assert any(f"{RAJ}, whom nobody approved" in line and "taken out again" in line for line in row.next), row.next
    assert house.place(RAJ, NURTURE) is None
