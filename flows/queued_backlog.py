"""`queued-backlog`: move queued enrollments to other mailboxes before they begin.

The runbook is the help article's: look at what is queued right now, move it by the email backlog, which is more
reliable than the play's own mailbox (R79), and leave what is past step one to a person.
"""

from functools import cache, partial
from typing import Annotated, Any, Literal

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.form_parameters import MAY_BE_BLANK
from flows.procedure import procedure
from models.ended_waits import Done
from models.parameters import check_range
from tasks.approving import confirm, refuse_unless_allowed
from tasks.borrowing import borrow_settings, give_back
from tasks.operation import begin, workspace_at_hand
from tasks.queued_backlog.planning import check_backlog, plan_backlog
from tasks.queued_backlog.reassigning import reassign_backlog
from tasks.reporting import conclude, final_state, give_up
from tasks.waiting import await_effect

FromMailbox = Annotated[
    str,
    Field(
        title="From mailbox",
        description="The mailbox whose queued enrollments move.",
        min_length=1,
        examples=["ana@send.acme.test"],
    ),
]
ToMailboxes = Annotated[
    list[str],
    Field(
        title="To mailboxes",
        description="The mailboxes that they move to, by turns, an item each.",
        min_length=1,
        examples=["bo@send.acme.test"],
    ),
]
OnlySequence = Annotated[
    str | None,
    Field(
        title="Sequence",
        description="Only what is queued of this sequence. Left out: of all.",
        examples=["Outbound Q4"],
    ),
    MAY_BE_BLANK,
]

Via = Annotated[
    Literal["backlog", "direct"] | None,
    Field(
        title="How to move",
        description="backlog: by the platform's email backlog (where nothing is chosen: the sandbox's way). direct:"
        " each is cancelled and enrolled anew from the other mailbox (where nothing is chosen: the way on Unify).",
    ),
    MAY_BE_BLANK,
]


@procedure("queued-backlog")
def queued_backlog(
    from_mailbox: FromMailbox,
    to_mailboxes: ToMailboxes,
    sequence: OnlySequence = None,
    via: Via = None,
    reenrollment_wait_min: p.ReenrollmentWaitMin = 30,
    reenrollment_wait_max: p.ReenrollmentWaitMax = 90,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Move queued enrollments to other mailboxes, and list what is past step one as work for a person."""
    times = check_range("reenrollment_wait", reenrollment_wait_min, reenrollment_wait_max)
    ask = cache(partial(check_backlog, workspace_at_hand(workspace), from_mailbox, to_mailboxes, sequence, via))
    op = begin("queued-backlog", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_backlog(op.id, ask)
    if op.is_dry_run or not plan.contacts:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, plan)
    agreed = confirm(op, plan, partial(plan_backlog, op.id, ask))
    if agreed is None:
        return final_state(give_up(op.id, "not_approved"))

    since = borrow_settings(op, agreed, times[1])
    if isinstance(await_effect(op, "re-enrollment settings", since, times, None), Done):
        reassign_backlog(op, agreed)
    give_back(op)
    return final_state(conclude(op.id))
