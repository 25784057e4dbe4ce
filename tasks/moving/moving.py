"""Moving contacts whom no play's run takes over: unenrolled and enrolled, a pair at a time, never lost in between."""

from typing import Any

import pandas as pd
from prefect import task
from prefect.cache_policies import NO_CACHE

from journal import changes, operations, outcomes
from models.move_plan import MovePlan
from tasks.enrolling import enroll_groups, unsettled
from tasks.moving.planning import FIRST
from tasks.narration import tell
from tasks.operation import Operation

CHUNK = 200
MOVING = "being moved"
ENDED = "did not run in the sequence any more; left alone"


def move_contacts(operation: Operation, plan: MovePlan) -> None:
    """Run the plays' copies, then move the rest: one contact first, who shows whether the settings act, then chunks."""
    by_play = tuple(group for group in plan.groups if group.play is not None)
    enroll_groups(operation, plan.model_copy(update={"groups": by_play}))
    size = 1
    while move_next(operation.id, plan, size):
        size = CHUNK


@task(task_run_name="move a chunk into {plan.target}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: MovePlan, size: int) -> bool:
    """Unenroll and enroll the next contacts, write their outcomes down; give whether to go on.

    Whoever the target refuses goes back into the source. If that was the first of all, nobody else is touched. Each is
    marked before it is unenrolled: repeated after a crash, whoever runs nowhere and bears the mark is enrolled now.
    """
    operation = Operation.at_hand(operation_id)
    group = next((group for group in plan.groups if group.play is None), None)
    contacts = next(unsettled(operation, group, size), None) if group else None
    if contacts is None:
        return False
    contacts = _still_there(operation, plan, contacts)
    if contacts.empty:
        return True
    key = f"move:{contacts['email'].iloc[0]}"
    outcomes.note(operation.journal, operation.id, contacts["email"].tolist(), MOVING)
    told = f"move {len(contacts)} contacts from '{plan.source}' to '{plan.target}'"
    changes.intend(operation.journal, operation.id, key, "unenroll", told, operation.now())
    operation.platform.unenroll(contacts[["email"]].assign(sequence=plan.source))
    answer = operation.platform.enroll(contacts[["email", "sequence", "mailbox"]]).set_index("email")["reason"]
    refused = _settle(operation, plan, contacts, contacts["email"].map(answer))
    changes.applied(operation.journal, operation.id, key, {"contacts": len(contacts)}, operation.now())
    tell(told)
    return not (size == 1 and refused)


def _still_there(operation: Operation, plan: MovePlan, contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts without those who were to leave the source and whom somebody took out of it meanwhile."""
    emails = contacts["email"].tolist()
    there = {*operation.platform.places(emails, plan.source)["email"], *_in_target(operation, plan, contacts)["email"]}
    gone = contacts["detail"].eq(FIRST) & ~contacts["email"].isin(there)
    outcomes.settle(
        operation.journal, operation.id, contacts.loc[gone, ["email"]].assign(outcome="unchanged", detail=ENDED)
    )
    return contacts[~gone]


def _in_target(operation: Operation, plan: MovePlan, contacts: pd.DataFrame) -> pd.DataFrame:
    return operation.platform.places(contacts["email"].tolist(), plan.target)


def _settle(operation: Operation, plan: MovePlan, contacts: pd.DataFrame, reasons: "pd.Series[Any]") -> int:
    """Write each outcome down as the workspace shows it; give how many were refused, who are back in the source."""
    there = _in_target(operation, plan, contacts).set_index("email")
    arrived = contacts["email"].isin(there.index)
    outcomes.settle(operation.journal, operation.id, contacts.loc[arrived, ["email"]].assign(
        outcome="enrolled", reasons="", step=contacts["email"].map(there["step"]),
        mailbox=contacts["email"].map(there["mailbox"]), detail=f"moved from '{plan.source}'",
    ))  # fmt: skip
    refused = contacts[~arrived]
    if len(refused):
        _send_back(operation, plan, refused, reasons[~arrived])
    return len(refused)


def _send_back(operation: Operation, plan: MovePlan, refused: pd.DataFrame, reasons: "pd.Series[Any]") -> None:
    """Enroll into the source again whom the target refused; whoever that refuses too is left to a person, by name."""
    operation.platform.enroll(refused[["email", "mailbox"]].assign(sequence=plan.source))
    back = refused["email"].isin(operation.platform.places(refused["email"].tolist(), plan.source)["email"])
    told = {True: f"refused; back in '{plan.source}'", False: f"refused, and not back in '{plan.source}'"}
    outcomes.settle(operation.journal, operation.id, refused[["email"]].assign(
        outcome=back.map({True: "blocked", False: "failed"}), reasons=reasons.fillna(""), detail=back.map(told),
    ))  # fmt: skip
    if len(lost := refused.loc[~back, "email"]):
        line = f"in no sequence now: {', '.join(lost)}. Enroll them by hand into '{plan.source}' or '{plan.target}'"
        operations.update(operation.journal, operation.id, next=[*(operation.row.next or []), line])
