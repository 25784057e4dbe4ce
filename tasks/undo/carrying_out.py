"""Taking back: contacts out and in again, tasks to whose they were, and what was made besides."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.changes import Change, EditSequence, SetTaskAssignment
from models.errors import Refused
from models.names import NONE
from models.names_in_frames import one_each
from models.rules.undoing import UNDO, tasks_left
from models.task_keys import task_key
from models.undo_plan import Return, UndoPlan
from models.wording import counted
from tasks.applying import make_once
from tasks.by_hand import by_hand_or_why_not
from tasks.enrolling import enroll_directly
from tasks.handing_over import hand_over
from tasks.made_before import came_of
from tasks.narration import tell
from tasks.operation import Operation
from tasks.pairs import Pairs, move_all
from tasks.step import task
from tasks.undo.holding import HELD, paused_before, release, still_ours
from tasks.undo.made import undone_row
from tasks.undo.planning import GOES_BACK_TO
from tasks.undo.settings import changed_since

ENDING = "unenroll:"


def take_out(operation: Operation, plan: UndoPlan) -> None:
    """End the enrollments of those who go nowhere else: before any wait, since an email may be due."""
    for sequence, _ in plan.ends:
        while unenroll_next(operation.id, plan, sequence):
            pass


@task(task_run_name="unenroll a chunk from {sequence}", cache_policy=NO_CACHE)
def unenroll_next(operation_id: str, plan: UndoPlan, sequence: str) -> bool:
    """Unenroll the next contacts, each looked at right before; False when nobody is left.

    Repeated after a crash: those taken out by it are done.
    """
    operation = Operation.at_hand(operation_id)
    note_taken_out(operation, sequence)
    at_once = operation.platform.at_once
    contacts = next(operation.outcomes.chunks(at_once, forecast="unenrolled", outcome=None, sequence=sequence), None)
    if contacts is None:
        return False
    key = f"{ENDING}{sequence}:{contacts['email'].iloc[0]}"
    description = f"unenroll {counted(len(contacts), 'contact')} from '{sequence}'"
    operation.changes.intend(key, "unenroll", description)
    contacts = still_ours(operation, plan, contacts)
    if len(contacts):
        operation.platform.unenroll(contacts[["email", "sequence"]])
        runs = contacts["email"].isin(operation.platform.places(contacts["email"].tolist(), sequence)["email"])
        operation.outcomes.record(
            contacts[["email"]].assign(
                outcome=runs.map({True: "failed", False: "unenrolled"}),
                reasons=NONE,
                detail=runs.map({True: "runs there still", False: "was taken out again"}),
            )
        )
    operation.changes.applied(key, {"contacts": len(contacts)})
    tell(description)
    return True


def note_taken_out(operation: Operation, sequence: str) -> None:
    """Write down who was taken out of a sequence by a run that died, as the platform's history shows it. Who runs
    still is looked at anew: an email may have been sent since."""
    begun = operation.changes.open_under(f"{ENDING}{sequence}:")
    if begun is None:
        return
    waiting = operation.outcomes.everything(forecast="unenrolled", outcome=None, sequence=sequence)
    came = came_of(operation, waiting, begun.intended_at, sequence=sequence, leaves=sequence, mailboxes=())
    out = waiting.loc[came["came"].eq("out"), ["email"]]
    operation.outcomes.record(out.assign(outcome="unenrolled", reasons=NONE, detail="was taken out again"))
    operation.changes.applied(begun.key, {"contacts": len(out)})


def put_back(operation: Operation, plan: UndoPlan) -> None:
    """Bring everybody back to where they were: one first, who shows whether the settings act, then chunks."""
    for one in plan.returns:
        if one.source is None:
            group = next(group for group in plan.groups if group.target == one.target)
            enroll_directly(operation, group)
            continue
        finish_pairs(operation.id, plan, one)
        move_all(partial(move_next, operation.id, plan, one), operation.platform.at_once)


@task(task_run_name="bring a chunk back into {one.target}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: UndoPlan, one: Return, size: int) -> bool:
    """Unenroll and enroll the next contacts, write their outcomes down; give whether to go on (`Pairs.move_next`)."""
    return _pairs(Operation.at_hand(operation_id), plan, one).move_next(size)


@task(task_run_name="finish what was begun of {one.target}", cache_policy=NO_CACHE)
def finish_pairs(operation_id: str, plan: UndoPlan, one: Return, *, for_good: bool = True) -> int:
    """Enroll those that a run that died had taken out; give how many (`Pairs.finish`)."""
    return _pairs(Operation.at_hand(operation_id), plan, one).finish(for_good=for_good)


def _pairs(operation: Operation, plan: UndoPlan, one: Return) -> "_Back":
    return _Back(operation, one.source or "", one.target, one.key, plan=plan)


@dataclass(frozen=True, kw_only=True)
class _Back(Pairs):
    plan: UndoPlan
    outcome: ClassVar[str] = "enrolled"
    gone: ClassVar[str] = "does not run there any more; left alone"
    not_begun: ClassVar[dict[str, str]] = {"stays": HELD, "": ""}

    def summary(self, number: int) -> str:
        return f"bring {counted(number, 'contact')} back from '{self.source}' into '{self.target}'"

    def still_to_move(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return still_ours(self.operation, self.plan, contacts)

    def were_paused(self, contacts: pd.DataFrame) -> "pd.Series[bool]":
        return paused_before(self.operation, contacts)  # by the platform everybody was: they were held

    def homes(self, contacts: pd.DataFrame) -> "pd.Series[str]":
        last = self.operation.platform.last_enrollments(contacts["email"].tolist(), self.source).set_index("email")
        return contacts["email"].map(last["mailbox"]).fillna(contacts["mailbox"])

    def arrived(self, places: pd.DataFrame) -> pd.DataFrame:
        return places[["email", "step", "mailbox"]].assign(detail=f"is back in '{self.target}'")

    def record_gone(self, emails: "pd.Series[str]", detail: str | list[str]) -> None:
        self.operation.outcomes.record(pd.DataFrame({"email": emails, "outcome": "unchanged", "detail": detail}))


def finish_begun(operation: Operation, plan: UndoPlan, *, for_good: bool) -> None:
    """Finish the pairs that a run had begun, resume who is held, and write down who was taken out and not noted yet."""
    for one in plan.returns:
        if one.source is not None:
            finish_pairs.fn(operation.id, plan, one, for_good=for_good)
            release.fn(operation.id, one)
    for sequence, _ in plan.ends:
        note_taken_out(operation, sequence)


def hand_back(operation: Operation, plan: UndoPlan) -> None:
    """Hand tasks back to whose they were, where nobody has changed them since."""
    for user, _ in plan.tasks:
        while hand_back_next(operation.id, plan, user):
            pass


@task(task_run_name="hand tasks back to {user}", cache_policy=NO_CACHE)
def hand_back_next(operation_id: str, plan: UndoPlan, user: str) -> bool:
    """Hand the next tasks back to a user, each looked at right before; False when none is left.

    Repeated after a crash: what is theirs by then stays so.
    """
    operation = Operation.at_hand(operation_id)
    undone = undone_row(operation, plan.undone)
    at_once, theirs = operation.platform.at_once, f"{GOES_BACK_TO}{user}"
    rows = next(operation.outcomes.chunks(at_once, forecast="reassigned", outcome=None, detail=theirs), None)
    if rows is None:
        return False
    numbers = rows["item"].map(task_key)
    tasks = operation.platform.tasks(numbers=numbers.tolist())
    left = tasks_left(rows, tasks, str((undone.plan or {}).get("to_user")))
    key, words = f"reassign:{rows['item'].iloc[0]}", f"hand {counted(len(rows), 'task')} back to {user}"
    begun = operation.changes.intend(key, "reassign_task", words).state != "new"
    ours = left["state"].eq(UNDO) | (begun & numbers.map(tasks.set_index("task")["assignee"]).eq(user))
    stay = rows[["email", "item"]].assign(outcome="blocked", reasons=one_each(left["state"]), detail=left["detail"])
    operation.outcomes.record(stay[~ours])
    if ours.any():
        hand_over(operation, rows[ours], user)
    operation.changes.applied(key, {"tasks": int(ours.sum())})
    tell(words)
    return True


def reverse_changes(operation: Operation, plan: UndoPlan) -> None:
    """Set back what was set, and delete the copies that were made; what the platform cannot do a person does."""
    for key, change in plan.reversing():
        if stays_as_it_is(operation.id, plan, key, change):
            continue
        if why := by_hand_or_why_not(operation, key, change):  # the others are looked at all the same
            operation.add_next(f"{why}. It stays as it is")
            continue
        reverse(operation.id, key, change)


@task(task_run_name="look at {key} once more", cache_policy=NO_CACHE)
def stays_as_it_is(operation_id: str, plan: UndoPlan, key: str, change: Change) -> bool:
    """Whether somebody has set something else since the plan: then it stays so, and is left to a person. Repeated: once
    it was begun it is not looked at any more."""
    operation = Operation.at_hand(operation_id)
    if not isinstance(change, SetTaskAssignment | EditSequence) or operation.changes.written_at(key) is not None:
        return False
    changed = changed_since(operation, undone_row(operation, plan.undone), change)
    if changed:
        operation.add_next(f"{changed} was changed since: left so")
    return changed is not None


@task(task_run_name="{key}", cache_policy=NO_CACHE)
def reverse(operation_id: str, key: str, change: Change) -> None:
    """Make one change, once. What is in use by now stays, and is left to a person."""
    operation = Operation.at_hand(operation_id)
    try:
        make_once(operation, key, change)
    except Refused as refused:
        operation.add_next(f"{change}: {refused.problem}. It stays until you delete it")
        operation.changes.refused(key, {"why": refused.problem})
