"""What a queued-backlog was asked to do, and the plan: which queued enrollments go where, what is left for a person."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd
from prefect import task

from models.backlog_plan import BacklogPlan
from models.changes import ReassignQueued
from models.errors import InvalidInput
from models.names import NONE
from models.rules.backlog import spread
from models.rules.reenrollment import needs
from models.rules.sending import Senders
from models.twins import is_twin
from models.wording import counted
from platforms.port import Platform
from reports.csv_out import readable, write_csv
from tasks import checking
from tasks.left_out import left_out
from tasks.operation import Operation
from tasks.ownership_change.observing import settings_of
from tasks.planning import Forecasts, by_turns, plan_once
from tasks.queued_backlog.judging import (
    AGAIN,
    AGAIN_NOW,
    DIRECTLY,
    LOSES_ITS_PLACE,
    STAYS_OUT,
    TRADE_OFFS,
    enrolled_anew,
)
from tasks.queued_backlog.looking import LEFT_OUT, running_from
from tasks.retrying import READS

Via = Literal["backlog", "direct"]
WORKLIST = ["email", "sequence", "mailbox", "step", "what_to_do"]


@dataclass(frozen=True)
class AskedBacklog:
    """The parameters of `queued-backlog`, names as the workspace spells them."""

    from_mailbox: str
    to_mailboxes: tuple[str, ...]
    sequence: str | None
    directly: bool = False

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.from_mailbox


def check_backlog(
    platform: Platform, from_mailbox: str, to_mailboxes: list[str], sequence: str | None, via: Via | None = None
) -> AskedBacklog:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    source = checking.mailbox(platform, "from_mailbox", from_mailbox)
    targets = checking.mailboxes(platform, "to_mailboxes", to_mailboxes)
    if source in targets:
        raise InvalidInput("to_mailboxes", f"{source} is where they are queued", "Name other mailboxes")
    if stopped := Senders.of(platform.mailboxes(), targets).paused:
        raise InvalidInput("to_mailboxes", f"{', '.join(stopped)} is paused", "Name mailboxes that can send")
    directly = via == "direct" if via else not platform.supports(ReassignQueued) or is_twin(platform.workspace)
    return AskedBacklog(
        source, targets, checking.sequence(platform, "sequence", sequence) if sequence else None, directly
    )


@task(task_run_name="look at the backlog", **READS)
def plan_backlog(operation_id: str, ask: Callable[[], AskedBacklog]) -> BacklogPlan:
    """The plan, with a forecast for each enrollment in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, BacklogPlan, lambda: _plan(operation, ask()))


def _plan(operation: Operation, asked: AskedBacklog) -> BacklogPlan:
    running = running_from(operation, asked.from_mailbox, asked.sequence)
    contacts, moves = spread(running, asked.to_mailboxes)
    cancels = asked.directly or operation.platform.settles("C6") != "keeps_id"
    needed: Counter[str] = Counter()
    if cancels:
        anew, needs_of_moved = enrolled_anew(operation, contacts)
        needed.update(needs_of_moved)
        # The platform's backlog moves all that is queued; directly nobody is touched who would be lost by it.
        contacts = anew if asked.directly else contacts
    earlier, needs_of_earlier = _left_out(operation, asked)
    needed.update(needs_of_earlier)
    contacts = pd.concat([contacts, earlier], ignore_index=True) if len(earlier) else contacts
    forecasts = Forecasts(operation)
    forecasts.add(contacts)
    counts = contacts["forecast"].value_counts()
    changed, left = int(counts.get("reassigned", 0)), contacts[contacts["forecast"] == "manual"]
    again = earlier.loc[earlier["forecast"].eq("reassigned"), "sequence"].value_counts().sort_index()
    queued = changed - int(again.sum())
    write_worklist(operation, left)
    moving = bool(moves) and cancels
    taken_out = f", {counted(len(earlier), 'contact')} left out by an earlier run" if len(earlier) else ""
    return BacklogPlan(
        purpose=f"move {queued} queued enrollments from {asked.from_mailbox}", contacts=changed,
        found=f"{len(running)} run from {asked.from_mailbox}: {queued} are queued, {len(left)} are past step one"
        + taken_out,
        steps=(
            *(AGAIN_NOW.format(counted(number, "contact"), sequence) for sequence, number in again.items()),
            *map(str, moves), *([DIRECTLY if asked.directly else AGAIN] if moving else []),
        ),
        actions=_actions(asked, moving=bool(moves) or again.empty, enrolls=cancels or not again.empty),
        from_mailbox=asked.from_mailbox, moves=moves, cancels=cancels, directly=asked.directly,
        left_out=tuple(map(str, again.index)),
        loans=tuple(needs(needed, settings_of(operation).as_set, 0)), must_act=tuple(sorted(needed)),
        warnings=(TRADE_OFFS if asked.directly else (LOSES_ITS_PLACE,)) if moving else (),
        contacts_digest=forecasts.digest,
    )  # fmt: skip


def _actions(asked: AskedBacklog, *, moving: bool, enrolls: bool) -> tuple[str, ...]:
    takes_out = "unenroll" if asked.directly else "reassign_queued"
    return (*([takes_out] if moving else []), *(["enroll"] if enrolls else []))


def _left_out(operation: Operation, asked: AskedBacklog) -> tuple[pd.DataFrame, dict[str, int]]:
    """Whom an earlier run cancelled and did not enroll again, as of `spread`, and the settings that they need."""
    found = left_out(operation)
    found = found[found["sequence"].eq(asked.sequence)] if asked.sequence else found
    turns = by_turns(list(asked.to_mailboxes), found.index)
    told = found[["email", "sequence"]].assign(
        mailbox=turns, forecast="reassigned", forecast_reasons=NONE, step=1, detail=LEFT_OUT
    )
    return enrolled_anew(operation, told.reset_index(drop=True), STAYS_OUT)


def write_worklist(operation: Operation, left: pd.DataFrame) -> None:
    """`worklist.csv`: what is left for a person, with a line on what to do; columns WORKLIST. Nothing where none is."""
    if len(left):
        write_csv(readable(left.rename(columns={"detail": "what_to_do"})[WORKLIST]), operation.folder / "worklist.csv")
