"""`handover-plan`: before a mailbox changes hands, or a user leaves: what will break, and what to do in which order.

The runbook is the help article's last part: set task assignment on critical sequences before the change, move what is
queued before it turns active, and write down what was decided. Nothing in the workspace is changed, live or not.
"""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.form_parameters import MAY_BE_BLANK
from flows.procedure import procedure
from tasks.handover_plan.planning import plan_handover, record_who_runs, write_document
from tasks.handover_plan.request import check_handover
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state

NewOwner = Annotated[
    str,
    Field(
        title="New owner",
        description="The user who takes over, by email.",
        min_length=1,
        examples=["bo@acme.test"],
    ),
]
MailboxName = Annotated[
    str | None,
    Field(
        title="Mailbox",
        description="The mailbox that is to change hands. Or name a user.",
        examples=["ana@send.acme.test"],
    ),
    MAY_BE_BLANK,
]
Leaver = Annotated[
    str | None,
    Field(
        title="User who leaves",
        description="By email: all of the user's mailboxes and tasks are meant. Or name a mailbox.",
        examples=["ana@acme.test"],
    ),
    MAY_BE_BLANK,
]


@procedure("handover-plan")
def handover_plan(
    new_owner: NewOwner,
    mailbox: MailboxName = None,
    user: Leaver = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Tell before a change of owner who would fall out, what can be saved, who gets the tasks, and what to do when."""
    ask = cache(partial(check_handover, workspace_at_hand(workspace), mailbox, user, new_owner))
    op = begin("handover-plan", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_handover(op.id, ask)
    if not op.is_dry_run:
        record_who_runs(op.id)
    write_document(op.id, plan)
    return final_state(conclude(op.id))
