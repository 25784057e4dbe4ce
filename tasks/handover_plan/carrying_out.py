"""Carrying a handover out, mailbox by mailbox: what is queued moves first, the owner changes, who fell out is put back.

Moving and putting back are parts of the operation (`tasks/parts.py`): a queued-backlog and an ownership-change with
plans of their own, made when their turn comes. The change itself is a step of the whole.
"""

from datetime import datetime, timedelta
from functools import partial

from prefect.cache_policies import NO_CACHE

from models.changes import ChangeMailboxOwner, ReassignQueued
from models.ended_waits import Done, WaitEnd
from models.handover import CarriedMailbox, Handover, HandoverPlan
from models.plan import Plan
from platforms.port import Platform
from reports.handover.steps import left_to_a_person
from tasks.applying import make_once
from tasks.by_hand import by_hand
from tasks.operation import Operation
from tasks.owners import look_at_owners
from tasks.planning import Forecasts
from tasks.step import task
from tasks.waiting import await_effect

CHUNK = 50_000
FALL_OUT = (timedelta(0), timedelta(minutes=30))  # R1: at once; Unify shows it by rows of a query, which may lag


def as_carried_out(platform: Platform, plan: HandoverPlan, forecasts: Forecasts) -> HandoverPlan:
    """The plan as one that the run carries out itself, once somebody has approved it."""
    handover = plan.handover
    carried = tuple(_carried(handover, box.mailbox, forecasts) for box in handover.mailboxes)
    moves = any(one.queued for one in carried)
    takes = ("reassign_queued",) if platform.supports(ReassignQueued) else ("unenroll",)
    return plan.model_copy(
        update={
            "contacts": forecasts.changed,
            "carried": carried,
            "left": left_to_a_person(handover),
            "steps": tuple(step for one in carried for step in one.steps(handover.new_owner)),
            "actions": (
                *(takes if moves else ()),
                *(("change_mailbox_owner",) if carried else ()),
                *(("enroll",) if forecasts.changed else ()),
            ),
            "loans": handover.loans if carried else (),
            "must_act": tuple(loan.setting for loan in handover.loans) if carried else (),
        }
    )


def _carried(handover: Handover, mailbox: str, forecasts: Forecasts) -> CarriedMailbox:
    saved = [group for group in handover.saving.groups if group.mailbox == mailbox and group.to]
    to = tuple(dict.fromkeys(name for group in saved for name in group.to))
    back = forecasts.by_mailbox[mailbox, "enrolled"]
    return CarriedMailbox(mailbox=mailbox, queued=sum(group.queued for group in saved), to=to, back=back)


def is_covered(whole: HandoverPlan, part: Plan) -> bool:
    """Whether who approved the handover has seen what a part does: nobody is only a candidate, and it borrows nothing
    that was not shown."""
    shown = {(loan.setting, str(loan.set_to)) for loan in whole.loans}
    return not part.candidates and {(loan.setting, str(loan.set_to)) for loan in part.loans} <= shown


def change_owner(operation: Operation, plan: HandoverPlan, one: CarriedMailbox) -> None:
    """Hand a mailbox over: right before it is written down who runs, right after it is looked whether they fell out.

    Repeated: nothing that was done. Raises NeedsPerson where somebody says that the owner cannot be changed.
    """
    key, change = f"change_owner:{one.mailbox}", plan.change_of(one)
    record_right_before(operation.id, key)
    by_hand(operation, [(key, change)])
    since = give_to(operation.id, key, change)
    waits_for = f"contacts to fall out of {one.mailbox}"
    await_effect(operation, waits_for, since, FALL_OUT, partial(_all_fell_out, operation, one.mailbox, since))


@task(task_run_name="write down who runs, right before", cache_policy=NO_CACHE)
def record_right_before(operation_id: str, key: str) -> None:
    """Take the record of who runs from each mailbox, unless the change under `key` was begun already."""
    operation = Operation.at_hand(operation_id)
    if operation.changes.written_at(key) is None:
        look_at_owners(operation)


@task(task_run_name="give {change.mailbox} to {change.owner}", cache_policy=NO_CACHE)
def give_to(operation_id: str, key: str, change: ChangeMailboxOwner) -> datetime:
    """Change the owner, unless it was changed; give when that was known (the workspace's time)."""
    operation = Operation.at_hand(operation_id)
    make_once(operation, key, change)
    return operation.changes.applied_at(key) or operation.now()


def _all_fell_out(operation: Operation, mailbox: str, since: datetime) -> WaitEnd | None:
    """Done once nobody runs from the mailbox who was enrolled before its owner changed."""
    running = operation.platform.running(CHUNK, mailbox=mailbox)
    return None if any(part["started_at"].lt(since).any() for part in running) else Done("probe")
