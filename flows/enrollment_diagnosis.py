"""`enrollment-diagnosis`: why is this contact, or this whole audience, not enrolled?

Every reason with its proof, when it lapses by itself, the settings that lift it, and who else they let in. It
changes nothing, live or not.
"""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from tasks.enrollment_diagnosis.planning import plan_diagnosis
from tasks.enrollment_diagnosis.request import EnrollmentDiagnosisRequest
from tasks.operation import begin
from tasks.reporting import conclude, final_state


@procedure
def enrollment_diagnosis(request: EnrollmentDiagnosisRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan_diagnosis(op.id, request)
    return final_state(conclude(op.id))
