"""Borrowing settings and giving them back: two plain steps, with the debt in the journal between them.

Never by scope: a wait passes through the code that borrowed as an exception (design, *No clean-up by scope*).
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, loans, outcomes
from journal.database import Journal
from models.changes import SetSetting, plain
from models.errors import HandoffError, Unreachable
from models.plan import Plan, SettingLoan
from models.records import Interval
from models.rules.loans import how_to_return
from models.rules.reenrollment import suffices
from models.setting_keys import SettingKey, shown
from models.tables.journal import LoanRow
from platforms.port import Platform
from tasks.applying import make_once
from tasks.narration import tell
from tasks.one_by_one import one_by_one
from tasks.operation import Operation

GRACE = timedelta(hours=2)  # beyond the longest wait: what a slow run may take before a sweep calls the loan overdue
SLOW = timedelta(minutes=2)  # the same for starting processes, in our time, which a fast clock multiplies


def borrow_settings(operation: Operation, plan: Plan, longest: timedelta) -> datetime | None:
    """Borrow the settings that a plan needs; give since when they are out, or None where nothing has to act.

    `longest` is how long they may be needed, waits included: the loans' deadline is two hours later. A retried run
    whose contacts are all settled needs them no more.
    """
    if not plan.must_act or not outcomes.unsettled(operation.journal, operation.id):
        return None
    out_since = [borrow(operation.id, loan, longest) for loan in plan.loans]
    return max(out_since, default=operation.now())


@task(task_run_name="borrow {loan.setting}", cache_policy=NO_CACHE)
def borrow(operation_id: str, loan: SettingLoan, longest_wait: timedelta) -> datetime:
    """Borrow one setting: written down, then changed. Gives since when it has been out.

    Joins a loan that another operation has out, to be given back to the first original value, or to what somebody
    chose since. Repeated while it is out: nothing.
    """
    operation = Operation.at_hand(operation_id)
    journal, now = operation.journal, operation.now()
    row = loans.take(
        journal, operation.id, operation.row.workspace, loan.setting, loan.was, loan.set_to, now,
        now + longest_wait + GRACE + SLOW * operation.platform.clock_rate(),
    )  # fmt: skip
    theirs = row.set_to
    if not suffices(row.set_to, loan.set_to):
        loans.amend(journal, row.id or 0, set_to=loan.set_to)
        row.set_to = loan.set_to
    again = f":{row.reopened}" if row.reopened else ""
    key = f"borrow:{loan.setting}:{row.id}:{shown(row.set_to)}{again}"
    if changes.is_made(journal, operation.id, key):
        return row.opened_at
    current = operation.platform.setting(SettingKey.parse(loan.setting))
    if how_to_return(row.was, theirs, current) == "superseded":
        # Somebody chose another value since the plan, or while it was out: that is what has to be there at the end.
        loans.amend(journal, row.id or 0, was=current)
    make_once(operation, key, SetSetting(setting=loan.setting, value=_value(row.set_to)))
    return row.opened_at


def _value(value: Any) -> Any:
    return Interval.model_validate(value) if isinstance(value, dict) else value


@task(task_run_name="give back the settings", cache_policy=NO_CACHE, retries=3, retry_delay_seconds=5)
def give_back(operation_id: str, settings: tuple[str, ...] | None = None) -> dict[str, str]:
    """Let go of an operation's loans (all, or these); what nobody else holds is given back and read back.

    Gives each setting's loan state. Repeated: loans that are closed stay as they are.
    """
    operation = Operation.at_hand(operation_id)
    return_everything(operation, settings)
    return {loan.setting: loan.state for loan in loans.of_operation(operation.journal, operation.id)}


def return_everything(operation: Operation, settings: tuple[str, ...] | None = None) -> None:
    """`give_back`, for hooks and the shell."""
    meant = [
        loan for loan in loans.of_operation(operation.journal, operation.id)
        if settings is None or loan.setting in settings
    ]  # fmt: skip
    if refusals := one_by_one(meant, partial(return_loan, operation)):
        raise refusals[0]


def return_loan(operation: Operation, loan: LoanRow) -> None:
    """Let go of one loan, and give the setting back if nobody else holds it and the value is still ours."""
    if loans.release(operation.journal, loan.id or 0, operation.id, operation.now()):
        finish_return(operation.journal, operation.platform, loan)


def finish_return(journal: Journal, platform: Platform, loan: LoanRow) -> None:
    """Give back a loan that nobody holds any more (`returning`). Raises as the platform does: then it is still out."""
    state = loans.close(journal, loan.id or 0, partial(_restore, platform), platform.now())
    if state is not None:  # else somebody has joined it: it is theirs now
        tell(f"{loan.setting} is {state}: {shown(loan.was)}")


def _restore(platform: Platform, loan: LoanRow) -> str:
    """Set the original value again, unless somebody chose another since; give the state that is then true."""
    key = SettingKey.parse(loan.setting)
    try:
        current = platform.setting(key)
    except Unreachable:
        raise
    except HandoffError:
        return "unknown"
    match how_to_return(loan.was, loan.set_to, current):
        case "superseded":
            return "superseded"
        case "give_back":
            platform.apply(SetSetting(setting=loan.setting, value=_value(loan.was)))
    return "returned" if platform.setting(key) == plain(_value(loan.was)) else "unknown"
