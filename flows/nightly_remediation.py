"""`nightly-remediation`: notice mailboxes whose owner changed since last night, and put their contacts back."""

from functools import cache, partial
from typing import Any

from prefect.client.schemas.objects import State

from flows import night_parameters as n
from flows import parameters as p
from flows.ownership_change import ownership_change
from flows.procedure import procedure
from tasks.nightly_remediation.planning import plan_night
from tasks.nightly_remediation.policy import check_night
from tasks.nightly_remediation.starting import gather, start_jobs, take_record
from tasks.operation import begin, workspace_at_hand
from tasks.reporting import conclude, final_state


@procedure("nightly-remediation", otherwise="every mailbox")
def nightly_remediation(
    sequences: n.OnlySequences = None,
    mailboxes: n.OnlyMailboxes = None,
    at_most: n.AtMost = None,
    unattended: n.Unattended = None,
    retry_lapsed: n.RetryLapsed = None,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Compare each mailbox's owner with the last look, remediate each change as a run of its own, and report."""
    ask = cache(partial(
        check_night, workspace_at_hand(workspace), sequences=sequences, mailboxes=mailboxes, at_most=at_most,
        unattended=unattended, retry_lapsed=retry_lapsed,
    ))  # fmt: skip
    op = begin("nightly-remediation", workspace, ask, dry_run=dry_run, resume=operation)

    plan = plan_night(op.id, ask)
    start_jobs(op, plan, partial(ownership_change, return_state=True))
    take_record(op.id)
    gather(op.id, plan)
    return final_state(conclude(op.id))
