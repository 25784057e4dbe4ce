"""`task-assignment-audit`: why tasks went to whom they did; sets and documents who gets those of critical sequences.

The help article's four steps: the manual assignment setting, who owns the mailboxes, when settings were changed, and
who enrolled. Best set before a change of ownership, by role and not by mailbox.
"""

from functools import partial
from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.report import Report
from tasks.approving import agree
from tasks.operation import begin
from tasks.reporting import conclude, final_state
from tasks.task_assignment_audit.auditing import document_assignment, plan_audit, set_assignments
from tasks.task_assignment_audit.request import TaskAssignmentAuditRequest


@procedure
def task_assignment_audit(request: TaskAssignmentAuditRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_audit(op.id, request)
    if not op.is_dry_run and not plan.is_empty:
        agreed = agree(op, plan, partial(plan_audit, op.id, request))
        if isinstance(agreed, Report):
            return final_state(agreed)
        plan = agreed
        set_assignments(op, plan)
    document_assignment(op.id, plan)
    return final_state(conclude(op.id))
