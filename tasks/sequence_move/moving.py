"""Moving contacts whom no play's run takes over: unenrolled and enrolled, a pair at a time, never lost in between."""

from functools import partial
from typing import ClassVar

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.move_plan import MovePlan
from models.wording import counted
from tasks.enrolling import enroll_groups
from tasks.left_out import PAIR
from tasks.meanwhile import without_who_stays
from tasks.operation import Operation
from tasks.pairs import Pairs, move_all
from tasks.paused_contacts import STAYS_PAUSED, was_paused
from tasks.sequence_move.planning import FIRST, NOWHERE
from tasks.step import task


def move_contacts(operation: Operation, plan: MovePlan, wave: int = 1) -> None:
    """Run the plays' copies of a wave, then move the rest of it: one contact first, who shows whether the settings act,
    then chunks."""
    enroll_groups(operation, plan, wave, directly=False)
    finish_pairs(operation.id, plan)
    move_all(partial(move_next, operation.id, plan, wave=wave), operation.platform.at_once)


@task(task_run_name="move a chunk into {plan.target}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: MovePlan, size: int, wave: int = 1) -> bool:
    """Unenroll and enroll the next contacts, write their outcomes down; give whether to go on (`Pairs.move_next`)."""
    return _moves(operation_id, plan).move_next(size, wave)


@task(task_run_name="finish the moves into {plan.target} that were begun", cache_policy=NO_CACHE)
def finish_pairs(operation_id: str, plan: MovePlan, *, for_good: bool = True) -> int:
    """Enroll whom a run that died had taken out of the source; give how many (`Pairs.finish`)."""
    return _moves(operation_id, plan).finish(for_good=for_good)


def _moves(operation_id: str, plan: MovePlan) -> "_Moves":
    return _Moves(Operation.at_hand(operation_id), plan.source, plan.target, PAIR)


class _Moves(Pairs):
    outcome = "enrolled"
    gone = "did not run in the sequence any more; left alone"
    not_begun: ClassVar = {"stays": FIRST, "": NOWHERE}

    def summary(self, number: int) -> str:
        return f"move {counted(number, 'contact')} from '{self.source}' to '{self.target}'"

    def still_to_move(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """Not those who were to leave the source and whom somebody took out of it meanwhile, nor those who ran nowhere
        and answered or began somewhere since; who is `paused` in it, or was when they left it, goes on so."""
        operation, emails = self.operation, contacts["email"].tolist()
        source = operation.platform.places(emails, self.source).set_index("email")
        there = {*source.index, *operation.platform.places(emails, self.target)["email"]}
        gone = contacts["detail"].eq(FIRST) & ~contacts["email"].isin(there)
        self.record_gone(contacts.loc[gone, "email"], self.gone)
        nowhere = contacts[~gone & ~contacts["email"].isin(source.index)]
        stay = nowhere.index.difference(without_who_stays(operation, nowhere, self.target).index)
        left = contacts[~gone].drop(stay)
        away = ~left["email"].isin(source.index)
        paused = left["email"].map(source["paused"]).eq(True)
        if away.any():
            paused |= was_paused(operation, left[away], self.source, operation.now()).reindex(left.index).eq(True)
        return left.assign(paused=paused)

    def arrived(self, places: pd.DataFrame) -> pd.DataFrame:
        moved = f"moved from '{self.source}'"
        detail = places["paused"].eq(True).map({True: f"{moved}; was paused, {STAYS_PAUSED}", False: moved})
        return places[["email", "step", "mailbox"]].assign(detail=detail)

    def record_gone(self, emails: "pd.Series[str]", detail: str | list[str]) -> None:
        self.operation.outcomes.record(pd.DataFrame({"email": emails, "outcome": "unchanged", "detail": detail}))
