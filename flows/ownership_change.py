"""`ownership-change`: contacts fell out of their sequences because a mailbox changed its owner; put them back.

The runbook is the help article's: find who fell out, make an audience of them, duplicate the play onto it, open
re-enrollment as far as these contacts need it, wait until that acts, run the copy, see who is back, and put the
settings back as they were.
"""

from functools import partial
from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.ended_waits import Done
from models.enrollment_plan import ReenrollmentPlan
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.borrowing import borrow_settings, give_back
from tasks.enrolling import enroll_groups, prepare_plays
from tasks.operation import Operation, begin
from tasks.ownership_change.planning import plan_reenrollment
from tasks.ownership_change.request import OwnershipChangeRequest
from tasks.probing import await_settings
from tasks.reporting import conclude, final_state
from tasks.waves import enroll_in_waves


@procedure
def ownership_change(request: OwnershipChangeRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_reenrollment, request)
    return final_state(plan if isinstance(plan, Report) else put_back(op, plan, request))


def put_back(op: Operation, plan: ReenrollmentPlan, request: OwnershipChangeRequest) -> Report:
    """Carry an agreed plan out; give the report."""
    prepare_plays(op, plan)
    since = borrow_settings(op, plan, request.wait[1])
    ended = await_settings(op, plan, "re-enrollment settings", since, request.wait, probe=request.probe)
    if isinstance(ended, Done):
        enroll_in_waves(op, plan, partial(enroll_groups, op, plan))
    give_back(op)
    return conclude(op.id)
