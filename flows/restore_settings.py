"""`restore-settings`: every few minutes, give back whatever is overdue or has nobody left who would."""

from datetime import UTC, datetime
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.procedure import procedure
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, nothing_to_do
from tasks.restore_settings.gone_rehearsals import end_gone_rehearsals
from tasks.restore_settings.other_workspaces import state_of_all
from tasks.restore_settings.restoring import (
    Sweep,
    anything_due,
    note_end,
    plan_restoring,
    restore_settings_due,
    workspaces_to_sweep,
)

EveryWorkspace = Annotated[
    bool,
    Field(
        title="Every workspace",
        description="Also every other workspace that has a setting on loan or a run to look after, each as a run of its"
        " own. The schedule has it on.",
    ),
]


@procedure("restore-settings", otherwise="what is due")
def restore_settings(
    every_workspace: EveryWorkspace = False,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Start lost runs again; give back what ended, silent or late runs had borrowed, and name whom that concerns."""
    if not dry_run:
        end_gone_rehearsals()
    others = workspaces_to_sweep() - {workspace} if every_workspace else set[str]()
    # Before its own, and each a run by itself: whichever cannot be reached keeps none of the others waiting.
    ends = {other: restore_settings(workspace=other, dry_run=dry_run, return_state=True) for other in sorted(others)}

    platform = workspace_at_hand(workspace)
    if operation is None and not anything_due(workspace):
        report = nothing_to_do("restore-settings", workspace, platform.now(), dry_run=dry_run)
    else:
        op = begin(
            "restore-settings", workspace, lambda: Sweep(workspace, datetime.now(UTC)), dry_run=dry_run,
            resume=operation,
        )  # fmt: skip
        plan_restoring(op.id)
        if not op.is_dry_run:
            restore_settings_due(op.id)
        report = conclude(op.id)
    if not dry_run:
        note_end(workspace)
    return state_of_all(final_state(report), ends)
