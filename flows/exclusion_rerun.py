"""`exclusion-rerun`: let contacts into a sequence although an exclusion matches them, each by itself approved.

The runbook is the help article's: judge each match, turn off the global toggle and the ruleset's, wait until that
acts, run the play again, keep the exclusion off until everybody has finished the whole sequence, and turn it on again.
"""

from functools import partial
from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.report import Report
from tasks.approving import refuse_unless_allowed
from tasks.enrolling import enroll_groups, prepare_plays
from tasks.exclusion_rerun.lifting import hold, lift, put_back
from tasks.exclusion_rerun.planning import approve_matches, plan_rerun
from tasks.exclusion_rerun.request import ExclusionRerunRequest
from tasks.exclusion_rerun.shielding import shield
from tasks.operation import begin
from tasks.reporting import conclude, final_state
from tasks.waves import enroll_in_waves


@procedure
def exclusion_rerun(request: ExclusionRerunRequest) -> State[dict[str, Any]]:
    op = begin(request)
    judged = plan_rerun(op.id, request)
    if op.is_dry_run or judged.is_empty:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, judged)
    plan = approve_matches(op, request, judged)
    if isinstance(plan, Report):
        return final_state(plan)

    prepare_plays(op, plan)
    if shield(op, plan, request.wait) and lift(op, plan, request.wait, probe=request.probe):
        enroll_in_waves(op, plan, partial(enroll_groups, op, plan))
        hold(op, plan)
    put_back(op, plan, request.wait)
    return final_state(conclude(op.id))
