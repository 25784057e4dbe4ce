"""`calibrate`: find out how this workspace behaves where the sources contradict each other or leave it open.

One experiment after another, each agreed to, with a test person of the team's own and two sequences made for it. What
was seen goes into the journal, and counts from then on in place of what is assumed.
"""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.calibrate.planning import plan_calibration
from tasks.calibrate.request import CalibrateRequest
from tasks.calibrate.telling import tell_what_was_seen
from tasks.calibrate.trial import Times
from tasks.calibrate.trying import put_back, try_experiments
from tasks.operation import begin
from tasks.reporting import conclude, final_state


@procedure
def calibrate(request: CalibrateRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_calibration, request)
    if isinstance(plan, Report):
        return final_state(plan)

    try_experiments(op, plan, Times.of(request))
    put_back(op, plan)
    tell_what_was_seen(op.id)
    return final_state(conclude(op.id))
