"""Borrowing settings and giving them back: two plain steps, with the debt in the journal between them.

Never by scope: a wait passes through the code that borrowed as an exception (design, *No clean-up by scope*).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect.cache_policies import NO_CACHE

from journal import changes, loans
from journal.database import Journal
from models.changes import SetSetting, of_json, plain
from models.errors import Hidden
from models.plan import Plan, SettingLoan
from models.rules.loans import how_to_return
from models.rules.reenrollment import suffices
from models.setting_keys import SettingKey, shown
from models.setting_words import RETURNED, in_words, value_in_words
from models.tables.journal import LoanRow
from platforms.port import Platform
from tasks.applying import intend, make_once
from tasks.by_hand import by_hand, note_found_so
from tasks.narration import tell
from tasks.one_by_one import one_by_one
from tasks.operation import Operation
from tasks.returning import (
    ByHand,
    NotYet,
    Said,
    due_when_it_acts,
    is_shield,
    key_of_return,
    parted,
    restored,
    stays_on,
)
from tasks.step import task

GRACE = timedelta(hours=2)  # beyond the longest wait: what a slow run may take before a sweep calls the loan overdue
SLOW = timedelta(minutes=2)  # the same for starting processes, in our time, which a fast clock multiplies
LeftToPerson = tuple[str, SetSetting, tuple[str, ...]]
"""What a person has to give back: the key in the journal, the change, and what they have to do first."""


def borrow_settings(operation: Operation, plan: Plan, longest: timedelta) -> datetime | None:
    """Borrow the settings that a plan needs; give since when they are out, or None where nothing has to act.

    `longest` is how long they may be needed, waits included: the loans' deadline is two hours later. A retried run
    whose contacts are all settled needs them no more.
    """
    if not plan.must_act or not operation.outcomes.number_open():
        return None
    return max((borrow(operation, loan, longest) for loan in plan.loans), default=operation.now())


def borrow(operation: Operation, loan: SettingLoan, longest: timedelta) -> datetime:
    """Borrow one setting: written down, then changed, by a person where the platform cannot; give since when.

    Joins a loan that another operation has out, to be given back to the first original value, or to what somebody
    chose since. Repeated while it is out: nothing. Raises InvalidInput, with nothing borrowed, where the workspace's
    clock stands still and nobody here can move it: the wait would never end.
    """
    platform = operation.platform
    if not platform.clock_rate():
        platform.advance(platform.glance_at_clock())
    key, change = take_up(operation.id, loan, longest)
    by_hand(operation, [(key, change)])
    return set_borrowed(operation.id, key, change)


@task(task_run_name="write the loan of {loan.setting} down", cache_policy=NO_CACHE)
def take_up(operation_id: str, loan: SettingLoan, longest_wait: timedelta) -> tuple[str, SetSetting]:
    """Write one loan down, before the setting is changed; give the change, and the key that it has in the journal."""
    operation = Operation.at_hand(operation_id)
    journal, now = operation.journal, operation.now()
    row = loans.take(
        journal,
        operation.id,
        operation.row.workspace,
        loan.setting,
        loan.was,
        loan.set_to,
        now,
        now + longest_wait + GRACE + SLOW * operation.platform.clock_rate(),
    )
    theirs = row.set_to
    if not suffices(row.set_to, loan.set_to):
        loans.amend(journal, row.id or 0, set_to=loan.set_to)
        row.set_to = loan.set_to
    again = f":{row.reopened}" if row.reopened else ""
    key = f"borrow:{loan.setting}:{row.id}:{shown(row.set_to)}{again}"
    change = SetSetting(setting=loan.setting, value=of_json(row.set_to))
    if not operation.changes.is_made(key):
        _respect_manual_change(operation, row, theirs)
        _respect_who_made_it(operation, key, change)
    return key, change


def _respect_manual_change(operation: Operation, row: LoanRow, theirs: Any) -> None:
    """Somebody chose another value since the plan, or while it was out: that is what has to be there at the end."""
    try:
        current = operation.platform.setting(row.setting)
    except Hidden:
        return
    if how_to_return(row.was, theirs, current) == "superseded":
        loans.amend(operation.journal, row.id or 0, was=current)


def _respect_who_made_it(operation: Operation, key: str, change: SetSetting) -> None:
    """A loan that is joined was changed by a person already: they are not asked again."""
    if not operation.platform.supports(SetSetting) and changes.results_under(operation.journal, key):
        intend(operation, key, change)
        operation.changes.applied(key, {"by": "another operation"})


@task(task_run_name="borrow {change.setting}", cache_policy=NO_CACHE)
def set_borrowed(operation_id: str, key: str, change: SetSetting) -> datetime:
    """Change a setting whose loan is written down; give since when it is out. Repeated while it is out: nothing.

    Where a person changed it, what they say it was before is what it goes back to, and it is out since they said so.
    """
    operation = Operation.at_hand(operation_id)
    journal = operation.journal
    row = next(loan for loan in loans.held_by(journal, operation.id) if loan.setting == change.setting)
    if row.set_to == plain(change.value):  # else somebody who joined has it set to what serves both
        told = make_once(operation, key, change)
        if was := told.get("it_was"):
            loans.amend(journal, row.id or 0, was=was == "on")
    if operation.platform.supports(SetSetting):
        return row.opened_at
    return max(row.opened_at, operation.changes.applied_at(key) or row.opened_at)


def changed_by_others(operation: Operation) -> Iterator[tuple[SettingKey, Any]]:
    """The settings that an operation has on loan and that are not as it set them any more, each with what it is now;
    those that the platform hides are left out."""
    for loan in loans.held_by(operation.journal, operation.id):
        try:
            now = operation.platform.setting(loan.setting)
        except Hidden:
            continue
        if now != loan.set_to:
            yield loan.setting, now


def give_back(operation: Operation, settings: tuple[SettingKey, ...] | None = None) -> None:
    """Let go of an operation's loans (all, or these), and have what nobody else holds given back.

    Repeated: loans that are closed stay as they are.
    """
    if left := give_back_settings(operation.id, settings):
        for key, change, first in left:
            by_hand(operation, [(key, change)], first)
        give_back_settings(operation.id, settings)


@task(task_run_name="give back the settings", cache_policy=NO_CACHE, retries=3, retry_delay_seconds=5)
def give_back_settings(operation_id: str, settings: tuple[SettingKey, ...] | None = None) -> list[LeftToPerson]:
    """Let go of loans; what nobody else holds is given back and read back. Gives what a person has to give back."""
    left = return_everything(Operation.at_hand(operation_id), settings)
    return [(one.key, one.change, one.first) for one in left if isinstance(one, ByHand)]


def return_everything(operation: Operation, settings: tuple[SettingKey, ...] | None = None) -> list[NotYet]:
    """`give_back`, for hooks and the shell, which wait for nobody.

    Gives what a person has to give back, and which shields stay on until the exclusion acts again.
    """
    meant = [
        loan
        for loan in loans.of_operation(operation.journal, operation.id)
        if settings is None or loan.setting in settings
    ]
    meant.sort(key=is_shield)  # they come down last
    left, broken = parted(one_by_one(meant, partial(return_loan, operation)))
    if broken:
        raise broken[0]
    return left


def return_loan(operation: Operation, loan: LoanRow) -> None:
    """Let go of one loan, and give the setting back if nobody else holds it and the value is still ours.

    Raises StaysOn, and holds it still, where it is a shield whose exclusion does not act again yet.
    """
    journal, platform = operation.journal, operation.platform
    if loan.state in loans.OUT and (why := stays_on(journal, platform, loan)):
        due_when_it_acts(journal, platform, loan)
        raise why
    if not loans.release(operation.journal, loan.id or 0, operation.id, operation.now()):
        return
    if finish_return(operation.journal, operation.platform, loan) == "returned":
        note_found_so(operation, key_of_return(loan))


def finish_return(journal: Journal, platform: Platform, loan: LoanRow) -> str | None:
    """Give back a loan that nobody holds any more (`returning`); the state that it ended in, None where somebody else
    holds it by now. Raises as the platform does: then it is still out."""
    said = Said.of(journal, loan)  # before the loan is locked
    state = loans.close(journal, loan.id or 0, partial(restored, platform, said), platform.now())
    if state is not None:  # else somebody has joined it: it is theirs now
        tell(f"{in_words(loan.setting)}: {RETURNED[state]} {value_in_words(loan.was)}")
    return state
