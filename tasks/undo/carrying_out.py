"""Taking back: contacts out and in again, tasks to whose they were, and what was made besides."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.changes import Change, ResumeEnrollment
from models.errors import Refused
from models.names import NONE
from models.names_in_frames import one_each
from models.rules.undoing import UNDO
from models.task_keys import task_key
from models.undo_plan import Return, UndoPlan
from models.wording import counted
from tasks.applying import make_once
from tasks.by_hand import by_hand
from tasks.enrolling import enroll_next_chunk
from tasks.narration import tell
from tasks.one_by_one import one_by_one
from tasks.operation import Operation
from tasks.pairs import Pairs
from tasks.step import task
from tasks.undo.contacts import left_of_contacts, outcome_of
from tasks.undo.made import handed_over_by, placed_by, undone_row

CHUNK = 1_000
ENDING = "unenroll:"
HELD = "paused while the settings come to act"
"""The detail of who is paused by this run: resumed at its end, unless they went back."""


def take_out(operation: Operation, plan: UndoPlan) -> None:
    """End the enrollments of those who go nowhere else: before any wait, since an email may be due."""
    for sequence, _ in plan.ends:
        while unenroll_next(operation.id, plan, sequence):
            pass


@task(task_run_name="unenroll a chunk from {sequence}", cache_policy=NO_CACHE)
def unenroll_next(operation_id: str, plan: UndoPlan, sequence: str) -> bool:
    """Unenroll the next contacts, each looked at right before; False when nobody is left.

    Repeated after a crash: who does not run there any more is done.
    """
    operation = Operation.at_hand(operation_id)
    contacts = next(operation.outcomes.chunks(CHUNK, forecast="unenrolled", outcome=None, sequence=sequence), None)
    if contacts is None:
        return False
    key = f"{ENDING}{sequence}:{contacts['email'].iloc[0]}"
    description = f"unenroll {counted(len(contacts), 'contact')} from '{sequence}'"
    begun = operation.changes.intend(key, "unenroll", description).state == "intended"
    contacts = contacts if begun else _still_ours(operation, plan, contacts)
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


def hold_still(operation: Operation, plan: UndoPlan) -> None:
    """Pause those who are to go back: a wait may follow, and an email that leaves meanwhile cannot be taken back."""
    for one in plan.returns:
        if one.source is not None:
            hold_back(operation.id, plan, one)


@task(task_run_name="pause who goes back into {one.target}", cache_policy=NO_CACHE)
def hold_back(operation_id: str, plan: UndoPlan, one: Return) -> int:
    """Mark and pause everybody of whom everything can be taken back; give how many. Repeated: nothing more happens."""
    operation = Operation.at_hand(operation_id)
    contacts = operation.outcomes.everything(forecast="enrolled", outcome=None, sequence=one.target)
    emails = _still_ours(operation, plan, contacts)["email"].tolist() if len(contacts) else []
    if emails:
        key, words = f"pause:{one.source}", f"pause {counted(len(emails), 'contact')} in '{one.source}' meanwhile"
        operation.changes.intend(key, "pause_enrollment", words)
        operation.outcomes.note(emails, HELD)
        operation.platform.pause(pd.DataFrame({"email": emails, "sequence": one.source}, dtype=object))
        operation.changes.applied(key, {"contacts": len(emails)})
        tell(words)
    return len(emails)


def let_go_on(operation: Operation, plan: UndoPlan) -> None:
    """Resume whoever was paused and did not go back, wherever this ended."""
    for one in plan.returns:
        if one.source is not None:
            release(operation.id, one)


@task(task_run_name="resume who stays in {one.source}", cache_policy=NO_CACHE)
def release(operation_id: str, one: Return) -> int:
    """Resume those who are marked as paused and have no outcome; give how many. Repeated: nothing happens."""
    operation = Operation.at_hand(operation_id)
    held = operation.outcomes.everything(outcome=None, detail=HELD, sequence=one.target)["email"].tolist()
    changes = [ResumeEnrollment(person=email, sequence=one.source or "") for email in held]
    refusals = one_by_one(changes, operation.platform.apply)
    if unresumed := [refusal for refusal in refusals if not isinstance(refusal, Refused)]:
        operation.add_next(f"paused in '{one.source}', and perhaps not resumed: {', '.join(held)}; resume them there")
        raise unresumed[0]
    operation.outcomes.note(held, "stays where it is")
    return len(held)


def put_back(operation: Operation, plan: UndoPlan) -> None:
    """Bring everybody back to where they were: one first, who shows whether the settings act, then chunks."""
    for one in plan.returns:
        if one.source is None:
            group = next(group for group in plan.groups if group.target == one.target)
            while enroll_next_chunk(operation.id, group):
                pass
            continue
        finish_pairs(operation.id, plan, one)
        size = 1
        while move_next(operation.id, plan, one, size):
            size = CHUNK


@task(task_run_name="bring a chunk back into {one.target}", cache_policy=NO_CACHE)
def move_next(operation_id: str, plan: UndoPlan, one: Return, size: int) -> bool:
    """Unenroll and enroll the next contacts, write their outcomes down; give whether to go on (`Pairs.move_next`)."""
    return _pairs(Operation.at_hand(operation_id), plan, one).move_next(size)


@task(task_run_name="finish what was begun of {one.target}", cache_policy=NO_CACHE)
def finish_pairs(operation_id: str, plan: UndoPlan, one: Return, *, for_good: bool = True) -> int:
    """Enroll whom a run that died had taken out; give how many (`Pairs.finish`)."""
    return _pairs(Operation.at_hand(operation_id), plan, one).finish(for_good=for_good)


def _pairs(operation: Operation, plan: UndoPlan, one: Return) -> "_Back":
    return _Back(operation, one.source or "", one.target, one.key, plan=plan)


@dataclass(frozen=True, kw_only=True)
class _Back(Pairs):
    plan: UndoPlan
    outcome: ClassVar[str] = "enrolled"
    gone: ClassVar[str] = "does not run there any more; left alone"
    not_begun: ClassVar[dict[str, str]] = {"stays": "", "": ""}

    def summary(self, number: int) -> str:
        return f"bring {counted(number, 'contact')} back from '{self.source}' into '{self.target}'"

    def still_to_move(self, contacts: pd.DataFrame) -> pd.DataFrame:
        return _still_ours(self.operation, self.plan, contacts)

    def homes(self, contacts: pd.DataFrame) -> "pd.Series[str]":
        last = self.operation.platform.last_enrollments(contacts["email"].tolist(), self.source).set_index("email")
        return contacts["email"].map(last["mailbox"]).fillna(contacts["mailbox"])

    def arrived(self, places: pd.DataFrame) -> pd.DataFrame:
        return places[["email", "step", "mailbox"]].assign(detail=f"is back in '{self.target}'")

    def record_gone(self, emails: "pd.Series[str]", detail: str | list[str]) -> None:
        self.operation.outcomes.record(pd.DataFrame({"email": emails, "outcome": "unchanged", "detail": detail}))


def _still_ours(operation: Operation, plan: UndoPlan, contacts: pd.DataFrame) -> pd.DataFrame:
    """Those of whom everything can be taken back still, and who is `paused`; the others' outcomes are written down."""
    row = undone_row(operation, plan.undone)
    placed = placed_by(operation.journal, row)
    placed = placed[placed["email"].isin(contacts["email"])]
    held = contacts.loc[contacts["detail"].eq(HELD), "email"].tolist()
    left = left_of_contacts(operation, row, placed, held)
    operation.outcomes.record(outcome_of(left))
    undo = left[left["state"].eq(UNDO)].set_index("email")
    out = contacts[contacts["email"].isin(undo.index)]
    return out.assign(paused=out["email"].map(undo["paused"]).eq(True))


def finish_begun(operation: Operation, plan: UndoPlan, *, for_good: bool) -> None:
    """Finish the pairs that a run had begun, and write down who was taken out or enrolled and not noted yet."""
    for one in plan.returns:
        if one.source is not None:
            finish_pairs.fn(operation.id, plan, one, for_good=for_good)
            release.fn(operation.id, one)
    for sequence, _ in plan.ends:
        if operation.changes.open_under(f"{ENDING}{sequence}:") is not None:
            unenroll_next.fn(operation.id, plan, sequence)


def hand_back(operation: Operation, plan: UndoPlan) -> None:
    """Hand tasks back to whose they were, where nobody has changed them since."""
    for user, _ in plan.tasks:
        while hand_back_next(operation.id, plan, user):
            pass


@task(task_run_name="hand tasks back to {user}", cache_policy=NO_CACHE)
def hand_back_next(operation_id: str, plan: UndoPlan, user: str) -> bool:
    """Hand the next tasks back to a user; False when none is left. Repeated after a crash: what is theirs stays so."""
    operation = Operation.at_hand(operation_id)
    handed = handed_over_by(operation.journal, undone_row(operation, plan.undone))
    waiting = operation.outcomes.everything(forecast="reassigned", outcome=None)
    rows = waiting[waiting["item"].isin(handed.loc[handed["assignee"].eq(user), "item"])].head(CHUNK)
    if rows.empty:
        return False
    key, words = f"reassign:{rows['item'].iloc[0]}", f"hand {counted(len(rows), 'task')} back to {user}"
    operation.changes.intend(key, "reassign_task", words)
    numbers = rows["item"].map(task_key)
    answer = operation.platform.reassign_tasks(pd.DataFrame({"task": numbers}), user).set_index("task")["reason"]
    now = operation.platform.tasks(numbers=numbers.tolist()).set_index("task")["assignee"]
    theirs = numbers.map(now).eq(user)
    reasons = one_each(numbers.map(answer))
    operation.outcomes.record(
        rows[["email", "item", "detail"]].assign(
            outcome=theirs.map({True: "reassigned", False: "failed"}).mask(~theirs & reasons.ne(NONE), "blocked"),
            reasons=reasons.mask(theirs, NONE),
        )
    )
    operation.changes.applied(key, {"tasks": len(rows)})
    tell(words)
    return True


def reverse_changes(operation: Operation, plan: UndoPlan) -> None:
    """Set back what was set, and delete the copies that were made; what the platform cannot do a person does."""
    for key, change in plan.reversing():
        by_hand(operation, [(key, change)])
        reverse(operation.id, key, change)


@task(task_run_name="{key}", cache_policy=NO_CACHE)
def reverse(operation_id: str, key: str, change: Change) -> None:
    """Make one change, once. What is in use by now stays, and a person is told."""
    operation = Operation.at_hand(operation_id)
    try:
        make_once(operation, key, change)
    except Refused as refused:
        operation.add_next(f"{change}: {refused.problem}. It stays until you delete it")
        operation.changes.refused(key, {"why": refused.problem})
