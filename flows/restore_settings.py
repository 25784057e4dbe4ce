"""`restore-settings`: every few minutes, give back whatever is overdue or has nobody left who would."""

from datetime import UTC, datetime
from typing import Any

from prefect.client.schemas.objects import State

from flows import parameters as p
from flows.procedure import procedure
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, nothing_to_do
from tasks.restoring import Sweep, anything_due, plan_restoring, restore_settings_due


@procedure("restore-settings", otherwise="what is due")
def restore_settings(
    workspace: p.WorkspaceName = "sandbox", dry_run: p.DryRun = True, operation: p.Resume = None
) -> State[dict[str, Any]]:
    """Start lost runs again; give back what ended, silent or late runs had borrowed, and name whom that concerns."""
    platform = workspace_at_hand(workspace)
    if operation is None and not anything_due(workspace):
        return final_state(nothing_to_do("restore-settings", workspace, platform.now(), dry_run=dry_run))
    op = begin(
        "restore-settings", workspace, lambda: Sweep(workspace, datetime.now(UTC)), dry_run=dry_run, resume=operation
    )

    plan_restoring(op.id)
    if not op.is_dry_run:
        restore_settings_due(op.id)
    return final_state(conclude(op.id))
