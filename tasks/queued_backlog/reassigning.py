"""Moving queued enrollments by the platform's backlog, sequence by sequence: each looked at again right before (R77),
and read back after."""

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.backlog_plan import BacklogMove, BacklogPlan
from models.changes import ReassignQueued
from models.names import NONE
from models.names_in_frames import one_each
from models.wording import counted
from tasks.applying import intend
from tasks.left_out import name_left_out
from tasks.made_before import came_of
from tasks.narration import tell
from tasks.operation import Operation
from tasks.queued_backlog.by_a_person import have_reassigned
from tasks.queued_backlog.directly import enroll_left_out, move_directly, pairs_of
from tasks.queued_backlog.enrolling_again import NOT_LET_IN, enroll_again
from tasks.queued_backlog.looking import NOT_QUEUED, look_again, running_from, without_outcome
from tasks.queued_backlog.planning import write_worklist
from tasks.step import task


def reassign_backlog(operation: Operation, plan: BacklogPlan) -> None:
    """Move each sequence's queued enrollments, after those that an earlier run left out."""
    if plan.left_out:
        enroll_left_out(operation.id, plan)
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

    Repeated after a crash: what was moved is found moved, who was cancelled is enrolled again, and what is still queued
    there is moved then.
    """
    operation = Operation.at_hand(operation_id)
    if next(without_outcome(operation, move.sequence, 1), None) is None:
        return 0
    moved = finish_move(operation, plan, move)
    look_again(operation, plan, move, running_from(operation, plan.from_mailbox, move.sequence))
    change = plan.reassigning(move)
    intend(operation, move.key, change)
    left = next(without_outcome(operation, move.sequence, 1), None) is not None
    result = operation.platform.apply(change) if left else {}
    moved += _read_back(operation, plan, move, set())
    operation.changes.applied(move.key, result)
    tell(f"{move.sequence}: {counted(moved, 'enrollment')} moved")
    return moved


def finish_move(operation: Operation, plan: BacklogPlan, move: BacklogMove, *, for_good: bool = True) -> int:
    """Write down what became of a move that was begun, and enroll again those the platform cancelled by it (C6); give
    how many are moved. Who runs from the old mailbox still is left for the next try; so is who is not let in again,
    where it is not `for_good`."""
    if operation.changes.written_at(move.key) is None:
        return 0
    still_there = set(running_from(operation, plan.from_mailbox, move.sequence)["email"])
    return _read_back(operation, plan, move, still_there, for_good=for_good)


def _read_back(
    operation: Operation, plan: BacklogPlan, move: BacklogMove, but: set[str], *, for_good: bool = True
) -> int:
    moved = 0
    for contacts in without_outcome(operation, move.sequence):
        there, refused = _enroll_the_cancelled(operation, plan, move, contacts[~contacts["email"].isin(but)])
        moved += _note_moves(operation, plan, there, refused, for_good)
    return moved


def _enroll_the_cancelled(
    operation: Operation, plan: BacklogPlan, move: BacklogMove, contacts: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str | None]]:
    """Enroll again those the platform cancelled, by the history since the move was written down.

    Gives the contacts whose outcome is still open, and the refusals by address.
    """
    emails = contacts["email"].tolist()
    there = contacts["email"].isin(operation.platform.places(emails, move.sequence)["email"])
    gone = contacts[~there]
    if gone.empty:
        return contacts, {}
    since = operation.changes.written_at(move.key) or operation.now()
    came = came_of(operation, gone, since, sequence=move.sequence, leaves=move.sequence, mailboxes=move.mailboxes)
    gone = pairs_of(operation, plan, move.sequence).note(gone, came)
    still_open = contacts[there | contacts["email"].isin(gone["email"])]
    return still_open, enroll_again(operation, move, gone[gone["came"].eq("out")]) if plan.cancels else {}


def _note_moves(
    operation: Operation, plan: BacklogPlan, contacts: pd.DataFrame, refused: dict[str, str | None], for_good: bool
) -> int:
    """Write down from which mailbox each sends now; `refused` has who was enrolled again, and why not."""
    if contacts.empty:
        return 0
    sequence = str(contacts["sequence"].iloc[0])
    there = operation.platform.places(contacts["email"].tolist(), sequence).set_index("email")
    mailboxes = contacts["email"].map(there["mailbox"]).astype(object)
    away = mailboxes.notna() & mailboxes.ne(plan.from_mailbox)
    tried = contacts["email"].isin(list(refused))
    lost = tried & mailboxes.isna()
    again = tried.map({True: ", enrolled again", False: ""})
    reasons = one_each(contacts["email"].map(lambda email: refused.get(email) or NOT_QUEUED))
    outcomes = pd.DataFrame(
        {
            "email": contacts["email"],
            "outcome": away.map({True: "reassigned", False: "blocked"}),
            "reasons": reasons.where(~away, NONE),
            "mailbox": mailboxes.where(away, contacts["mailbox"]),
            "detail": ("sends from " + mailboxes.fillna("") + again).where(away, "was not moved"),
        }
    )
    outcomes.loc[lost, ["outcome", "detail"]] = ["failed", NOT_LET_IN]
    operation.outcomes.record(outcomes[~lost | for_good])
    name_left_out(operation, contacts.loc[lost, "email"].tolist(), f"into '{sequence}'")
    return int(away.sum())


@task(task_run_name="complete worklist.csv", cache_policy=NO_CACHE)
def complete_worklist(operation_id: str) -> None:
    """Add to worklist.csv who turned active since the plan was made."""
    operation = Operation.at_hand(operation_id)
    write_worklist(operation, operation.outcomes.everything(outcome="manual"))
