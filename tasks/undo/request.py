"""What an undo is asked to do, checked against the journal and the workspace before anything is begun."""

import shlex

from pydantic import Field

from journal import operations
from journal.changes import changes_of
from journal.database import Journal
from models.errors import InvalidInput
from models.not_undone import NOT_UNDONE, NOTHING
from models.operation_end import can_go_on
from models.outcomes import NIGHT
from models.parameters import Range, check_range
from models.settings import Settings
from models.tables.journal import OperationRow
from platforms.port import Platform
from tasks import request_fields as shared
from tasks.request import Request, once

FIELD = "undone"


class UndoRequest(Request):
    """Take back what an operation did, as far as it can be taken back, and leave what people changed since."""

    procedure = "undo"

    undone: str = Field(
        title="Operation to undo",
        description="Its id, as `handoff history` shows it.",
        min_length=1,
        examples=["20261102-091500-3f2a"],
    )
    reenrollment_wait_min: shared.ReenrollmentWaitMin = 30
    reenrollment_wait_max: shared.ReenrollmentWaitMax = 90

    @property
    def wait(self) -> Range:
        """How long to wait at least and at most. Raises InvalidInput."""
        return check_range("reenrollment_wait", self.reenrollment_wait_min, self.reenrollment_wait_max)

    @once
    def check(self, platform: Platform) -> "Undo":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        _ = self.wait
        journal = Journal(Settings().journal_url)
        row = operations.named(journal, FIELD, self.undone)
        if row.workspace != platform.workspace:
            problem = f"{row.id} was carried out on '{row.workspace}', not on '{platform.workspace}'"
            raise InvalidInput(FIELD, problem, f"Say --workspace {shlex.quote(row.workspace)}")
        _refuse(journal, row)
        return self.checked_as(Undo, undone=row.id)


class Undo(UndoRequest):
    """The request with the id as the journal spells it."""

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.undone


def _refuse(journal: Journal, row: OperationRow) -> None:
    """Raise InvalidInput for an operation of which nothing can be taken back."""
    parts = operations.parts_of(journal, row.id)
    problem, remedy = NOT_UNDONE.get(row.procedure, ("", ""))
    if row.mode != "live" or (problem == NOTHING and not parts):
        raise InvalidInput(FIELD, f"{row.id} {NOTHING}", "See `handoff history`")
    if can_go_on(row):
        remedy = f"End it first: `handoff cancel {row.id}`, or let it come to its end: `handoff resume {row.id}`"
        raise InvalidInput(FIELD, f"{row.id} has not come to its end", remedy)
    if parts:
        raise InvalidInput(FIELD, f"{row.id} did it in parts: they are undone one by one", _by_parts(journal, parts))
    if row.procedure == NIGHT:
        started = [f"`handoff undo {one}`" for one in _started(journal, row)]
        remedy = " and ".join(started) or remedy
    if problem:
        raise InvalidInput(FIELD, f"{row.id} {problem}", remedy)


def _by_parts(journal: Journal, parts: list[OperationRow]) -> str:
    """How the parts of a handover are undone: the last first, and its change of owner by hand."""
    done = [f"`handoff undo {part.id}` ({part.procedure})" for part in reversed(parts) if changes_of(journal, part.id)]
    owner = "change the owner back by hand, if that is meant too: whoever runs from the mailbox then falls out"
    return "; then ".join([*done, owner])


def _started(journal: Journal, night: OperationRow) -> list[str]:
    """The operations that a night started, by their ids."""
    results = [change.result or {} for change in changes_of(journal, night.id)]
    found = [operations.of_flow_run(journal, one["flow_run_id"]) for one in results if one.get("flow_run_id")]
    return [*(one["operation_id"] for one in results if one.get("operation_id")), *(row.id for row in found if row)]
