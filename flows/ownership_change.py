"""`ownership-change`: contacts fell out of their sequences because a mailbox changed its owner; put them back.

The runbook is the help article's: find who fell out, make an audience of them, duplicate the play onto it, open
re-enrollment as far as these contacts need it, wait until that acts, run the copy, see who is back, and put the
settings back as they were.
"""

from functools import cache, partial
from typing import Any

from prefect.client.schemas.objects import State

from flows import mailbox_parameters as m
from flows import parameters as p
from flows.procedure import procedure
from models.ended_waits import Done
from models.parameters import check_range
from tasks.approving import confirm, refuse_unless_allowed
from tasks.borrowing import borrow_settings, give_back
from tasks.enrolling import enroll_groups, prepare_plays
from tasks.operation import begin, workspace_at_hand
from tasks.ownership_change.planning import plan_reenrollment
from tasks.ownership_change.request import check_ownership_change
from tasks.probing import await_settings
from tasks.reporting import conclude, final_state, give_up


@procedure("ownership-change")
def ownership_change(
    mailbox: m.MailboxName,
    changed_at: m.ChangedAt = None,
    sequence: m.OptionalSequence = None,
    sequences: m.OnlySequences = None,
    contacts: p.PastedContacts = None,
    contacts_csv: p.ContactsCsv = None,
    send_from: m.SendFrom = None,
    restart: m.Restart = False,
    via: m.Via = None,
    waiting_days: m.WaitingDays = 0,
    reenrollment_wait_min: p.ReenrollmentWaitMin = 30,
    reenrollment_wait_max: p.ReenrollmentWaitMax = 90,
    probe: p.Probe = True,
    workspace: p.WorkspaceName = "sandbox",
    dry_run: p.DryRun = True,
    operation: p.Resume = None,
) -> State[dict[str, Any]]:
    """Find who fell out of sequences when a mailbox changed its owner, and put them back where they were."""
    times = check_range("reenrollment_wait", reenrollment_wait_min, reenrollment_wait_max)
    ask = cache(partial(
        check_ownership_change, workspace_at_hand(workspace), mailbox, changed_at, sequence, sequences, contacts_csv,
        contacts, send_from, restart, via, waiting_days,
    ))  # fmt: skip
    op = begin("ownership-change", workspace, ask, dry_run=dry_run, resume=operation)
    plan = plan_reenrollment(op.id, ask)
    if op.is_dry_run or not plan.contacts:
        return final_state(conclude(op.id))
    refuse_unless_allowed(op, plan)
    agreed = confirm(op, plan, partial(plan_reenrollment, op.id, ask))
    if agreed is None:
        return final_state(give_up(op.id, "not_approved"))

    prepare_plays(op, agreed)
    since = borrow_settings(op, agreed, times[1])
    ended = await_settings(op, agreed, "re-enrollment settings", since, times, probe=probe)
    if isinstance(ended, Done):
        enroll_groups(op, agreed)
    give_back(op)
    return final_state(conclude(op.id))
