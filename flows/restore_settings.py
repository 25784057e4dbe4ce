"""`restore-settings`: every few minutes, give back whatever is overdue or has nobody left who would."""

from typing import Any

from prefect.client.schemas.objects import State

from flows.procedure import procedure
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, nothing_to_do
from tasks.restore_settings.gone_rehearsals import end_gone_rehearsals
from tasks.restore_settings.other_workspaces import state_of_all
from tasks.restore_settings.removing import remove_what_was_kept_long_enough
from tasks.restore_settings.request import RestoreSettingsRequest
from tasks.restore_settings.restoring import (
    anything_due,
    note_end,
    plan_restoring,
    restore_settings_due,
    workspaces_to_sweep,
)


@procedure
def restore_settings(request: RestoreSettingsRequest) -> State[dict[str, Any]]:
    own, dry_run = request.workspace, request.dry_run
    if not dry_run:
        end_gone_rehearsals()
    others = workspaces_to_sweep() - {own} if request.every_workspace else set[str]()
    # Before its own, and each a run by itself: whichever cannot be reached keeps none of the others waiting.
    ends = {other: restore_settings(workspace=other, dry_run=dry_run, return_state=True) for other in sorted(others)}

    platform = workspace_at_hand(own)
    if request.operation is None and not anything_due(own):
        report = nothing_to_do("restore-settings", own, platform.now(), dry_run=dry_run)
    else:
        op = begin(request)
        plan_restoring(op.id)
        if not op.is_dry_run:
            restore_settings_due(op.id)
        report = conclude(op.id)
    if not dry_run:
        remove_what_was_kept_long_enough(own)
        note_end(own)
    return state_of_all(final_state(report), ends)
