"""Moving queued enrollments by the platform's backlog, sequence by sequence: each looked at again right before (R77),
and read back after."""

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, outcomes
from models.backlog_plan import BacklogMove, BacklogPlan
from models.changes import ReassignQueued
from tasks.backlog.by_a_person import have_reassigned
from tasks.backlog.directly import move_directly
from tasks.backlog.enrolling_again import enroll_again
from tasks.backlog.looking import NOT_QUEUED, look_again, queued_in, running_from, unsettled
from tasks.backlog.planning import write_worklist
from tasks.narration import tell
from tasks.operation import Operation


def reassign_backlog(operation: Operation, plan: BacklogPlan) -> None:
    """Move each sequence's queued enrollments."""
    for move in plan.moves:
        if plan.directly:
            move_directly(operation.id, plan, move)
        elif operation.platform.supports(ReassignQueued):
            reassign(operation.id, plan, move)
        else:
            have_reassigned(operation, plan, move)
    complete_worklist(operation.id)


@task(task_run_name="move what is queued of {move.sequence}", cache_policy=NO_CACHE)
def reassign(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> int:
    """Move one sequence's queued enrollments and write each outcome down; give how many moved.

    Repeated after a crash: what was moved is found moved, and what is still queued there is moved then.
    """
    operation = Operation.at_hand(operation_id)
    if next(unsettled(operation, move.sequence, 1), None) is None:
        return 0
    now = running_from(operation, plan.from_mailbox, move.sequence)
    # Nothing queued any more and the intent written down: it was made, and the process died before it read that back.
    intended = changes.written_at(operation.journal, operation.id, move.key) is not None
    if not intended or queued_in(now):
        look_again(operation, plan, move, now)
    change = plan.reassigning(move)
    changes.intend(operation.journal, operation.id, move.key, change.action, str(change), operation.now())
    result = operation.platform.apply(change)
    changes.applied(operation.journal, operation.id, move.key, result, operation.now())
    moved = sum(_settle(operation, plan, move, contacts) for contacts in unsettled(operation, move.sequence))
    tell(f"{move.sequence}: {moved} moved")
    return moved


def _settle(operation: Operation, plan: BacklogPlan, move: BacklogMove, contacts: pd.DataFrame) -> int:
    """Read back where everybody is, enroll again whom the platform cancelled (C6), and write the outcomes down."""
    emails = contacts["email"].tolist()
    there = operation.platform.places(emails, move.sequence)
    cancelled = contacts[~contacts["email"].isin(there["email"])]
    refused: dict[str, str | None] = {}
    if plan.cancels and len(cancelled):
        refused = enroll_again(operation, move, cancelled)
        there = operation.platform.places(emails, move.sequence)
    mailboxes = contacts["email"].map(there.set_index("email")["mailbox"])
    away = mailboxes.notna() & mailboxes.ne(plan.from_mailbox)
    again = contacts["email"].map(lambda email: ", enrolled again" if email in refused else "")
    reasons = contacts["email"].map(lambda email: refused.get(email) or NOT_QUEUED)
    outcomes.settle(operation.journal, operation.id, pd.DataFrame({
        "email": contacts["email"], "outcome": away.map({True: "reassigned", False: "blocked"}),
        "reasons": reasons.where(~away, ""), "mailbox": mailboxes.where(away, contacts["mailbox"]),
        "detail": ("sends from " + mailboxes.fillna("") + again).where(away, "was not moved"),
    }))  # fmt: skip
    return int(away.sum())


@task(task_run_name="complete worklist.csv", cache_policy=NO_CACHE)
def complete_worklist(operation_id: str) -> None:
    """Write worklist.csv anew: whoever turned active since the plan was made is in it too."""
    operation = Operation.at_hand(operation_id)
    whole = outcomes.everything(operation.journal, operation.id)
    write_worklist(operation, whole[whole["outcome"].fillna(whole["forecast"]) == "manual"])
