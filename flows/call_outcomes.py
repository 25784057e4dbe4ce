"""`call-outcomes`: read what came of calls and unenroll by policy, since the platform does not (R49, R50)."""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.call_outcomes.planning import plan_outcomes
from tasks.call_outcomes.request import CallOutcomesRequest
from tasks.call_outcomes.unenrolling import unenroll_contacts
from tasks.operation import begin
from tasks.reporting import conclude, final_state


@procedure
def call_outcomes(request: CallOutcomesRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_outcomes, request)
    if isinstance(plan, Report):
        return final_state(plan)

    unenroll_contacts(op)
    return final_state(conclude(op.id))
