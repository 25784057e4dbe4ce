"""`enroll-contacts`: enroll one or a few people by hand, as one would from their profiles (R41)."""

from functools import partial
from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.enroll_contacts.planning import plan_enrollment
from tasks.enroll_contacts.request import EnrollContactsRequest
from tasks.enrolling import enroll_groups
from tasks.operation import begin
from tasks.reporting import conclude, final_state
from tasks.waves import enroll_in_waves


@procedure
def enroll_contacts(request: EnrollContactsRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_enrollment, request)
    if isinstance(plan, Report):
        return final_state(plan)

    enroll_in_waves(op, plan, partial(enroll_groups, op, plan))
    return final_state(conclude(op.id))
