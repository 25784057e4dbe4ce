"""`queued-backlog`: move queued enrollments to other mailboxes before they begin.

The runbook is the help article's: look at what is queued right now, move it by the email backlog, which is more
reliable than the play's own mailbox (R79), and leave what is past step one to a person.
"""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.backlog_plan import BacklogPlan
from models.ended_waits import Done
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.borrowing import borrow_settings, give_back
from tasks.operation import Operation, begin
from tasks.queued_backlog.planning import plan_backlog
from tasks.queued_backlog.reassigning import reassign_backlog
from tasks.queued_backlog.request import QueuedBacklogRequest
from tasks.reporting import conclude, final_state
from tasks.waiting import await_effect


@procedure
def queued_backlog(request: QueuedBacklogRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_backlog, request)
    return final_state(plan if isinstance(plan, Report) else move_backlog(op, plan, request))


def move_backlog(op: Operation, plan: BacklogPlan, request: QueuedBacklogRequest) -> Report:
    """Carry an agreed plan out; give the report."""
    since = borrow_settings(op, plan, request.wait[1])
    if isinstance(await_effect(op, "re-enrollment settings", since, request.wait, None), Done):
        reassign_backlog(op, plan)
    give_back(op)
    return conclude(op.id)
