"""`version-upgrade`: edit a live sequence and upgrade whoever runs in it, instead of unenrolling anybody (R52)."""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from models.report import Report
from tasks.approving import plan_and_agree
from tasks.operation import begin
from tasks.reporting import conclude, final_state
from tasks.version_upgrade.planning import plan_upgrade
from tasks.version_upgrade.request import VersionUpgradeRequest
from tasks.version_upgrade.upgrading import record_upgrade, upgrade_sequence


@procedure
def version_upgrade(request: VersionUpgradeRequest) -> State[dict[str, Any]]:
    op = begin(request)
    plan = plan_and_agree(op, plan_upgrade, request)
    if isinstance(plan, Report):
        return final_state(plan)

    upgrade_sequence(op, plan)
    record_upgrade(op.id, plan)
    return final_state(conclude(op.id))
