"""Ending an operation before its end, because somebody says so."""

from dataclasses import dataclass

from journal import loans, operations
from models.errors import InvalidInput
from models.operation_end import can_go_on
from models.parts import refuse_part
from tasks import carrying
from tasks.borrowing import return_everything
from tasks.exclusion_rerun.watching import look_before_it_ends
from tasks.hooks import end_parts
from tasks.operation import Operation
from tasks.reporting import conclude
from tasks.runs import end_run
from tasks.unfinished import finish_begun


@dataclass(frozen=True)
class Ended:
    """An operation that somebody ended: the state of each of its loans, and what is left to a person, a line each."""

    loans: dict[str, str]
    next: tuple[str, ...]


def cancel_operation(operation_id: str) -> Ended:
    """Finish the pairs that an operation had begun, give back what it borrowed, and end it and a worker's run of it."""
    operation = Operation.at_hand(operation_id)
    refuse_part(operation.row, "cancel")
    if operation.row.deployed:
        end_run(operation.row.flow_run_id)  # first: nothing more may be enrolled
    row = carrying.take_up(operation.journal, operation.row)  # raises where a shell carries it: that has to end first
    if not can_go_on(row):  # it went on by itself, and came to its end, since it was looked at
        carrying.put_down(operation.journal, row.id)
        raise InvalidInput("OPERATION_ID", f"{row.id} has ended ({row.status})", "See `handoff show`")
    end_parts(operation, "cancelled", "the operation that it is part of was cancelled")
    finish_begun(operation)
    declined = look_before_it_ends(operation)
    left = [f"{one}; then `handoff restore`" for one in return_everything(operation)]
    operation.add_next(*declined, *left)
    left_to_do = conclude.fn(operation_id, "cancelled").next
    journal = operation.journal
    parts = [part.id for part in operations.parts_of(journal, operation_id)]
    lent = (one for whose in (*parts, operation_id) for one in loans.of_operation(journal, whose))
    return Ended({one.setting: one.state for one in lent}, left_to_do)
