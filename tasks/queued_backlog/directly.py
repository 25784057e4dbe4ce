"""Moving queued enrollments where no API reassigns the backlog: cancelled and enrolled anew, never lost in between."""

from datetime import datetime

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.backlog_plan import BacklogMove, BacklogPlan
from models.names import NONE, one_each
from tasks.left_out import MOVING, name_left_out
from tasks.made_before import came_of, how_it_ended, note_known
from tasks.meanwhile import without_who_stays
from tasks.narration import tell
from tasks.operation import Operation
from tasks.paused_contacts import pause_ours, was_paused, with_paused
from tasks.queued_backlog.looking import (
    AWAY,
    LEFT_OUT,
    queued_in,
    record_begun,
    record_gone,
    running_from,
    without_outcome,
)
from tasks.step import task

CHUNK = 1_000
PAIR = "move:"


def move_directly(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> None:
    """Move one sequence's queued enrollments: one first, who shows whether the settings act, then chunks."""
    finish_pairs(operation_id, plan, move)
    size = 1
    while move_next(operation_id, plan, move, size):
        size = CHUNK


@task(task_run_name="move a chunk of {move.sequence}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: BacklogPlan, move: BacklogMove, size: int) -> bool:
    """Cancel and enroll anew the next contacts, write their outcomes down; give whether to go on.

    Each is looked at right before (R77). Whoever is refused goes back to the old mailbox; if that was the first of all,
    nobody else is touched. Each is marked before it is cancelled, and the instant is written down: `finish_pairs` finds
    whom a run that died took out.
    """
    operation = Operation.at_hand(operation_id)
    contacts = next(without_outcome(operation, move.sequence, size), None)
    if contacts is None:
        return False
    contacts = _still_queued(operation, plan, move, contacts)
    if contacts.empty:
        return True
    key = f"{_pair(move.sequence)}{contacts['email'].iloc[0]}"
    told = f"move {len(contacts)} queued enrollments of '{move.sequence}' from {plan.from_mailbox}"
    intent = operation.changes.intend(key, "unenroll", told)
    operation.outcomes.note(contacts["email"].tolist(), MOVING)
    operation.platform.unenroll(contacts[["email", "sequence"]])
    refused = _enroll(operation, plan, contacts, intent.intended_at)
    operation.changes.applied(key, {"contacts": len(contacts)})
    tell(told)
    return not (size == 1 and refused)


@task(task_run_name="finish the moves of {move.sequence} that were begun", cache_policy=NO_CACHE)
def finish_pairs(operation_id: str, plan: BacklogPlan, move: BacklogMove, *, for_good: bool = True) -> int:
    """Enroll whom a run that died had cancelled, and write down what became of the others whom it had marked, as the
    platform's history tells it; give how many were enrolled now.

    Who left by themselves meanwhile, or began somewhere by another's doing, is left there. Who runs from the old
    mailbox still was not begun. Who is refused everywhere is left to a person by name; where it is not `for_good` they
    keep their mark, and a run that goes on tries again. Repeated: nobody is marked any more.
    """
    operation = Operation.at_hand(operation_id)
    begun = operation.changes.open_under(_pair(move.sequence))
    if begun is None:
        return 0
    marked = _marked(operation, move)
    came = came_of(operation, marked, begun.intended_at, sequence=move.sequence, leaves=move.sequence)
    pause_ours(operation, marked, came, was_paused(operation, marked, move.sequence, operation.now()))
    left = note_known(operation, marked, came, outcome="reassigned")
    state = came["came"].reindex(left.index)
    note_left(operation, left[state.eq("left")], came)
    operation.outcomes.note(left.loc[state.isin(["stays", ""]), "email"].tolist(), "")
    if len(out := left[state.eq("out")]):
        _enroll(operation, plan, out, begun.intended_at, for_good=for_good)
    if _marked(operation, move).empty:
        operation.changes.applied(begun.key, {"finished": len(out)})
    return len(out)


def _marked(operation: Operation, move: BacklogMove) -> pd.DataFrame:
    return operation.outcomes.everything(outcome=None, detail=MOVING, sequence=move.sequence)


def _pair(sequence: str) -> str:
    return f"{PAIR}{sequence}:"


def note_left(operation: Operation, left: pd.DataFrame, came: pd.DataFrame) -> None:
    """Write down who left the sequence by themselves, and how (`came` as `came_of` gives it)."""
    ends = [f"{AWAY}; it {how_it_ended(enrollment)}" for _, enrollment in came.loc[left.index].iterrows()]
    record_gone(operation, left["email"], ends)


@task(task_run_name="enroll whom an earlier run left out", cache_policy=NO_CACHE)
def enroll_left_out(operation_id: str, plan: BacklogPlan) -> int:
    """Enroll from their new mailboxes whom an earlier run had cancelled and not enrolled again; give how many."""
    operation = Operation.at_hand(operation_id)
    done = 0
    for sequence in plan.left_out:
        key = f"enroll_left_out:{sequence}"
        told = f"enroll whom an earlier run left out of '{sequence}'"
        intent = operation.changes.intend(key, "enroll", told)
        left = operation.outcomes.everything(outcome=None, detail=LEFT_OUT, sequence=sequence)
        if intent.state == "intended":
            came = came_of(operation, left, intent.intended_at, sequence=sequence)
            left = note_known(operation, left, came, outcome="reassigned")
        left = without_who_stays(operation, left, sequence)
        if len(left):
            _enroll(operation, plan, left, intent.intended_at)
        operation.changes.applied(key, {"contacts": len(left)})
        done += len(left)
    return done


def _still_queued(operation: Operation, plan: BacklogPlan, move: BacklogMove, contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts that are queued still, and who is `paused`; the others' outcomes are written down."""
    now = running_from(operation, plan.from_mailbox, move.sequence)
    queued = contacts["email"].isin(queued_in(now))
    active = contacts["email"].isin(now.loc[now["state"] == "active", "email"])
    record_begun(operation, plan.from_mailbox, contacts.loc[active, "email"], now)
    record_gone(operation, contacts.loc[~queued & ~active, "email"])
    return contacts.assign(paused=contacts["email"].isin(now.loc[now["paused"].eq(True), "email"]))[queued]


def _enroll(
    operation: Operation, plan: BacklogPlan, contacts: pd.DataFrame, since: datetime, *, for_good: bool = True
) -> int:
    """Enroll contacts of one sequence who run nowhere now, write each outcome down as the workspace shows it; give how
    many were refused, who are back where they were. `since` is when the pairs were begun."""
    sequence = str(contacts["sequence"].iloc[0])
    contacts = with_paused(operation, contacts, sequence)
    answer = operation.platform.enroll(contacts[["email", "sequence", "mailbox", "paused"]]).set_index("email")[
        "reason"
    ]
    there = operation.platform.places(contacts["email"].tolist(), sequence).set_index("email")["mailbox"]
    now = contacts["email"].map(there).astype(object)
    moved = now.notna() & now.ne(plan.from_mailbox)
    operation.outcomes.record(
        contacts.loc[moved, ["email"]].assign(
            outcome="reassigned",
            reasons=NONE,
            mailbox=now,
            detail="sends from " + now.fillna("") + ", enrolled again",
        )
    )
    refused = contacts[~moved]
    if len(refused):  # or came and has left again, or was enrolled elsewhere by somebody meanwhile
        came = came_of(operation, refused, since, sequence=sequence, leaves=sequence)
        refused = note_known(operation, refused, came, outcome="reassigned")
    if len(refused):
        _send_back(operation, plan, refused.assign(reason=refused["email"].map(answer)), for_good)
    return len(refused)


def _send_back(operation: Operation, plan: BacklogPlan, refused: pd.DataFrame, for_good: bool) -> None:
    """Enroll from the old mailbox again who was refused; whom that refuses too is left to a person, by name."""
    operation.platform.enroll(refused[["email", "sequence", "paused"]].assign(mailbox=plan.from_mailbox))
    sequence = str(refused["sequence"].iloc[0])
    back = refused["email"].isin(operation.platform.places(refused["email"].tolist(), sequence)["email"])
    told = {True: f"refused; back on {plan.from_mailbox}", False: f"refused, and not back on {plan.from_mailbox}"}
    operation.outcomes.record(
        refused[["email"]].assign(
            outcome=back.map({True: "blocked", False: "failed"}),
            reasons=one_each(refused["reason"]),
            mailbox=plan.from_mailbox,
            detail=back.map(told),
        )[back | for_good]
    )
    name_left_out(operation, refused.loc[~back, "email"].tolist(), f"into '{sequence}'")
