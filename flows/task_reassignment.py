"""`task-reassignment`: hand tasks over to another user, in bulk or by number; linked emails keep their mailbox."""

from functools import cache, partial
from typing import Any

from prefect.client.schemas.objects import State

from flows import parameters as p
from flows import task_parameters as t
from flows.procedure import procedure
from tasks.approving import confirm
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, give_up
from tasks.task_reassignment.reassigning import plan_reassignment, reassign_tasks
from tasks.task_reassignment.request import check_reassignment


@procedure("task-reassignment")
def task_reassignment(
    to_user: t.ToUser,
    from_user: t.FromUser = None,
    types: t.Types = None,
    statuses: t.Statuses = None,
    sequence: t.OnlySequence = None,
    tasks: t.PastedTasks = None,
    tasks_csv: t.TasksCsv = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Hand tasks over to another user. Emails linked to them keep the mailbox that they leave from."""
    ask = cache(partial(
        check_reassignment, workspace_at_hand(workspace), from_user, to_user, types, statuses, sequence, tasks_csv,
        tasks,
    ))  # fmt: skip
    op = begin("task-reassignment", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_reassignment(op.id, ask)
    if op.is_dry_run or not plan.contacts:
        return final_state(conclude(op.id))
    agreed = confirm(op, plan, partial(plan_reassignment, op.id, ask))
    if agreed is None:
        return final_state(give_up(op.id, "not_approved"))

    reassign_tasks(op, agreed)
    return final_state(conclude(op.id))
