"""Moving queued enrollments where no API reassigns the backlog: cancelled and enrolled anew, never lost in between."""

from functools import partial
from typing import ClassVar

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.backlog_plan import BacklogMove, BacklogPlan
from models.wording import counted
from tasks.left_out import PAIR
from tasks.made_before import came_of, note_known
from tasks.meanwhile import without_who_stays
from tasks.operation import Operation
from tasks.pairs import Pairs, move_all
from tasks.queued_backlog.looking import (
    AWAY,
    LEFT_OUT,
    queued_in,
    record_begun,
    record_gone,
    running_from,
)
from tasks.step import task


def move_directly(operation_id: str, plan: BacklogPlan, move: BacklogMove) -> None:
    """Move one sequence's queued enrollments: one first, who shows whether the settings act, then chunks."""
    finish_pairs(operation_id, plan, move)
    move_all(partial(move_next, operation_id, plan, move), Operation.at_hand(operation_id).platform.at_once)


@task(task_run_name="move a chunk of {move.sequence}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: BacklogPlan, move: BacklogMove, size: int) -> bool:
    """Cancel and enroll anew the next contacts, each looked at right before (R77), and write their outcomes down; give
    whether to go on (`Pairs.move_next`)."""
    return pairs_of(Operation.at_hand(operation_id), plan, move.sequence).move_next(size)


@task(task_run_name="finish the moves of {move.sequence} that were begun", cache_policy=NO_CACHE)
def finish_pairs(operation_id: str, plan: BacklogPlan, move: BacklogMove, *, for_good: bool = True) -> int:
    """Enroll whom a run that died had cancelled; give how many (`Pairs.finish`)."""
    return pairs_of(Operation.at_hand(operation_id), plan, move.sequence).finish(for_good=for_good)


@task(task_run_name="enroll whom an earlier run left out", cache_policy=NO_CACHE)
def enroll_left_out(operation_id: str, plan: BacklogPlan) -> int:
    """Enroll from their new mailboxes whom an earlier run had cancelled and not enrolled again; give how many."""
    operation = Operation.at_hand(operation_id)
    done = 0
    for sequence in plan.left_out:
        key = f"enroll_left_out:{sequence}"
        intent = operation.changes.intend(key, "enroll", f"enroll whom an earlier run left out of '{sequence}'")
        left = operation.outcomes.everything(outcome=None, detail=LEFT_OUT, sequence=sequence)
        if intent.state == "intended":
            came = came_of(operation, left, intent.intended_at, sequence=sequence)
            left = note_known(operation, left, came, outcome="reassigned")
        left = without_who_stays(operation, left, sequence)
        if len(left):
            pairs_of(operation, plan, sequence).enroll(left, intent.intended_at)
        operation.changes.applied(key, {"contacts": len(left)})
        done += len(left)
    return done


def pairs_of(operation: Operation, plan: BacklogPlan, sequence: str) -> "_Reassigned":
    """The pairs of one sequence, from the old mailbox to the new ones."""
    return _Reassigned(operation, sequence, sequence, f"{PAIR}{sequence}:", plan.from_mailbox)


class _Reassigned(Pairs):
    outcome = "reassigned"
    gone = AWAY
    not_begun: ClassVar = {"stays": "", "": ""}

    def summary(self, number: int) -> str:
        return f"move {counted(number, 'queued enrollment')} of '{self.source}' from {self.from_mailbox}"

    def still_to_move(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """Those who are queued still: who is past step one by now is left to a person."""
        now = running_from(self.operation, self.from_mailbox, self.source, contacts["email"].tolist())
        queued = contacts["email"].isin(queued_in(now))
        active = contacts["email"].isin(now.loc[now["state"] == "active", "email"])
        record_begun(self.operation, self.from_mailbox, contacts.loc[active, "email"], now)
        self.record_gone(contacts.loc[~queued & ~active, "email"], self.gone)
        return contacts.assign(paused=contacts["email"].isin(now.loc[now["paused"].eq(True), "email"]))[queued]

    def arrived(self, places: pd.DataFrame) -> pd.DataFrame:
        moved = places.loc[places["mailbox"].notna() & places["mailbox"].ne(self.from_mailbox), ["email", "mailbox"]]
        return moved.assign(detail=[f"sends from {mailbox}, enrolled again" for mailbox in moved["mailbox"]])

    def record_gone(self, emails: "pd.Series[str]", detail: str | list[str]) -> None:
        record_gone(self.operation, emails, detail)
