"""Operations that are parts of another: begun in the run that carries the whole, ended with it, gathered in its report.

A part is an operation of its own procedure, with that procedure's plan, outcomes, loans and way of finishing what was
begun. It has no run of its own: it waits and asks as the whole does.
"""

from collections.abc import Callable
from typing import TypeVar

from journal import decisions, operations
from models.operation_end import can_go_on, has_ended
from models.plan import Plan
from models.report import Report
from models.tables.journal import OperationRow
from tasks.approving import GO_ON, plan_and_agree
from tasks.operation import Operation, begin_part
from tasks.reporting import conclude
from tasks.request import Request

P = TypeVar("P", bound=Plan)
Q = TypeVar("Q", bound=Request)


def part_of(whole: Operation, procedure: str, subject: str) -> OperationRow | None:
    """The part of an operation that is of this procedure and on this subject, if it was begun."""
    parts = operations.parts_of(whole.journal, whole.id)
    return next((row for row in parts if (row.procedure, row.subject) == (procedure, subject)), None)


def carry_part_out(
    whole: Operation,
    request: Q,
    subject: str,
    plan: Callable[[str, Q], P],
    covered: Callable[[P], bool],
    carry_out: Callable[[Operation, P, Q], Report],
) -> bool:
    """Carry a part out to its end; give whether the whole may go on: False where somebody said no to the part.
    Repeated: nothing that was done is done again.

    Who approved the whole has approved a part whose plan is `covered` by what they were shown; else they are asked.
    """
    begun = part_of(whole, request.procedure, subject)
    if begun is not None and not can_go_on(begun):
        return begun.status != "cancelled"
    part = begin_part(whole, request, begun)
    made = plan(part.id, request)
    if made.is_empty:
        conclude(part.id)
        return True
    if covered(made):
        _agree_with_the_whole(whole, part, made)
    agreed = plan_and_agree(part, plan, request)
    if isinstance(agreed, Report):
        return False
    carry_out(part, agreed, request)
    return True


def _agree_with_the_whole(whole: Operation, part: Operation, plan: Plan) -> None:
    """Write down that a part's plan is agreed to, by the person who approved the whole. Repeated: nothing more."""
    said = [row for row in decisions.of_operation(whole.journal, whole.id) if row.question == GO_ON]
    by = f"{said[-1].decided_by}, with {whole.id}"
    decisions.record(part.journal, part.id, GO_ON, plan.fingerprint(), "yes", by, part.now())


def open_parts(whole: Operation) -> list[OperationRow]:
    """The parts of an operation that have not ended."""
    return [row for row in operations.parts_of(whole.journal, whole.id) if not has_ended(row)]


def was_declined(part: OperationRow) -> bool:
    """Whether somebody said no to a part's plan: it ended so, and not with the whole."""
    return part.status == "cancelled" and part.failure is None
