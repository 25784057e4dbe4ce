"""`handover-plan`: before a mailbox changes hands, or a user leaves: what will break, and what to do in which order.

The runbook is the help article's last part: set task assignment on critical sequences before the change, move what is
queued before it turns active, and write down what was decided. Nothing in the workspace is changed, live or not, unless
it is asked to carry the steps out: then, mailbox by mailbox, what can be saved is moved, the owner changes, and whoever
fell out is put back, once somebody has approved it.
"""

from functools import partial
from typing import Any

from prefect.client.schemas.objects import State

from flows.ownership_change import put_back
from flows.procedure import procedure
from flows.queued_backlog import move_backlog
from models.handover import CarriedMailbox, HandoverPlan
from models.report import Report
from tasks.approving import agree
from tasks.handover_plan.carrying_out import change_owner, is_covered
from tasks.handover_plan.gathering import gather
from tasks.handover_plan.planning import plan_handover, record_who_runs, write_document
from tasks.handover_plan.request import HandoverPlanRequest
from tasks.operation import Operation, begin
from tasks.ownership_change.planning import plan_reenrollment
from tasks.parts import carry_part_out
from tasks.queued_backlog.planning import plan_backlog
from tasks.reporting import conclude, final_state


@procedure
def handover_plan(request: HandoverPlanRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_handover(op.id, request)
    if not op.is_dry_run:
        record_who_runs(op.id)
    write_document(op.id, plan)
    if op.is_dry_run or plan.is_empty:
        return final_state(conclude(op.id))

    agreed = agree(op, plan, partial(plan_handover, op.id, request))
    if isinstance(agreed, Report):
        return final_state(agreed)
    if agreed != plan:
        write_document(op.id, agreed)
    for one in agreed.carried:
        if not hand_over(op, agreed, one, request):
            break
    gather(op.id)
    return final_state(conclude(op.id))


def hand_over(op: Operation, plan: HandoverPlan, one: CarriedMailbox, request: HandoverPlanRequest) -> bool:
    """Hand one mailbox over; give whether to go on with the next: nobody said no to a part of it."""
    covered = partial(is_covered, plan)
    if one.queued:
        moving = request.moving(one.mailbox, one.to)
        if not carry_part_out(op, moving, one.mailbox, plan_backlog, covered, move_backlog):
            return False
    change_owner(op, plan, one)
    back = request.putting_back(one.mailbox)
    return carry_part_out(op, back, one.mailbox, plan_reenrollment, covered, put_back)
