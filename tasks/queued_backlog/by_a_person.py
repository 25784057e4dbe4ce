"""Moving queued enrollments where a person does it in the platform's backlog: looked at before the question, and
after they said that it is done. The run may have waited for days in between.
"""

import pandas as pd
from prefect.cache_policies import NO_CACHE

from journal import outcomes
from models.backlog_plan import BacklogMove, BacklogPlan
from models.names_in_frames import one_each
from models.rules.backlog import cancelled_together
from models.wording import counted
from tasks.by_hand import by_hand
from tasks.left_out import name_left_out
from tasks.made_before import came_of, note_known
from tasks.narration import tell
from tasks.operation import Operation
from tasks.queued_backlog.directly import pairs_of
from tasks.queued_backlog.enrolling_again import NOT_LET_IN, enroll_again
from tasks.queued_backlog.looking import (
    CHUNK,
    NOT_QUEUED,
    look_again,
    record_begun,
    running_from,
    take_in,
    without_outcome,
)
from tasks.step import task

CANCELLED = "cancelled when the backlog was reassigned (C6): is enrolled again"
LEFT = "left while somebody was asked to reassign"


def have_reassigned(operation: Operation, plan: BacklogPlan, move: BacklogMove) -> None:
    """Have one sequence's queued enrollments moved, each outcome written down; no question where none is left."""
    if look_before_asking(operation.id, plan, move):
        by_hand(operation, [(move.key, plan.reassigning(move))])
        find_the_cancelled(operation.id, plan, move)
        record_moved(operation.id, plan, move)


def finish_move(operation: Operation, plan: BacklogPlan, move: BacklogMove, *, for_good: bool = True) -> None:
    """Write down what became of a move that a person was to make, as the run ends before its end.

    Where they said that it is done, those the platform cancelled are enrolled again. Where they said nothing yet, who
    was cancelled since is named: it may have been them, or a colleague for another reason. Who is not let in again is
    left for the next try where it is not `for_good`.
    """
    written_at = operation.changes.written_at(move.key)
    if operation.changes.is_made(move.key):
        find_the_cancelled.fn(operation.id, plan, move)
        record_moved.fn(operation.id, plan, move, for_good=for_good)
    elif written_at is not None and len(contacts := _waiting(operation, move)):
        came = came_of(
            operation, contacts, written_at, sequence=move.sequence, leaves=move.sequence, mailboxes=move.mailboxes
        )
        left = pairs_of(operation, plan, move.sequence).note(contacts, came)
        out = left.loc[left["came"].eq("out"), "email"].tolist()
        _name(operation, out, f"{LEFT} '{move.sequence}', and in no sequence now: if that did it, enroll them by hand")


@task(task_run_name="look at the backlog of {move.sequence} again", cache_policy=NO_CACHE)
def look_before_asking(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> bool:
    """Record who is not queued any more, and take in who is queued since; give whether anybody is left to move.

    Repeated after the question: nothing is recorded, since they may have done it already.
    """
    operation = Operation.at_hand(operation_id)
    if operation.changes.written_at(move.key) is None:
        look_again(operation, plan, move, running_from(operation, plan.from_mailbox, move.sequence))
    return next(without_outcome(operation, move.sequence, 1), None) is not None


@task(task_run_name="find whom reassigning {move.sequence} cancelled", cache_policy=NO_CACHE)
def find_the_cancelled(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> None:
    """Mark those the platform cancelled instead of moving (C6), also who was queued since the plan.

    Where anybody was moved in place the platform does not cancel, and who is gone left for a reason of their own.
    Decided once, before anybody is enrolled again: afterwards the workspace shows less.
    """
    operation = Operation.at_hand(operation_id)
    key, description = f"found:{move.key}", f"find whom reassigning '{move.sequence}' cancelled"
    if operation.changes.intend(key, "look", description).state == "applied":
        return
    contacts = _waiting(operation, move)
    cancelled: set[str] = set()
    if plan.cancels and not _moved_in_place(operation, move, contacts["email"].tolist()):
        cancelled = _cancelled(operation, plan, move, set(contacts["email"]))
    take_in(operation, move, cancelled, CANCELLED)
    operation.outcomes.note(sorted(cancelled & set(contacts["email"])), CANCELLED)
    operation.changes.applied(key, {"contacts": len(cancelled)})


def _moved_in_place(operation: Operation, move: BacklogMove, emails: list[str]) -> bool:
    """Whether any enrollment from before the asking sends from one of the new mailboxes now."""
    last = operation.platform.last_enrollments(emails, move.sequence)
    runs = last["ended_at"].isna() & last["mailbox"].isin(move.mailboxes)
    return bool((runs & last["started_at"].le(_question_time(operation, move))).any())


def _question_time(operation: Operation, move: BacklogMove) -> pd.Timestamp:
    return pd.Timestamp(operation.changes.written_at(move.key) or operation.now())


def _waiting(operation: Operation, move: BacklogMove) -> pd.DataFrame:
    parts = list(without_outcome(operation, move.sequence))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=outcomes.COLUMNS, dtype=object)


def _cancelled(operation: Operation, plan: BacklogPlan, move: BacklogMove, planned: set[str]) -> set[str]:
    """Who left together, for no reason that shows, right before somebody said that it was done, and runs nowhere."""
    parts = list(operation.platform.cancelled(plan.from_mailbox, CHUNK))
    if not parts:
        return set()
    ended, since = pd.concat(parts, ignore_index=True), _question_time(operation, move)
    queued = ended["email"].isin(planned) | ended["steps_done"].eq(0) | ended["started_at"].ge(since)
    ended = ended[queued & ended["sequence"].eq(move.sequence) & ended["ended_at"].ge(since)].reset_index(drop=True)
    facts = operation.platform.facts(ended[["email", "sequence"]])
    ended = ended[facts["running_in"].isna().to_numpy()]
    answered_at = operation.changes.applied_at(move.key) or operation.now()
    return set(ended.loc[cancelled_together(ended["ended_at"], answered_at), "email"])


def _name(operation: Operation, emails: list[str], words: str) -> None:
    if emails:
        line = f"{', '.join(emails)}: {words}"
        operation.update(next=[*(operation.row.next or []), line])


@task(task_run_name="write down what became of {move.sequence}", cache_policy=NO_CACHE)
def record_moved(operation_id: str, plan: BacklogPlan, move: BacklogMove, *, for_good: bool = True) -> int:
    """Enroll again those the platform cancelled, and write each outcome down as the workspace shows it; give how many
    moved. Repeated after a crash: whoever was enrolled again is found there."""
    operation = Operation.at_hand(operation_id)
    contacts = _waiting(operation, move)
    if contacts.empty:
        return 0
    contacts, refused = _enroll_the_cancelled(operation, move, contacts)
    now = running_from(operation, plan.from_mailbox, move.sequence)
    begun = contacts["email"].isin(now.loc[now["state"] == "active", "email"])
    record_begun(operation, plan.from_mailbox, contacts.loc[begun, "email"], now)
    left = contacts[~begun].reset_index(drop=True)
    there = operation.platform.places(left["email"].tolist(), move.sequence).set_index("email")["mailbox"]
    why = _why_they_left(operation, left[~left["email"].isin(there.index)])
    became = [
        (email, *became_of(there.get(email), move, detail == CANCELLED, refused.get(email), why.get(email, "")))
        for email, detail in zip(left["email"], left["detail"], strict=True)
    ]
    rows = pd.DataFrame(became, columns=["email", "outcome", "reasons", "mailbox", "detail"])
    lost = rows["detail"].eq(NOT_LET_IN)
    rows["reasons"] = one_each(rows["reasons"])
    operation.outcomes.record(rows[~lost | for_good])
    name_left_out(operation, rows.loc[lost, "email"].tolist(), f"into '{move.sequence}'")
    _name(
        operation,
        [one[0] for one in became if one[2] == NOT_QUEUED],
        f"{LEFT} '{move.sequence}': enroll them by hand if that was not meant",
    )
    moved = sum(one[1] == "reassigned" for one in became)
    tell(f"{move.sequence}: {counted(moved, 'enrollment')} moved")
    return moved


def _enroll_the_cancelled(
    operation: Operation, move: BacklogMove, contacts: pd.DataFrame
) -> tuple[pd.DataFrame, dict[str, str | None]]:
    """Enroll again those the platform cancelled, unless a try before did: history since they were found shows it.

    Gives the contacts whose outcome is still open, and the refusals by address.
    """
    cancelled = contacts["detail"].eq(CANCELLED)
    found_at = operation.changes.applied_at(f"found:{move.key}") or operation.now()
    came = came_of(
        operation, contacts[cancelled], found_at, sequence=move.sequence, leaves=move.sequence, mailboxes=move.mailboxes
    )
    left = note_known(operation, contacts[cancelled], came, outcome="reassigned")
    contacts = contacts[~cancelled | contacts["email"].isin(left["email"])].reset_index(drop=True)
    return contacts, enroll_again(operation, move, left)


def _why_they_left(operation: Operation, gone: pd.DataFrame) -> dict[str, str]:
    """The reason of each who left, as far as one shows: an opt-out, a reply or a bounce."""
    facts = operation.platform.facts(gone[["email", "sequence"]].reset_index(drop=True))
    shown = facts["last_end"].where(~facts["do_not_email"].eq(True), "do_not_email")
    return dict(zip(facts["email"], shown.where(~facts["opted_out"].eq(True), "opted_out"), strict=True))


def became_of(
    mailbox: str | None, move: BacklogMove, cancelled: bool, refused: str | None, why: str
) -> tuple[str, str, str | None, str]:
    """What became of somebody who is not active on the old mailbox: outcome, reason, mailbox and a word on it.

    `mailbox` is the one that they run from in the sequence, if any; `refused` why they were not let in again; `why`
    why they left, where that shows.
    """
    if mailbox in move.mailboxes:
        return "reassigned", "", mailbox, f"sends from {mailbox}" + (", enrolled again" if cancelled else "")
    if mailbox is not None:
        return "failed", "", mailbox, f"sends from {mailbox}: was not moved"
    if cancelled:
        return "failed", refused or "", None, NOT_LET_IN
    return "blocked", why or NOT_QUEUED, None, LEFT
