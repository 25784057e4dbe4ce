"""Moving queued enrollments where a person does it in the platform's backlog: looked at before they are asked, and
after they said that it is done. The run may have waited for days in between.
"""

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, operations, outcomes
from models.backlog_plan import BacklogMove, BacklogPlan
from models.rules.backlog import cancelled_together
from tasks.backlog.enrolling_again import enroll_again
from tasks.backlog.looking import (
    CHUNK,
    NOT_QUEUED,
    look_again,
    running_from,
    settle_begun,
    take_in,
    unsettled,
)
from tasks.by_hand import by_hand
from tasks.narration import tell
from tasks.operation import Operation

CANCELLED = "cancelled when the backlog was reassigned (C6): is enrolled again"
LEFT = "left the sequence while this was asked for"


def have_reassigned(operation: Operation, plan: BacklogPlan, move: BacklogMove) -> None:
    """Have one sequence's queued enrollments moved, and each outcome written down."""
    look_before_asking(operation.id, plan, move)
    by_hand(operation, [(move.key, plan.reassigning(move))])
    find_the_cancelled(operation.id, plan, move)
    settle(operation.id, plan, move)


@task(task_run_name="look at the backlog of {move.sequence} again", cache_policy=NO_CACHE)
def look_before_asking(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> None:
    """Settle who is not queued any more, and take in who is queued since: whoever is left is what a person moves.

    Repeated once they were asked: nothing, since they may have done it already.
    """
    operation = Operation.at_hand(operation_id)
    if changes.written_at(operation.journal, operation.id, move.key) is None:
        look_again(operation, plan, move, running_from(operation, plan.from_mailbox, move.sequence))


@task(task_run_name="find whom reassigning {move.sequence} cancelled", cache_policy=NO_CACHE)
def find_the_cancelled(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> int:
    """Mark whom the platform cancelled instead of moving (C6), those too who were queued since the plan; give how many.

    Where anybody was moved in place the platform does not cancel, and who is gone left for a reason of their own.
    Repeated: the marks stay, and whoever was enrolled again by then does not count as moved.
    """
    operation = Operation.at_hand(operation_id)
    contacts = _waiting(operation, move)
    unmarked = contacts.loc[contacts["detail"].ne(CANCELLED), "email"].tolist()
    there = operation.platform.places(unmarked, move.sequence)
    if not plan.cancels or there["mailbox"].isin(move.mailboxes).any():
        return 0
    ended = _ended_since(operation, plan, move, set(contacts["email"]))
    together = cancelled_together(ended)
    _name(operation, ended.loc[~together, "email"].tolist(),
          f"left '{move.sequence}' apart from the others, enroll them by hand if that was not meant")  # fmt: skip
    cancelled = set(ended.loc[together, "email"])
    outcomes.note(operation.journal, operation.id, sorted(cancelled & set(contacts["email"])), CANCELLED)
    take_in(operation, move, cancelled, CANCELLED)
    return len(cancelled)


def _waiting(operation: Operation, move: BacklogMove) -> pd.DataFrame:
    parts = list(unsettled(operation, move.sequence))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=outcomes.COLUMNS, dtype=object)


def _ended_since(operation: Operation, plan: BacklogPlan, move: BacklogMove, planned: set[str]) -> pd.DataFrame:
    """Who left since somebody was asked to reassign, for no reason that shows, and runs nowhere: `email, ended_at`."""
    since = changes.written_at(operation.journal, operation.id, move.key) or operation.now()
    parts = list(operation.platform.cancelled(plan.from_mailbox, CHUNK))
    if not parts:
        return pd.DataFrame({"email": [], "ended_at": pd.to_datetime([], utc=True)})
    ended = pd.concat(parts, ignore_index=True)
    late = ended["steps_done"].eq(0) & ended["ended_at"].ge(pd.Timestamp(since))  # queued since the plan, by then
    ended = ended[ended["sequence"].eq(move.sequence) & (ended["email"].isin(planned) | late)].reset_index(drop=True)
    facts = operation.platform.facts(ended[["email", "sequence"]])
    return ended.loc[facts["running_in"].isna(), ["email", "ended_at"]]


def _name(operation: Operation, emails: list[str], words: str) -> None:
    if emails:
        line = f"{', '.join(emails)}: {words}"
        operations.update(operation.journal, operation.id, next=[*(operation.row.next or []), line])


@task(task_run_name="write down what became of {move.sequence}", cache_policy=NO_CACHE)
def settle(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> int:
    """Enroll again whom the platform cancelled, and write each outcome down as the workspace shows it; give how many
    moved. Repeated after a crash: whoever was enrolled again is found there."""
    operation = Operation.at_hand(operation_id)
    contacts = _waiting(operation, move)
    if contacts.empty:
        return 0
    refused = enroll_again(operation, move, contacts[contacts["detail"].eq(CANCELLED)])
    now = running_from(operation, plan.from_mailbox, move.sequence)
    begun = contacts["email"].isin(now.loc[now["state"] == "active", "email"])
    settle_begun(operation, plan.from_mailbox, contacts.loc[begun, "email"], now)
    left = contacts[~begun]
    there = operation.platform.places(left["email"].tolist(), move.sequence).set_index("email")["mailbox"]
    became = [
        (email, *became_of(there.get(email), move, detail == CANCELLED, refused.get(email)))
        for email, detail in zip(left["email"], left["detail"], strict=True)
    ]
    columns = ["email", "outcome", "reasons", "mailbox", "detail"]
    outcomes.settle(operation.journal, operation.id, pd.DataFrame(became, columns=columns))
    _name(operation, [one[0] for one in became if one[1] == "failed" and one[3] is None],
          f"in no sequence now: enroll them by hand into '{move.sequence}'")  # fmt: skip
    moved = sum(one[1] == "reassigned" for one in became)
    tell(f"{move.sequence}: {moved} moved")
    return moved


def became_of(
    mailbox: str | None, move: BacklogMove, cancelled: bool, refused: str | None
) -> tuple[str, str, str | None, str]:
    """What became of somebody who is not active on the old mailbox: outcome, reason, mailbox and a word on it.

    `mailbox` is the one that they run from in the sequence, if any; `refused` why they were not let in again.
    """
    if mailbox in move.mailboxes:
        return "reassigned", "", mailbox, f"sends from {mailbox}" + (", enrolled again" if cancelled else "")
    if mailbox is not None:
        return "failed", "", mailbox, f"sends from {mailbox}: was not moved"
    if cancelled:
        return "failed", refused or "", None, "was cancelled, and not let in again"
    return "blocked", NOT_QUEUED, None, LEFT
