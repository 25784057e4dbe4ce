"""What an operation set, and whether it is still so: who gets a sequence's tasks, and a sequence's steps."""

from models.changes import EditSequence, SetTaskAssignment
from models.errors import Hidden
from models.rules.upgrading import steps_of
from models.tables.journal import OperationRow
from tasks.operation import Operation
from tasks.shown import is_there, own_assignment
from tasks.undo.made import assignments_by, edits_by


def assignment_is_as_set(operation: Operation, made: SetTaskAssignment, *, where_hidden: bool) -> bool:
    """Whether who gets a sequence's tasks is what was set; `where_hidden` is the answer where the platform hides it."""
    if not is_there(operation.platform, "sequence", made.sequence):
        return False
    try:
        return own_assignment(operation.platform, made.sequence) == {"mode": made.mode, "user": made.user}
    except Hidden:
        return where_hidden


def steps_are_as_set(operation: Operation, made: EditSequence) -> bool:
    """Whether the steps of a sequence, which is there, are still those that were set."""
    return steps_of(operation.platform.steps(made.sequence)) == made.steps


def changed_since(operation: Operation, undone: OperationRow, change: SetTaskAssignment | EditSequence) -> str | None:
    """What somebody has changed since, of what is to be set back now, in words; None: nothing."""
    if isinstance(change, SetTaskAssignment):
        ours = [made for made, _ in assignments_by(operation.journal, undone) if made.sequence == change.sequence]
        as_set = any(assignment_is_as_set(operation, made, where_hidden=True) for made in ours)
        return None if as_set else f"who gets the tasks of '{change.sequence}'"
    edits = [made for made, _ in edits_by(operation.journal, undone) if made.sequence == change.sequence]
    there = is_there(operation.platform, "sequence", change.sequence)
    as_set = there and any(steps_are_as_set(operation, made) for made in edits)
    return None if as_set else f"the steps of '{change.sequence}'"
