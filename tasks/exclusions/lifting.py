"""Keeping others out, lifting the exclusion, holding it until everybody has finished, and putting everything back.

The order matters. Shields (audience toggles) act before the exclusion comes off, and come down only once it acts
again: else published plays would let in whom nobody approved (R44).
"""

from datetime import timedelta
from functools import partial

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import operations, outcomes
from models.ended_waits import Done, TimedOut, WaitEnd
from models.rerun_plan import RerunPlan
from models.setting_keys import SettingKey
from tasks.borrowing import borrow, borrow_settings, give_back
from tasks.enrolling import CHUNK
from tasks.operation import Operation
from tasks.probing import await_settings
from tasks.retrying import READS
from tasks.waiting import await_effect

Times = tuple[timedelta, timedelta]
LOOK_EVERY = timedelta(hours=6)  # while a sequence runs: it moves by hours and days
HOLD = "everybody to finish the sequence"


def longest_loan(plan: RerunPlan, times: Times) -> timedelta:
    """How long the loans may be out: the waits before and after, and the hold's budget."""
    held = timedelta(days=plan.max_hold_days) if plan.hold_until == "sequence_completed" else timedelta(0)
    return 3 * times[1] + held


def shield(operation: Operation, plan: RerunPlan, times: Times) -> bool:
    """Turn the shields on and wait until they act; give whether they do (also where none is needed)."""
    if not plan.shields or not outcomes.unsettled(operation.journal, operation.id):
        return True
    out_since = [borrow(operation, one, longest_loan(plan, times)) for one in plan.shields]
    probe = partial(shields_act, operation.id, plan)
    return isinstance(await_effect(operation, "audience settings", max(out_since), times, probe), Done)


@task(task_run_name="look whether the audiences keep the others out", **READS)
def shields_act(operation_id: str, plan: RerunPlan) -> WaitEnd | None:
    """Done once every shielded play keeps out everybody whom the exclusion matches and nobody approved."""
    operation = Operation.at_hand(operation_id)
    for play in plan.shielded_plays:
        entrants = operation.platform.entrants(play)
        matched = set(operation.platform.matches(plan.exclusion, entrants["email"].tolist())["email"])
        kept_out = entrants["kept_out_by"].map(lambda names: plan.exclusion in names.split("\n"))
        if not kept_out[entrants["email"].isin(matched)].all():
            return None
    return Done("probe")


def lift(operation: Operation, plan: RerunPlan, times: Times, *, probe: bool) -> bool:
    """Turn the exclusion off and wait until that acts; give whether it does."""
    since = borrow_settings(operation, plan, longest_loan(plan, times))
    return isinstance(await_settings(operation, plan, "exclusion settings", since, times, probe=probe), Done)


def hold(operation: Operation, plan: RerunPlan) -> None:
    """Wait until everybody who was enrolled has finished, at most for the budget (R37, R38); note how each did."""
    if plan.hold_until == "enrolled" or not plan.loans:
        return
    begun = operation.now()
    soonest = max(plan.shortest_hold or begun, begun) - begun
    most = timedelta(days=plan.max_hold_days)
    probe = partial(everybody_finished, operation.id, plan)
    end = await_effect(operation, HOLD, begun, (min(soonest, most), most), probe, LOOK_EVERY)
    if isinstance(end, TimedOut):
        note_still_running(operation.id, plan)
    note_ends(operation.id, plan)


@task(task_run_name="look who has not finished yet", **READS)
def everybody_finished(operation_id: str, plan: RerunPlan) -> WaitEnd | None:
    """Done once nobody whom this operation enrolled runs in the sequence any more."""
    return None if still_running(Operation.at_hand(operation_id), plan) else Done("probe")


def still_running(operation: Operation, plan: RerunPlan) -> list[str]:
    """Who of those that were enrolled runs in the sequence."""
    found: list[str] = []
    for contacts in outcomes.chunks(operation.journal, operation.id, CHUNK, outcome="enrolled"):
        found += operation.platform.places(contacts["email"].tolist(), plan.sequence)["email"].tolist()
    return found


@task(task_run_name="note who is still under way", cache_policy=NO_CACHE)
def note_still_running(operation_id: str, plan: RerunPlan) -> None:
    """Say who is removed when the exclusion acts again (R62), for a person to look at."""
    operation = Operation.at_hand(operation_id)
    left = still_running(operation, plan)
    some = ", ".join(left[:5]) + (f" and {len(left) - 5} more" if len(left) > 5 else "")
    line = (
        f"{len(left)} contacts had not finished after {plan.max_hold_days} days ({some}): the exclusion was given back,"
        " and removes them from the sequence when it acts again"
    )
    operations.update(operation.journal, operation.id, next=list(dict.fromkeys([*(operation.row.next or []), line])))


@task(task_run_name="note how each contact finished", **READS)
def note_ends(operation_id: str, plan: RerunPlan) -> int:
    """Write down how far each enrolled contact came; give how many have ended."""
    operation = Operation.at_hand(operation_id)
    length = len(operation.platform.steps(plan.sequence))
    done = 0
    for contacts in outcomes.chunks(operation.journal, operation.id, CHUNK, outcome="enrolled"):
        last = operation.platform.last_enrollments(contacts["email"].tolist(), plan.sequence).set_index("email")
        ended = last[last["ended_at"].notna()]
        told = [
            f"finished {at:%Y-%m-%d}, {steps} of {length} steps"
            for at, steps in ended[["ended_at", "steps_done"]].itertuples(index=False)
        ]
        outcomes.settle(operation.journal, operation.id, pd.DataFrame(
            {"email": ended.index, "outcome": "enrolled", "detail": told}
        ))  # fmt: skip
        done += len(ended)
    return done


def put_back(operation: Operation, plan: RerunPlan, times: Times) -> None:
    """Give the exclusion back; the shields only once it acts again."""
    toggles = tuple(loan.setting for loan in plan.loans)
    give_back(operation, toggles)
    if not plan.shields:
        return
    probe = partial(exclusion_acts, operation.id, plan)
    end = await_effect(operation, "exclusion settings to act again", operation.now(), times, probe)
    if isinstance(end, Done):
        give_back(operation)
    else:
        note_shields_left(operation.id, plan)


@task(task_run_name="look whether the exclusion acts again", **READS)
def exclusion_acts(operation_id: str, plan: RerunPlan) -> WaitEnd | None:
    """Done once every toggle that was turned off acts as on again."""
    operation = Operation.at_hand(operation_id)
    found = operation.platform.exclusion_toggles()
    ruleset = operation.platform.sequences().set_index("sequence")["ruleset"][plan.sequence]
    row = found[(found["exclusion"] == plan.exclusion) & (found["ruleset"] == ruleset)].iloc[0]
    acting = {"exclusion": bool(row["everywhere"]), "ruleset_exclusion": bool(row["here"])}
    return Done("probe") if all(acting[SettingKey.parse(loan.setting).kind] for loan in plan.loans) else None


@task(task_run_name="note that the shields stay", cache_policy=NO_CACHE)
def note_shields_left(operation_id: str, plan: RerunPlan) -> None:
    """Say that shields stay on, because the exclusion was not seen to act again."""
    operation = Operation.at_hand(operation_id)
    names = ", ".join(one.setting for one in plan.shields)
    line = f"{names} stay on: '{plan.exclusion}' was not seen to act again; `handoff restore` gives them back when due"
    operations.update(operation.journal, operation.id, next=list(dict.fromkeys([*(operation.row.next or []), line])))
