"""Moving queued enrollments where no API reassigns the backlog: cancelled and enrolled anew, never lost in between."""

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, operations, outcomes
from models.backlog_plan import BacklogMove, BacklogPlan
from tasks.backlog.looking import queued_in, running_from, settle_begun, settle_gone, unsettled
from tasks.narration import tell
from tasks.operation import Operation

CHUNK = 1_000
MOVING = "being moved"


def move_directly(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> None:
    """Move one sequence's queued enrollments: one first, who shows whether the settings act, then chunks."""
    size = 1
    while move_next(operation_id, plan, move, size):
        size = CHUNK


@task(task_run_name="move a chunk of {move.sequence}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: BacklogPlan, move: BacklogMove, size: int) -> bool:
    """Cancel and enroll anew the next contacts, write their outcomes down; give whether to go on.

    Each is looked at right before (R77). Whoever is refused goes back to the old mailbox; if that was the first of all,
    nobody else is touched. Each is marked before it is cancelled: repeated after a crash, whoever bears the mark and
    runs nowhere is enrolled now.
    """
    operation = Operation.at_hand(operation_id)
    contacts = next(unsettled(operation, move.sequence, size), None)
    if contacts is None:
        return False
    contacts = _still_to_move(operation, plan, move, contacts)
    if contacts.empty:
        return True
    key = f"move:{move.sequence}:{contacts['email'].iloc[0]}"
    outcomes.note(operation.journal, operation.id, contacts["email"].tolist(), MOVING)
    told = f"move {len(contacts)} queued enrollments of '{move.sequence}' from {plan.from_mailbox}"
    changes.intend(operation.journal, operation.id, key, "unenroll", told, operation.now())
    operation.platform.unenroll(contacts[contacts["queued"]][["email", "sequence"]])
    answer = operation.platform.enroll(contacts[["email", "sequence", "mailbox"]]).set_index("email")["reason"]
    refused = _settle(operation, plan, move, contacts.assign(reason=contacts["email"].map(answer)))
    changes.applied(operation.journal, operation.id, key, {"contacts": len(contacts)}, operation.now())
    tell(told)
    return not (size == 1 and refused)


def _still_to_move(operation: Operation, plan: BacklogPlan, move: BacklogMove, contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts that are queued still (`queued`), or were cancelled by a run that died; the others are settled."""
    now = running_from(operation, plan.from_mailbox, move.sequence)
    queued = contacts["email"].isin(queued_in(now))
    active = contacts["email"].isin(now.loc[now["state"] == "active", "email"])
    ours = contacts["detail"].eq(MOVING) & ~queued & ~active
    settle_begun(operation, plan.from_mailbox, contacts.loc[active, "email"], now)
    settle_gone(operation, contacts.loc[~queued & ~active & ~ours, "email"])
    return contacts.assign(queued=queued)[queued | ours]


def _settle(operation: Operation, plan: BacklogPlan, move: BacklogMove, contacts: pd.DataFrame) -> int:
    """Write each outcome down as the workspace shows it; give how many were refused, who are back where they were."""
    there = operation.platform.places(contacts["email"].tolist(), move.sequence).set_index("email")["mailbox"]
    now = contacts["email"].map(there)
    moved = now.notna() & now.ne(plan.from_mailbox)
    outcomes.settle(operation.journal, operation.id, contacts.loc[moved, ["email"]].assign(
        outcome="reassigned", reasons="", mailbox=now, detail="sends from " + now.fillna("") + ", enrolled again",
    ))  # fmt: skip
    refused = contacts[~moved]
    if len(refused):
        _send_back(operation, plan, refused)
    return len(refused)


def _send_back(operation: Operation, plan: BacklogPlan, refused: pd.DataFrame) -> None:
    """Enroll from the old mailbox again who was refused; whom that refuses too is left to a person, by name."""
    operation.platform.enroll(refused[["email", "sequence"]].assign(mailbox=plan.from_mailbox))
    sequence = str(refused["sequence"].iloc[0])
    back = refused["email"].isin(operation.platform.places(refused["email"].tolist(), sequence)["email"])
    told = {True: f"refused; back on {plan.from_mailbox}", False: f"refused, and not back on {plan.from_mailbox}"}
    outcomes.settle(operation.journal, operation.id, refused[["email"]].assign(
        outcome=back.map({True: "blocked", False: "failed"}), reasons=refused["reason"].fillna(""),
        mailbox=plan.from_mailbox, detail=back.map(told),
    ))  # fmt: skip
    if len(lost := refused.loc[~back, "email"]):
        line = f"in no sequence now: {', '.join(lost)}. Enroll them by hand into '{sequence}'"
        operations.update(operation.journal, operation.id, next=[*(operation.row.next or []), line])
