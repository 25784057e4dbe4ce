"""Gathering what became of the contacts of a handover that was carried out: from its parts into its own report."""

from prefect.cache_policies import NO_CACHE

from journal import operations
from journal.outcomes import Outcomes
from models.handover import CarriedMailbox, HandoverPlan
from models.names import NONE
from models.operation_end import came_to_its_end, can_go_on
from models.tables.journal import OperationRow
from models.wording import counted
from tasks.operation import Operation
from tasks.parts import was_declined
from tasks.step import task

RUNS = "the owner was not changed: runs as before"
LEFT = "ran from the mailbox no more when its owner changed"
OUT = "fell out with the change of owner, and is not put back yet"
TAKEN_OVER = ["email", "outcome", "reasons", "mailbox", "step", "detail"]


@task(task_run_name="gather what became of them", cache_policy=NO_CACHE)
def gather(operation_id: str) -> None:
    """Write down what became of every contact, as its parts tell, and what they leave to a person.

    Also of one that ends early: contacts that were moved stay moved, and those that were not touched run as before.
    Repeated: the same, as it is by then.
    """
    operation = Operation.at_hand(operation_id)
    plan = HandoverPlan.model_validate(operation.row.plan)
    parts = operations.parts_of(operation.journal, operation.id)
    seen = set[str]()
    for part in reversed(parts):  # who was to be moved, fell out and is back, is back
        seen |= _take_over(operation, part, seen)
        operation.add_next(*(part.next or [] if came_to_its_end(part) else []))
        if was_declined(part):
            operation.add_next(f"{part.procedure} for {part.subject} was not approved: decide, and run it yourself")
    for one in plan.carried:
        _record_rest(operation, one, seen, parts)


def _take_over(operation: Operation, part: OperationRow, seen: set[str]) -> set[str]:
    """Copy what became of a part's contacts, of those not yet in; give their addresses."""
    planned = {email for chunk in operation.outcomes.chunks() for email in chunk["email"]}
    found = set[str]()
    for contacts in Outcomes(operation.journal, part.id).chunks():
        new = contacts[contacts["outcome"].notna() & ~contacts["email"].isin(seen | found)]
        there = new["email"].isin(planned)
        operation.outcomes.forecast(new[~there].assign(item=""))  # enrolled since the plan was made
        operation.outcomes.record(new.loc[there, TAKEN_OVER])
        found |= set(new["email"])
    return found


def _record_rest(operation: Operation, one: CarriedMailbox, seen: set[str], parts: list[OperationRow]) -> None:
    """Write down what became of the contacts of a mailbox that no part has an outcome of."""
    changed = operation.changes.is_made(f"change_owner:{one.mailbox}")
    mine = {row.procedure: row for row in parts if row.subject == one.mailbox}
    back = mine.get("ownership-change")
    outcome, detail = ("unchanged", RUNS) if not changed else ("failed", OUT)
    if back is not None and back.plan is not None and not can_go_on(back):
        outcome, detail = "unchanged", LEFT
    for contacts in operation.outcomes.chunks(mailbox=one.mailbox):
        rest = contacts.loc[~contacts["email"].isin(seen), ["email"]]
        operation.outcomes.record(rest.assign(outcome=outcome, reasons=NONE, detail=detail))
    first = mine.get("queued-backlog")
    moved = Outcomes(operation.journal, first.id).counts("outcome").get("reassigned", 0) if first else 0
    if moved and not changed:
        were = counted(moved, "contact that was moved stays moved", "contacts that were moved stay moved")
        operation.add_next(f"the owner of {one.mailbox} was not changed; {were}")
