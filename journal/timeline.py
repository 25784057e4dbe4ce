"""When what happened in an operation, put together from what the journal holds. Times are the workspace's."""

from collections.abc import Iterator
from datetime import datetime

from pydantic import TypeAdapter
from sqlmodel import col, func, select

from journal import decisions, loans, operations, waits
from journal.database import Journal
from models.parts import whole_of
from models.report import ReportedEvent
from models.tables.journal import ChangeRow, LoanHolderRow, OperationRow

LENDING = "set_setting"  # shown as loans, with their own times
NOTES = ("noted", "left_open", "experiment")  # what a calibration writes down of its own steps
_AS_TIME = TypeAdapter(datetime)


def timeline_of(journal: Journal, operation: OperationRow) -> tuple[ReportedEvent, ...]:
    """What happened, in order of its beginning: each kind of change once, from the first one to the last."""
    parts = operations.parts_of(journal, operation.id)
    events = [*_of_one(journal, operation), *(event for part in parts for event in _of_one(journal, part))]
    return tuple(sorted(events, key=lambda event: event.since))  # at a clock that stands still, in the order above


def _of_one(journal: Journal, operation: OperationRow) -> Iterator[ReportedEvent]:
    """What happened in an operation itself; of a part not again that the whole was approved."""
    yield from _fell_out(operation)
    if whole_of(operation) is None:
        yield from _approved(journal, operation.id)
    yield from _borrowed(journal, operation)
    yield from _waited(journal, operation.id)
    yield from _changed(journal, operation.id)
    yield from _given_back(journal, operation.id)


def _event(what: str, since: datetime, until: datetime | None = None, about: str = "") -> ReportedEvent:
    longer = until if until is not None and until > since else None
    return ReportedEvent.model_validate({"what": what, "from": since, "until": longer, "about": about})


def _fell_out(operation: OperationRow) -> Iterator[ReportedEvent]:
    """When the mailbox changed its owner, where the plan knows it."""
    if changed_at := (operation.plan or {}).get("changed_at"):
        yield _event("fell_out", _AS_TIME.validate_python(changed_at))


def _approved(journal: Journal, operation_id: str) -> Iterator[ReportedEvent]:
    for row in decisions.of_operation(journal, operation_id):
        what = "declined" if row.answer == "no" else "approved"
        yield _event(what, row.decided_at, about=f"{row.question}, by {row.decided_by}")


def _borrowed(journal: Journal, operation: OperationRow) -> Iterator[ReportedEvent]:
    """From when to when settings were borrowed."""
    rows = loans.of_operation(journal, operation.id)
    if rows:  # a loan that was joined is older than the operation
        begun = [max(row.opened_at, operation.started_at) for row in rows]
        yield _event("borrowed", min(begun), max(begun))


def _given_back(journal: Journal, operation_id: str) -> Iterator[ReportedEvent]:
    """When the operation let go of what it had borrowed."""
    with journal.session() as session:
        released = session.exec(
            select(LoanHolderRow.released_at).where(
                LoanHolderRow.operation_id == operation_id, col(LoanHolderRow.released_at).is_not(None)
            )
        ).all()
    times = [at for at in released if at is not None]
    if times:
        yield _event("given_back", min(times), max(times))


def _waited(journal: Journal, operation_id: str) -> Iterator[ReportedEvent]:
    for row in waits.of_operation(journal, operation_id):
        yield _event("waited", row.since, row.ended_at or row.wakes_at, row.waits_for)
        if row.ended_at is not None and row.proved_by == "probe":
            yield _event("probed", row.ended_at, about=row.waits_for)


def _changed(journal: Journal, operation_id: str) -> Iterator[ReportedEvent]:
    """The changes that are known to be made, by kind."""
    applied_at = col(ChangeRow.applied_at)
    query = (
        select(ChangeRow.action, func.min(applied_at), func.max(applied_at))
        .where(
            ChangeRow.operation_id == operation_id,
            ChangeRow.state == "applied",
            col(ChangeRow.action).not_in((LENDING, *NOTES)),
        )
        .group_by(ChangeRow.action)
        .order_by(func.min(col(ChangeRow.id)))
    )
    with journal.session() as session:
        found = session.exec(query).all()
    for action, first, last in found:
        if first is not None:
            yield _event(action, first, last)
