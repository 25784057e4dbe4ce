"""Lifting an exclusion, holding it until everybody has finished, and putting everything back.

Whom nobody approved is kept out before it (`shielding`), and looked after all the while (`watching`).
"""

from datetime import timedelta
from functools import partial

import pandas as pd
from prefect.cache_policies import NO_CACHE

from journal import loans
from models.ended_waits import Done, TimedOut, WaitEnd
from models.rerun_plan import RerunPlan
from models.rules.keeping_out import exclusion_of
from models.wording import counted
from tasks.borrowing import borrow_settings, give_back
from tasks.enrolling import CHUNK
from tasks.exclusion_rerun.declined import declined_of
from tasks.exclusion_rerun.shielding import Times, longest_loan, undo_by_hand
from tasks.exclusion_rerun.watching import look_after_declined
from tasks.operation import Operation
from tasks.probing import await_settings
from tasks.retrying import READS
from tasks.step import task
from tasks.waiting import await_effect, was_in_vain

LOOK_EVERY = timedelta(hours=6)  # while a sequence runs: it moves by hours and days
LIFTED = "exclusion settings"
HOLD = "everybody to finish the sequence"


def lift(operation: Operation, plan: RerunPlan, times: Times, *, probe: bool) -> bool:
    """Turn the exclusion off and wait until that acts; give whether it does."""
    if was_in_vain(operation, LIFTED):
        return False
    since = borrow_settings(operation, plan, longest_loan(plan, times))
    return isinstance(await_settings(operation, plan, LIFTED, since, times, probe=probe), Done)


def hold(operation: Operation, plan: RerunPlan) -> None:
    """Wait until everybody who was enrolled has finished, at most for the budget (R37, R38); note how each did.

    Where somebody was declined, the first look comes soon, although nobody can have finished by then.
    """
    look_after_declined(operation.id, plan)
    if plan.hold_until == "enrolled" or not plan.loans:
        return
    begun = operation.now()
    soonest = max(plan.shortest_hold or begun, begun) - begun
    if declined_of(operation.journal, operation.id):
        soonest = min(soonest, LOOK_EVERY)
    most = timedelta(days=plan.max_hold_days)
    probe = partial(look_around, operation, plan)
    end = await_effect(operation, HOLD, begun, (min(soonest, most), most), probe, LOOK_EVERY)
    if isinstance(end, TimedOut):
        note_still_running(operation.id, plan)
    note_ends(operation.id, plan)


def look_around(operation: Operation, plan: RerunPlan) -> WaitEnd | None:
    """A look while the exclusion is off: after the declined first."""
    look_after_declined(operation.id, plan)
    return everybody_finished(operation.id, plan)


@task(task_run_name="look who has not finished yet", **READS)
def everybody_finished(operation_id: str, plan: RerunPlan) -> WaitEnd | None:
    """Done once nobody whom this operation enrolled runs in the sequence any more."""
    return None if still_running(Operation.at_hand(operation_id), plan) else Done("probe")


def still_running(operation: Operation, plan: RerunPlan) -> list[str]:
    """Who of those that were enrolled runs in the sequence."""
    found: list[str] = []
    for contacts in operation.outcomes.chunks(CHUNK, outcome="enrolled"):
        found += operation.platform.places(contacts["email"].tolist(), plan.sequence)["email"].tolist()
    return found


@task(task_run_name="note who is still under way", cache_policy=NO_CACHE)
def note_still_running(operation_id: str, plan: RerunPlan) -> None:
    """Say who is removed when the exclusion acts again (R62), for a person to look at."""
    operation = Operation.at_hand(operation_id)
    left = still_running(operation, plan)
    some = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    late = f"{counted(len(left), 'contact')} had not finished after {counted(plan.max_hold_days, 'day')} ({some})"
    line = f"{late}: the exclusion was given back, and removes them from the sequence when it acts again"
    operation.update(next=list(dict.fromkeys([*(operation.row.next or []), line])))


@task(task_run_name="note how each contact finished", **READS)
def note_ends(operation_id: str, plan: RerunPlan) -> int:
    """Write down how far each enrolled contact came; give how many have ended."""
    operation = Operation.at_hand(operation_id)
    length = len(operation.platform.steps(plan.sequence))
    done = 0
    for contacts in operation.outcomes.chunks(CHUNK, outcome="enrolled"):
        last = operation.platform.last_enrollments(contacts["email"].tolist(), plan.sequence).set_index("email")
        ended = last[last["ended_at"].notna()]
        told = [
            f"finished {at:%Y-%m-%d}, {steps} of {counted(length, 'step')}"
            for at, steps in ended[["ended_at", "steps_done"]].itertuples(index=False)
        ]
        operation.outcomes.record(pd.DataFrame({"email": ended.index, "outcome": "enrolled", "detail": told}))
        done += len(ended)
    return done


def put_back(operation: Operation, plan: RerunPlan, times: Times) -> None:
    """Give the exclusion back; the shields only once it acts again, and a last look after the declined by then."""
    look_after_declined(operation.id, plan)
    toggles = tuple(loan.setting for loan in plan.loans)
    give_back(operation, toggles)
    undo_by_hand(operation, plan, times)
    if not plan.shields:
        return
    out = loans.open_loans(operation.journal, operation.row.workspace)
    if not any(exclusion_of(loan.setting) == plan.exclusion for loan in out):  # else another operation has it off
        probe = partial(exclusion_acts, operation.id, plan)
        await_effect(operation, "exclusion settings to act again", operation.now(), times, probe)
        look_after_declined(operation.id, plan)
    give_back(operation)
    note_shields_left(operation.id, plan)


@task(task_run_name="look whether the exclusion acts again", **READS)
def exclusion_acts(operation_id: str, plan: RerunPlan) -> WaitEnd | None:
    """Done once every toggle that was turned off acts as on again."""
    operation = Operation.at_hand(operation_id)
    found = operation.platform.exclusion_toggles()
    ruleset = operation.platform.sequences().set_index("sequence")["ruleset"][plan.sequence]
    row = found[(found["exclusion"] == plan.exclusion) & (found["ruleset"] == ruleset)].iloc[0]
    acting = {"exclusion": bool(row["everywhere"]), "ruleset_exclusion": bool(row["here"])}
    return Done("probe") if all(acting[loan.setting.kind] for loan in plan.loans) else None


@task(task_run_name="note which shields stay", cache_policy=NO_CACHE)
def note_shields_left(operation_id: str, plan: RerunPlan) -> None:
    """Say which shields stay on, because the exclusion does not act again yet."""
    operation = Operation.at_hand(operation_id)
    names = ", ".join(loan.setting for loan in loans.held_by(operation.journal, operation.id))
    if not names:
        return
    line = (
        f"still on: {names}, since '{plan.exclusion}' does not act again yet; a sweep gives back once it does, or"
        " `handoff restore`"
    )
    operation.update(next=list(dict.fromkeys([*(operation.row.next or []), line])))
