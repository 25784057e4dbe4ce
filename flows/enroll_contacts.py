"""`enroll-contacts`: enroll one or a few people by hand, as one would from their profiles (R41)."""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.form_parameters import MAY_BE_BLANK
from flows.procedure import procedure
from tasks.approving import confirm, refuse_unless_allowed
from tasks.enroll_contacts.planning import check_enrollment, plan_enrollment
from tasks.enrolling import enroll_groups
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state, give_up

Emails = Annotated[
    list[str],
    Field(
        title="Contacts",
        min_length=1,
        description="The addresses of the people to enroll, an item each.",
        examples=["pia@x.test"],
    ),
]
Mailboxes = Annotated[
    list[str] | None,
    Field(
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: your own.",
        examples=["ana@send.acme.test"],
    ),
    MAY_BE_BLANK,
]


@procedure("enroll-contacts")
def enroll_contacts(
    emails: Emails,
    sequence: p.SequenceName,
    mailboxes: Mailboxes = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Enroll one or a few people into a sequence by hand, each at the next step; say why for those who may not."""
    ask = cache(partial(check_enrollment, workspace_at_hand(workspace), emails, sequence, mailboxes))
    op = begin("enroll-contacts", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_enrollment(op.id, ask)
    if op.is_dry_run or not plan.contacts:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, plan)
    agreed = confirm(op, plan, partial(plan_enrollment, op.id, ask))
    if agreed is None:
        return final_state(give_up(op.id, "not_approved"))

    enroll_groups(op, agreed)
    return final_state(conclude(op.id))
