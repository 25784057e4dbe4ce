"""Moving queued enrollments, sequence by sequence: each looked at again right before (R77), and read back after."""

from collections.abc import Iterator

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, outcomes
from models.backlog_plan import BacklogMove, BacklogPlan
from models.rules.backlog import PAST, what_to_do
from tasks.backlog.directly import move_directly
from tasks.backlog.planning import running_from, write_worklist
from tasks.by_hand import by_hand
from tasks.narration import tell
from tasks.operation import Operation

NOT_QUEUED = "not_queued"
NEW = "queued after the plan was made; the platform moves all that is queued"


def reassign_backlog(operation: Operation, plan: BacklogPlan) -> None:
    """Move each sequence's queued enrollments."""
    for move in plan.moves:
        if plan.directly:
            move_directly(operation.id, plan, move)
        else:
            by_hand(operation, [(f"reassign_queued:{move.sequence}", plan.reassigning(move))])
            reassign(operation.id, plan, move)
    complete_worklist(operation.id)


@task(task_run_name="move what is queued of {move.sequence}", cache_policy=NO_CACHE)
def reassign(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> int:
    """Move one sequence's queued enrollments and write each outcome down; give how many moved.

    Repeated after a crash: what was moved is found moved, and what is still queued there is moved then.
    """
    operation = Operation.at_hand(operation_id)
    if next(_unsettled(operation, move, 1), None) is None:
        return 0
    key = f"reassign_queued:{move.sequence}"
    now = running_from(operation, plan.from_mailbox, move.sequence)
    # Nothing queued any more and the intent written down: it was made, and the process died before it read that back.
    made = any(row.key == key for row in changes.made(operation.journal, operation.id)) and not _queued(now)
    if not made:
        _look_again(operation, plan, move, now)
    change = plan.reassigning(move)
    if operation.platform.supports(type(change)):  # else a person has done it already
        changes.intend(operation.journal, operation.id, key, change.action, str(change), operation.now())
        result = operation.platform.apply(change)
        changes.applied(operation.journal, operation.id, key, result, operation.now())
    moved = sum(_settle(operation, plan, move, contacts) for contacts in _unsettled(operation, move))
    tell(f"{move.sequence}: {moved} moved")
    return moved


def _queued(running: pd.DataFrame) -> set[str]:
    return set(running.loc[running["state"] == "queued", "email"])


def _unsettled(operation: Operation, move: BacklogMove, chunk: int = outcomes.CHUNK) -> Iterator[pd.DataFrame]:
    return outcomes.chunks(
        operation.journal, operation.id, chunk, forecast="reassigned", outcome=None, sequence=move.sequence
    )


def _look_again(operation: Operation, plan: BacklogPlan, move: BacklogMove, now: pd.DataFrame) -> None:
    """Settle who is not queued any more, and take in who is queued since: the window is short (R77, R80)."""
    queued, active = _queued(now), now[now["state"] == "active"].set_index("email")["steps_done"]
    for contacts in _unsettled(operation, move):
        gone = contacts.loc[~contacts["email"].isin(queued), "email"]
        begun, away = gone[gone.isin(active.index)], gone[~gone.isin(active.index)]
        outcomes.settle(operation.journal, operation.id, pd.DataFrame({
            "email": begun, "outcome": "manual", "reasons": PAST, "mailbox": plan.from_mailbox,
            "detail": [what_to_do(plan.from_mailbox, int(done) + 1) for done in active.reindex(begun)],
        }))  # fmt: skip
        outcomes.settle(operation.journal, operation.id, pd.DataFrame({
            "email": away, "outcome": "blocked", "reasons": NOT_QUEUED,
            "detail": "does not run from this mailbox any more",
        }))  # fmt: skip
    known = {email for part in outcomes.chunks(operation.journal, operation.id) for email in part["email"]}
    if late := sorted(queued - known):
        outcomes.forecast(operation.journal, operation.id, pd.DataFrame({
            "email": late, "sequence": move.sequence, "mailbox": None, "forecast": "reassigned", "detail": NEW,
        }))  # fmt: skip


def _settle(operation: Operation, plan: BacklogPlan, move: BacklogMove, contacts: pd.DataFrame) -> int:
    """Read back where everybody is, enroll again whom the platform cancelled (C6), and write the outcomes down."""
    emails = contacts["email"].tolist()
    there = operation.platform.places(emails, move.sequence)
    cancelled = contacts[~contacts["email"].isin(there["email"])]
    refused: dict[str, str | None] = {}
    if plan.cancels and len(cancelled):
        refused = _enroll_again(operation, move, cancelled)
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


def _enroll_again(operation: Operation, move: BacklogMove, cancelled: pd.DataFrame) -> dict[str, str | None]:
    """Enroll whom the platform cancelled from the mailboxes planned for them; give the refusal of each, or None."""
    by_turns = [move.mailboxes[at % len(move.mailboxes)] for at in range(len(cancelled))]
    planned = [mailbox or turn for mailbox, turn in zip(cancelled["mailbox"], by_turns, strict=True)]
    answer = operation.platform.enroll(cancelled[["email", "sequence"]].assign(mailbox=planned))
    return dict(zip(answer["email"], answer["reason"], strict=True))


@task(task_run_name="complete worklist.csv", cache_policy=NO_CACHE)
def complete_worklist(operation_id: str) -> None:
    """Write worklist.csv anew: whoever turned active since the plan was made is in it too."""
    operation = Operation.at_hand(operation_id)
    whole = outcomes.everything(operation.journal, operation.id)
    write_worklist(operation, whole[whole["outcome"].fillna(whole["forecast"]) == "manual"])
