"""Who goes back to another place is paused meanwhile: marked before, and resumed at the end, unless they went back.

Only who runs is paused. Who was paused before, by the operation or in its place, is never marked and never resumed;
how each is to go back is written down with the plan, since afterwards all of them look paused.
"""

from collections.abc import Iterable

import pandas as pd
from prefect.cache_policies import NO_CACHE

from models.changes import ResumeEnrollment
from models.errors import HandoffError, Refused
from models.rules.undoing import UNDO
from models.undo_plan import Return, UndoPlan
from models.wording import counted
from tasks.left_out import MOVING
from tasks.narration import tell
from tasks.one_by_one import one_by_one
from tasks.operation import Operation
from tasks.step import task
from tasks.undo.contacts import left_of_contacts, outcome_of
from tasks.undo.made import placed_by, undone_row

HOLDING = "about to be paused while the settings come to act"
HELD = "paused while the settings come to act"
"""The detail of who is paused by this run; the one before, of who may be: it may have died in between."""
STAYS = "stays where it is"


def hold_still(operation: Operation, plan: UndoPlan) -> None:
    """Pause those who are to go back: a wait may follow, and an email that leaves meanwhile cannot be taken back."""
    for one in plan.returns:
        if one.source is not None:
            hold_back(operation.id, plan, one)


@task(task_run_name="pause who goes back into {one.target}", cache_policy=NO_CACHE)
def hold_back(operation_id: str, plan: UndoPlan, one: Return) -> int:
    """Mark and pause the contacts of which everything can be taken back; give how many. Repeated: nothing more happens.

    Who was being moved when a run died is held already, or out: `Pairs.finish` sees to them.
    """
    operation = Operation.at_hand(operation_id)
    contacts = operation.outcomes.everything(forecast="enrolled", outcome=None, sequence=one.target)
    contacts = contacts[contacts["detail"].ne(MOVING)]
    _pause(operation, one, contacts.loc[contacts["detail"].eq(HOLDING), "email"].tolist())
    contacts = contacts.assign(detail=contacts["detail"].replace(HOLDING, HELD))
    left = still_ours(operation, plan, contacts) if len(contacts) else contacts
    emails = left["email"].tolist()
    there = operation.platform.places(emails, one.source or "") if emails else pd.DataFrame(columns=["email", "paused"])
    free = left["email"].isin(there.loc[there["paused"].ne(True), "email"]) & left["detail"].ne(HELD)
    return _pause(operation, one, left.loc[free, "email"].tolist())


def _pause(operation: Operation, one: Return, emails: list[str]) -> int:
    if emails:
        key, words = f"pause:{one.source}", f"pause {counted(len(emails), 'contact')} in '{one.source}' meanwhile"
        operation.changes.intend(key, "pause_enrollment", words)
        operation.outcomes.note(emails, HOLDING)
        operation.platform.pause(pd.DataFrame({"email": emails, "sequence": one.source}, dtype=object))
        operation.outcomes.note(emails, HELD)
        operation.changes.applied(key, {"contacts": len(emails)})
        tell(words)
    return len(emails)


def let_go_on(operation: Operation, plan: UndoPlan) -> None:
    """Resume those who were paused and did not go back, wherever this ended."""
    for one in plan.returns:
        if one.source is not None:
            release(operation.id, one)


@task(task_run_name="resume who stays in {one.source}", cache_policy=NO_CACHE)
def release(operation_id: str, one: Return) -> int:
    """Resume those who are marked as paused and have no outcome; give how many. Repeated: nothing happens."""
    operation = Operation.at_hand(operation_id)
    waiting = operation.outcomes.everything(outcome=None, sequence=one.target)
    held = waiting.loc[_is_held(operation, waiting), "email"].tolist()
    if unresumed := _resume(operation, held, one.source or ""):
        operation.add_next(f"paused in '{one.source}', and perhaps not resumed: {', '.join(held)}; resume them there")
        raise unresumed[0]
    operation.outcomes.note(held, STAYS)
    return len(held)


def _resume(operation: Operation, emails: Iterable[str], sequence: str) -> list[HandoffError]:
    """Resume contacts in a sequence; who does not run there, or is not paused, is left. Gives what went wrong."""
    changes = [ResumeEnrollment(person=email, sequence=sequence) for email in emails]
    return [one for one in one_by_one(changes, operation.platform.apply) if not isinstance(one, Refused)]


def _is_held(operation: Operation, contacts: pd.DataFrame) -> "pd.Series[bool]":
    marked = contacts["detail"].isin([HOLDING, HELD])
    return marked & ~paused_before(operation, contacts) if marked.any() else marked


def paused_before(operation: Operation, contacts: pd.DataFrame) -> "pd.Series[bool]":
    """Who of these contacts was paused before this run, and goes back so."""
    before = operation.outcomes.before_of(contacts["email"].tolist())
    return contacts["email"].isin([email for email, was in before.items() if was.get("paused")])


def still_ours(operation: Operation, plan: UndoPlan, contacts: pd.DataFrame) -> pd.DataFrame:
    """The contacts of which everything can be taken back still, and who is `paused`; the others' outcomes are
    written down.

    Who is held and stays, as a step was done meanwhile, is resumed."""
    row = undone_row(operation, plan.undone)
    placed = placed_by(operation.journal, row, contacts["email"])
    held = contacts.loc[_is_held(operation, contacts), "email"]
    left = left_of_contacts(operation, row, placed, held.tolist())
    kept = left[left["state"].ne(UNDO) & left["email"].isin(held)]
    for sequence, group in kept[kept["sequence"].notna()].groupby("sequence"):
        if unresumed := _resume(operation, group["email"], str(sequence)):
            raise unresumed[0]
    operation.outcomes.record(outcome_of(left))
    undo = left[left["state"].eq(UNDO)].set_index("email")
    out = contacts[contacts["email"].isin(undo.index)]
    return out.assign(paused=paused_before(operation, out))
