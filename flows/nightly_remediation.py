"""`nightly-remediation`: notice mailboxes whose owner changed since last night, and put their contacts back."""

from functools import cache, partial
from typing import Annotated, Any

from prefect.client.schemas.objects import State
from pydantic import Field

from flows import parameters as p
from flows.ownership_change import ownership_change
from flows.procedure import procedure
from tasks.nightly.planning import check_night, plan_night
from tasks.nightly.starting import gather, start_jobs, take_record
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state

OnlyMailboxes = Annotated[
    list[str] | None, Field(title="Mailboxes", description="Only these mailboxes. Left out: every one.")
]
AtMost = Annotated[
    int,
    Field(
        title="At most (contacts)", ge=0, le=1_000_000,
        description="How many contacts of a mailbox may go back unattended; with more it is only planned.",
    ),
]  # fmt: skip
RetryLapsed = Annotated[
    bool,
    Field(title="Retry", description="Also put back whom only a waiting period kept out that is over by now."),
]


@procedure("nightly-remediation")
def nightly_remediation(
    mailboxes: OnlyMailboxes = None,
    at_most: AtMost = 500,
    retry_lapsed: RetryLapsed = True,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Compare each mailbox's owner with the last look, remediate each change as a run of its own, and report."""
    ask = cache(partial(check_night, workspace_at_hand(workspace), mailboxes, at_most, retry_lapsed))
    op = begin("nightly-remediation", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_night(op.id, ask)
    start_jobs(op, plan, partial(ownership_change, return_state=True))
    take_record(op.id)
    gather(op.id, plan)
    return final_state(conclude(op.id))
