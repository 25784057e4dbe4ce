"""`task-assignment-audit`: why tasks went to whom they did; sets and documents who gets those of critical sequences.

The help article's four steps: the manual assignment setting, who owns the mailboxes, when settings were changed, and
who enrolled. Best set before a change of ownership, by role and not by mailbox.
"""

from functools import cache, partial
from typing import Any

from prefect.client.schemas.objects import State

from flows import assignment_parameters as a
from flows import parameters as p
from flows import task_parameters as t
from flows.procedure import procedure
from tasks.approving import confirm, refuse_unless_allowed
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, give_up
from tasks.task_assignment_audit.auditing import document_assignment, plan_audit, set_assignments
from tasks.task_reassignment.request import check_audit


@procedure("task-assignment-audit", otherwise="all tasks")
def task_assignment_audit(
    sequence: t.OnlySequence = None,
    tasks: t.PastedTasks = None,
    tasks_csv: t.TasksCsv = None,
    assign_mode: a.AssignMode = None,
    assign_user: a.AssignUser = None,
    critical_sequences: a.CriticalSequences = None,
    roles: a.PastedRoles = None,
    roles_csv: a.RolesCsv = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Say of each task which setting put it there; set and document who gets the tasks of critical sequences."""
    ask = cache(partial(
        check_audit, workspace_at_hand(workspace), sequence, tasks_csv, tasks, assign_mode, assign_user,
        critical_sequences, roles_csv, roles,
    ))  # fmt: skip
    op = begin("task-assignment-audit", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_audit(op.id, ask)
    if plan.assignments and not op.is_dry_run:
        refuse_unless_allowed(op, plan)
        agreed = confirm(op, plan, partial(plan_audit, op.id, ask))
        if agreed is None:
            return final_state(give_up(op.id, "not_approved"))
        plan = agreed
        set_assignments(op, plan)
    document_assignment(op.id, plan)
    return final_state(conclude(op.id))
