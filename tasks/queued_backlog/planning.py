"""Planning a queued-backlog: which queued enrollments go where, what is left for a person."""

from collections import Counter
from collections.abc import Iterator

import pandas as pd

from models.backlog_plan import BacklogPlan
from models.names import NONE
from models.rules.backlog import spread
from models.rules.reenrollment import needs
from models.setting_keys import SettingKey
from models.wording import counted
from reports.csv_out import append_csv, readable
from tasks.known_behaviour import known_of
from tasks.left_out import left_out
from tasks.operation import Operation
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
from tasks.queued_backlog.request import QueuedBacklog, QueuedBacklogRequest
from tasks.retrying import READS
from tasks.settings_in_force import lasting_settings
from tasks.step import task

WORKLIST = ["email", "sequence", "mailbox", "step", "what_to_do"]


@task(task_run_name="look at the backlog", **READS)
def plan_backlog(operation_id: str, request: QueuedBacklogRequest) -> BacklogPlan:
    """The plan, with a forecast for each enrollment in the journal. Repeated: the plan that was made, nothing new."""
    operation = Operation.at_hand(operation_id)
    return plan_once(operation, BacklogPlan, lambda: _plan(operation, request.check(operation.platform)))


def _plan(operation: Operation, request: QueuedBacklog) -> BacklogPlan:
    running = running_from(operation, request.from_mailbox, request.sequence)
    contacts, moves = spread(running, request.targets)
    past = contacts["forecast"].eq("manual")
    contacts, begun = contacts[~past].reset_index(drop=True), contacts[past]
    cancels = request.directly or known_of(operation, "C6").answer == "cancels"
    needed: Counter[SettingKey] = Counter()
    if cancels:
        anew, needs_of_moved = enrolled_anew(operation, contacts)
        needed.update(needs_of_moved)
        # The platform's backlog moves all that is queued; directly nobody is touched who would be lost by it.
        contacts = anew if request.directly else contacts
    earlier, needs_of_earlier = _left_out(operation, request)
    needed.update(needs_of_earlier)
    contacts = pd.concat([contacts, earlier], ignore_index=True) if len(earlier) else contacts
    forecasts = Forecasts(operation)
    forecasts.add(contacts, before=_now(contacts, running))
    counts = contacts["forecast"].value_counts()
    changed = int(counts.get("reassigned", 0))
    again = earlier.loc[earlier["forecast"].eq("reassigned"), "sequence"].value_counts().sort_index()
    queued = changed - int(again.sum())
    write_worklist(operation, begun)
    moving = bool(moves) and cancels
    taken_out = f", {counted(len(earlier), 'contact')} left out by an earlier run" if len(earlier) else ""
    return BacklogPlan(
        purpose=f"move {queued} queued enrollments from {request.from_mailbox}",
        contacts=changed,
        found=_found(request, len(running), queued, len(begun)) + taken_out,
        steps=(*_enrolled_now(again), *map(str, moves), *([DIRECTLY if request.directly else AGAIN] if moving else [])),
        actions=_actions(request, moving=bool(moves) or again.empty, enrolls=cancels or not again.empty),
        from_mailbox=request.from_mailbox,
        moves=moves,
        cancels=cancels,
        directly=request.directly,
        left_out=tuple(map(str, again.index)),
        loans=tuple(needs(needed, lasting_settings(operation).as_set, 0)),
        must_act=tuple(sorted(needed)),
        warnings=(TRADE_OFFS if request.directly else (LOSES_ITS_PLACE,)) if moving else (),
        contacts_digest=forecasts.digest,
    )


def _now(contacts: pd.DataFrame, running: pd.DataFrame) -> pd.DataFrame:
    """Where these contacts run now; nothing of those that an earlier run left out."""
    there = contacts[["email", "sequence"]].merge(running, on=["email", "sequence"], how="left")
    return pd.DataFrame(
        {
            "sequence": there["sequence"].where(there["mailbox"].notna()),
            "mailbox": there["mailbox"],
            "step": there["steps_done"].astype("Int64") + 1,
        }
    )


def _found(request: QueuedBacklog, running: int, queued: int, begun: int) -> str:
    """How many run, how many of them can be moved, and that the others are no part of it (R75)."""
    runs = counted(running, "enrollment runs", "enrollments run")
    past = f"{counted(begun, 'is', 'are')} past step one" + (": see worklist.csv" if begun else "")
    return f"{runs} from {request.from_mailbox}: {counted(queued, 'is', 'are')} queued, {past}"


def _enrolled_now(again: "pd.Series[int]") -> Iterator[str]:
    """A step for each sequence that an earlier run left contacts out of."""
    return (AGAIN_NOW.format(counted(number, "contact"), sequence) for sequence, number in again.items())


def _actions(request: QueuedBacklog, *, moving: bool, enrolls: bool) -> tuple[str, ...]:
    takes_out = "unenroll" if request.directly else "reassign_queued"
    return (*([takes_out] if moving else []), *(["enroll"] if enrolls else []))


def _left_out(operation: Operation, request: QueuedBacklog) -> tuple[pd.DataFrame, dict[SettingKey, int]]:
    """Those that an earlier run cancelled and did not enroll again, as of `spread`, and the settings they need."""
    found = left_out(operation)
    found = found[found["sequence"].eq(request.sequence)] if request.sequence else found
    turns = by_turns(list(request.targets), found.index)
    rows = found[["email", "sequence"]].assign(
        mailbox=turns, forecast="reassigned", forecast_reasons=NONE, step=1, detail=LEFT_OUT
    )
    return enrolled_anew(operation, rows.reset_index(drop=True), STAYS_OUT)


def write_worklist(operation: Operation, begun: pd.DataFrame) -> None:
    """`worklist.csv`: whoever is past step one, with a line on what somebody can do; columns WORKLIST.

    Repeated: whoever is in it is not written again. Nothing where nobody is.
    """
    path = operation.folder / "worklist.csv"
    if path.exists():
        there = pd.read_csv(path, dtype=str, keep_default_na=False)
        begun = begun[~begun["email"].isin(there["email"])]
    if len(begun):
        append_csv(readable(begun.rename(columns={"detail": "what_to_do"})[WORKLIST]), path)
