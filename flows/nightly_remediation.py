"""`nightly-remediation`: notice mailboxes whose owner changed since last night, and put their contacts back."""

from functools import partial
from typing import Any

from prefect.client.schemas.objects import State

from flows.ownership_change import ownership_change
from flows.procedure import procedure
from tasks.nightly_remediation.planning import plan_night
from tasks.nightly_remediation.request import NightlyRemediationRequest
from tasks.nightly_remediation.starting import gather, start_jobs, take_record
from tasks.nightly_remediation.telling import tell_how_it_went
from tasks.operation import begin
from tasks.reporting import conclude, final_state


@procedure
def nightly_remediation(request: NightlyRemediationRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_night(op.id, request)
    start_jobs(op, plan, partial(ownership_change, return_state=True))
    take_record(op.id)
    gather(op.id, plan)
    report = conclude(op.id)
    tell_how_it_went(op.id)
    return final_state(report)
