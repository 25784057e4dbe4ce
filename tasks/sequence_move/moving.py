"""Moving contacts whom no play's run takes over: unenrolled and enrolled, a pair at a time, never lost in between."""

from datetime import datetime
from typing import Any

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.enrollment_plan import Group
from models.move_plan import MovePlan
from models.names import NONE, one_each
from tasks.enrolling import enroll_groups, without_outcome
from tasks.left_out import MOVING, name_left_out
from tasks.made_before import came_of, how_it_ended, note_known
from tasks.meanwhile import without_who_stays
from tasks.narration import tell
from tasks.operation import Operation
from tasks.paused_contacts import STAYS_PAUSED, pause_ours, was_paused, with_paused
from tasks.sequence_move.planning import FIRST, NOWHERE
from tasks.step import task

CHUNK = 200
ENDED = "did not run in the sequence any more; left alone"
PAIR = "move:"


def move_contacts(operation: Operation, plan: MovePlan) -> None:
    """Run the plays' copies, then move the rest: one contact first, who shows whether the settings act, then chunks."""
    by_play = tuple(group for group in plan.groups if group.play is not None)
    enroll_groups(operation, plan.model_copy(update={"groups": by_play}))
    finish_pairs(operation.id, plan)
    size = 1
    while move_next(operation.id, plan, size):
        size = CHUNK


@task(task_run_name="move a chunk into {plan.target}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: MovePlan, size: int) -> bool:
    """Unenroll and enroll the next contacts, write their outcomes down; give whether to go on.

    Whoever the target refuses goes back into the source. If that was the first of all, nobody else is touched. Each is
    marked before it is unenrolled, and the instant is written down: `finish_pairs` finds whom a run that died took out.
    """
    operation = Operation.at_hand(operation_id)
    group = _one_by_one(plan)
    contacts = next(without_outcome(operation, group, size), None) if group else None
    if contacts is None:
        return False
    contacts = _still_there(operation, plan, contacts)
    if contacts.empty:
        return True
    key = f"{PAIR}{contacts['email'].iloc[0]}"
    told = f"move {len(contacts)} contacts from '{plan.source}' to '{plan.target}'"
    intent = operation.changes.intend(key, "unenroll", told)
    operation.outcomes.note(contacts["email"].tolist(), MOVING)
    operation.platform.unenroll(contacts[["email"]].assign(sequence=plan.source))
    refused = _enroll(operation, plan, contacts, intent.intended_at)
    operation.changes.applied(key, {"contacts": len(contacts)})
    tell(told)
    return not (size == 1 and refused)


@task(task_run_name="finish the moves into {plan.target} that were begun", cache_policy=NO_CACHE)
def finish_pairs(operation_id: str, plan: MovePlan, *, for_good: bool = True) -> int:
    """Enroll whom a run that died had taken out of the source, and write down what became of the others whom it had
    marked, as the platform's history tells it; give how many were enrolled now.

    Who left by themselves meanwhile, or began somewhere by another's doing, is left there. Who runs in the source still
    was not begun. Who is refused everywhere is left to a person by name; where it is not `for_good` they keep their
    mark, and a run that goes on tries again. Repeated: nobody is marked any more.
    """
    operation = Operation.at_hand(operation_id)
    begun, group = operation.changes.open_under(PAIR), _one_by_one(plan)
    if begun is None or group is None:
        return 0
    marked = operation.outcomes.everything(outcome=None, detail=MOVING)
    came = came_of(operation, marked, begun.intended_at, sequence=group.target, leaves=plan.source)
    pause_ours(operation, marked, came, was_paused(operation, marked, plan.source, operation.now()))
    left = note_known(operation, marked, came)
    state = came["came"].reindex(left.index)
    _note_left(operation, left[state.eq("left")], came)
    operation.outcomes.note(left.loc[state.eq("stays"), "email"].tolist(), FIRST)
    operation.outcomes.note(left.loc[state.eq(""), "email"].tolist(), NOWHERE)
    if len(out := left[state.eq("out")]):
        _enroll(operation, plan, out, begun.intended_at, for_good=for_good)
    if operation.outcomes.everything(outcome=None, detail=MOVING).empty:
        operation.changes.applied(begun.key, {"finished": len(out)})
    return len(out)


def _note_left(operation: Operation, left: pd.DataFrame, came: pd.DataFrame) -> None:
    ends = [how_it_ended(enrollment) for _, enrollment in came.loc[left.index].iterrows()]
    operation.outcomes.record(
        left[["email"]].assign(
            outcome="unchanged",
            detail=[f"{ENDED}; it {end}" for end in ends],
        )
    )


def _one_by_one(plan: MovePlan) -> Group | None:
    return next((group for group in plan.groups if group.play is None), None)


def _enroll(
    operation: Operation, plan: MovePlan, contacts: pd.DataFrame, since: datetime, *, for_good: bool = True
) -> int:
    """Enroll contacts who run nowhere now into the target, write the outcomes down as the workspace shows them; give
    how many were refused, who are back in the source. `since` is when the pairs were begun."""
    contacts = with_paused(operation, contacts, plan.source)
    answer = operation.platform.enroll(contacts[["email", "sequence", "mailbox", "paused"]]).set_index("email")[
        "reason"
    ]
    there = _in_target(operation, plan, contacts).set_index("email")
    arrived = contacts["email"].isin(there.index)
    operation.outcomes.record(
        contacts.loc[arrived, ["email"]].assign(
            outcome="enrolled",
            reasons=NONE,
            step=contacts["email"].map(there["step"]),
            mailbox=contacts["email"].map(there["mailbox"]),
            detail=_moved(plan, contacts["email"].map(there["paused"])),
        )
    )
    refused = contacts[~arrived]
    if len(refused):  # or came and has left again, or was enrolled elsewhere by somebody meanwhile
        came = came_of(operation, refused, since, sequence=plan.target, leaves=plan.source)
        refused = note_known(operation, refused, came)
    if len(refused):
        _send_back(operation, plan, refused, refused["email"].map(answer), for_good)
    return len(refused)


def _moved(plan: MovePlan, paused: "pd.Series[Any]") -> "pd.Series[str]":
    words = f"moved from '{plan.source}'"
    return paused.eq(True).map({True: f"{words}; was paused, {STAYS_PAUSED}", False: words})


def _still_there(operation: Operation, plan: MovePlan, contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts without those who were to leave the source and whom somebody took out of it meanwhile, and without
    who ran nowhere and answered or began somewhere since; who is `paused` in it, or was when they left it, goes on so.
    """
    emails = contacts["email"].tolist()
    source = operation.platform.places(emails, plan.source).set_index("email")
    there = {*source.index, *_in_target(operation, plan, contacts)["email"]}
    gone = contacts["detail"].eq(FIRST) & ~contacts["email"].isin(there)
    operation.outcomes.record(contacts.loc[gone, ["email"]].assign(outcome="unchanged", detail=ENDED))
    nowhere = contacts[~gone & ~contacts["email"].isin(source.index)]
    stay = nowhere.index.difference(without_who_stays(operation, nowhere, plan.target).index)
    left = contacts[~gone].drop(stay)
    away = ~left["email"].isin(source.index)
    paused = left["email"].map(source["paused"]).eq(True)
    if away.any():
        paused |= was_paused(operation, left[away], plan.source, operation.now()).reindex(left.index).eq(True)
    return left.assign(paused=paused)


def _in_target(operation: Operation, plan: MovePlan, contacts: pd.DataFrame) -> pd.DataFrame:
    return operation.platform.places(contacts["email"].tolist(), plan.target)


def _send_back(
    operation: Operation, plan: MovePlan, refused: pd.DataFrame, reasons: "pd.Series[Any]", for_good: bool
) -> None:
    """Enroll into the source again whom the target refused; whoever that refuses too is left to a person, by name."""
    operation.platform.enroll(refused[["email", "mailbox", "paused"]].assign(sequence=plan.source))
    back = refused["email"].isin(operation.platform.places(refused["email"].tolist(), plan.source)["email"])
    told = {True: f"refused; back in '{plan.source}'", False: f"refused, and not back in '{plan.source}'"}
    operation.outcomes.record(
        refused[["email"]].assign(
            outcome=back.map({True: "blocked", False: "failed"}),
            reasons=one_each(reasons),
            detail=back.map(told),
        )[back | for_good]
    )
    name_left_out(operation, refused.loc[~back, "email"].tolist(), f"into '{plan.source}' or '{plan.target}'")
