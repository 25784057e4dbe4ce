"""`version-upgrade`: edit a live sequence and upgrade whoever runs in it, instead of unenrolling anybody (R52)."""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.form_parameters import MAY_BE_BLANK
from flows.procedure import procedure
from tasks.approving import confirm, refuse_unless_allowed
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, give_up
from tasks.version_upgrade.planning import check_upgrade, plan_upgrade
from tasks.version_upgrade.upgrading import settle_upgrade, upgrade_sequence

PastedSteps = Annotated[
    str | None,
    Field(
        title="Steps",
        description="The new steps: paste them as YAML, a line a step, as in a workspace file.",
        examples=["- {type: AUTOMATIC_EMAIL, wait_days: 0}"],
    ),
    MAY_BE_BLANK,
]
StepsFile = Annotated[
    str | None,
    Field(
        title="Steps file",
        description="The same as a file: the path of a YAML file that the worker can read. Give one of the two.",
        examples=["/srv/handoff/steps.yaml"],
    ),
    MAY_BE_BLANK,
]


@procedure("version-upgrade")
def version_upgrade(
    sequence: p.SequenceName,
    steps: PastedSteps = None,
    steps_file: StepsFile = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Give a live sequence new steps, upgrade active and queued enrollments, and prove that nobody fell out."""
    ask = cache(partial(check_upgrade, workspace_at_hand(workspace), sequence, steps_file, steps))
    op = begin("version-upgrade", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_upgrade(op.id, ask)
    if op.is_dry_run:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, plan)
    agreed = confirm(op, plan, partial(plan_upgrade, op.id, ask))
    if agreed is None:
        return final_state(give_up(op.id, "not_approved"))

    upgrade_sequence(op, agreed)
    settle_upgrade(op.id, agreed)
    return final_state(conclude(op.id))
