"""What a queued-backlog was asked to do, and the plan: which queued enrollments go where, what is left for a person."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pandas as pd
from prefect import task

from models.backlog_plan import BacklogPlan
from models.errors import InvalidInput
from models.rules.backlog import spread
from models.rules.reenrollment import count_needs, judge, needs
from models.rules.sending import Senders
from platforms.port import Platform
from reports.csv_out import write_csv
from tasks import asking
from tasks.operation import Operation
from tasks.planning import Forecasts, plan_once
from tasks.reenrollment.observing import settings_of
from tasks.retrying import READS

CHUNK = 50_000
WORKLIST = ["email", "sequence", "mailbox", "step", "what_to_do"]


@dataclass(frozen=True)
class AskedBacklog:
    """The parameters of `queued-backlog`, names as the workspace spells them."""

    from_mailbox: str
    to_mailboxes: tuple[str, ...]
    sequence: str | None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.from_mailbox


def check_backlog(
    platform: Platform, from_mailbox: str, to_mailboxes: list[str], sequence: str | None
) -> AskedBacklog:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    source = asking.mailbox(platform, "from_mailbox", from_mailbox)
    targets = asking.mailboxes(platform, "to_mailboxes", to_mailboxes)
    if source in targets:
        raise InvalidInput("to_mailboxes", f"{source} is where they are queued", "Name other mailboxes")
    if stopped := Senders.of(platform.mailboxes(), targets).paused:
        raise InvalidInput("to_mailboxes", f"{', '.join(stopped)} is paused", "Name mailboxes that can send")
    return AskedBacklog(source, targets, asking.sequence(platform, "sequence", sequence) if sequence else None)


@task(task_run_name="look at the backlog", **READS)
def plan_backlog(operation_id: str, ask: Callable[[], AskedBacklog]) -> BacklogPlan:
    """The plan, with a forecast for each enrollment in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, BacklogPlan, lambda: _plan(operation, ask()))


def running_from(operation: Operation, mailbox: str, sequence: str | None) -> pd.DataFrame:
    """What runs from a mailbox (of one sequence), in the order in which it began; columns as `Platform.running`."""
    parts = list(operation.platform.running(CHUNK, sequence=sequence, mailbox=mailbox))
    columns = ["email", "sequence", "mailbox", "play", "state", "steps_done", "version", "started_at", "next_step_at"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def _plan(operation: Operation, asked: AskedBacklog) -> BacklogPlan:
    running = running_from(operation, asked.from_mailbox, asked.sequence)
    contacts, moves = spread(running, asked.to_mailboxes)
    forecasts = Forecasts(operation)
    forecasts.add(contacts)
    left = contacts[contacts["forecast"] == "manual"]
    write_worklist(operation, left)
    cancels = operation.platform.settles("C6") != "keeps_id"
    queued = contacts[contacts["forecast"] == "reassigned"].reset_index(drop=True)
    needed = _needed_to_enroll_again(operation, queued) if cancels and len(queued) else {}
    return BacklogPlan(
        purpose=f"move {len(queued)} queued enrollments from {asked.from_mailbox}", contacts=len(queued),
        found=f"{len(running)} run from {asked.from_mailbox}: {len(queued)} are queued, {len(left)} are past step one",
        steps=tuple(map(str, moves)) + ((AGAIN,) if cancels and moves else ()),
        actions=("reassign_queued", *(["enroll"] if cancels else [])), from_mailbox=asked.from_mailbox, moves=moves,
        cancels=cancels, loans=tuple(needs(needed, settings_of(operation).as_set, 0)), must_act=tuple(sorted(needed)),
        warnings=(LOSES_ITS_PLACE,) if cancels and moves else (), contacts_digest=forecasts.digest,
    )  # fmt: skip


AGAIN = "enroll again, by hand, whom the platform cancels instead of moving (C6)"
LOSES_ITS_PLACE = "this platform may cancel what it moves: whoever is enrolled again begins at the end of the queue"


def write_worklist(operation: Operation, left: pd.DataFrame) -> None:
    """`worklist.csv`: what is left for a person, with a line on what to do; columns WORKLIST. Nothing where none is."""
    if len(left):
        write_csv(left.rename(columns={"detail": "what_to_do"})[WORKLIST], operation.folder / "worklist.csv")


def _needed_to_enroll_again(operation: Operation, queued: pd.DataFrame) -> dict[str, int]:
    """The re-enrollment settings that stand against enrolling these again once they are cancelled, and for how many.

    Somebody who completed a step in some sequence before is barred from the moment of the cancellation on (R26).
    """
    facts = operation.platform.facts(queued[["email", "sequence"]])
    cancelled = facts.assign(running_in=None, been_here=True, last_ended=pd.Timestamp(operation.now()))
    judged = judge(cancelled, settings_of(operation).acting, timedelta(0), operation.now())
    return count_needs(cancelled, judged)
