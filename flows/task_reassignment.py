"""`task-reassignment`: hand tasks over to another user, in bulk or by number; linked emails keep their mailbox."""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.operation import begin
from tasks.reporting import conclude, final_state
from tasks.task_reassignment.reassigning import plan_reassignment, reassign_tasks
from tasks.task_reassignment.request import TaskReassignmentRequest


@procedure
def task_reassignment(request: TaskReassignmentRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_reassignment, request)
    if isinstance(plan, Report):
        return final_state(plan)

    reassign_tasks(op, plan)
    return final_state(conclude(op.id))
