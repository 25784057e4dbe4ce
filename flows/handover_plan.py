"""`handover-plan`: before a mailbox changes hands, or a user leaves: what will break, and what to do in which order.

The runbook is the help article's last part: set task assignment on critical sequences before the change, move what is
queued before it turns active, and write down what was decided. Nothing in the workspace is changed, live or not.
"""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from tasks.handover_plan.planning import plan_handover, record_who_runs, write_document
from tasks.handover_plan.request import HandoverPlanRequest
from tasks.operation import begin
from tasks.reporting import conclude, final_state


@procedure
def handover_plan(request: HandoverPlanRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_handover(op.id, request)
    if not op.is_dry_run:
        record_who_runs(op.id)
    write_document(op.id, plan)
    return final_state(conclude(op.id))
