"""Operations: begun once, found again by the run that carries them, ended once."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import update as update_rows
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from journal.database import Journal
from models.errors import InvalidInput, Refused
from models.nearest import known
from models.parts import PART
from models.tables.journal import OperationRow
from models.wording import in_utc

ENDED = col(OperationRow.ended_at).is_not(None)
"""`models.operation_end.has_ended`, as a condition of a query."""
WHOLE = col(OperationRow.started_from).is_distinct_from(PART)
"""No part of another operation, likewise."""


def new_id() -> str:
    """A new operation's id: sortable by when it was begun, short enough to type, and of fifty begun in one second still
    its own (16 million signs)."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(3)}"


def begin(journal: Journal, operation: OperationRow) -> OperationRow:
    """Write a new operation down. Raises Refused naming the first where a live one has the subject already."""
    try:
        with journal.session() as session:
            session.add(operation)
    except IntegrityError as error:
        raise _in_progress(journal, operation, error) from error
    return operation


def begin_again(journal: Journal, operation: OperationRow) -> OperationRow:
    """A further attempt of one that ended or lost its loans. Raises Refused where another has the subject by now."""
    try:
        return update(
            journal,
            operation.id,
            status="running",
            ended_at=None,
            failure=None,
            next=[],
            attempt=operation.attempt + 1,
        )
    except IntegrityError as error:
        raise _in_progress(journal, operation, error) from error


def _in_progress(journal: Journal, operation: OperationRow, error: IntegrityError) -> Exception:
    first = _live(journal, operation)
    if first is None:
        return error
    return Refused(
        "in_progress",
        f"{operation.procedure} is already under way for {operation.subject}: operation {first.id},"
        f" begun {in_utc(first.recorded_at)}",
        f"Wait for it, or `handoff resume {first.id}`, or `handoff cancel {first.id}`",
    )


def _live(journal: Journal, operation: OperationRow) -> OperationRow | None:
    with journal.session() as session:
        return session.exec(
            select(OperationRow).where(
                OperationRow.workspace == operation.workspace,
                OperationRow.procedure == operation.procedure,
                OperationRow.subject == operation.subject,
                OperationRow.mode == "live",
                ~ENDED,
            )
        ).first()


def of_flow_run(journal: Journal, flow_run_id: str) -> OperationRow | None:
    """The operation that a flow run carries, if it began one already."""
    with journal.session() as session:
        return session.exec(select(OperationRow).where(OperationRow.flow_run_id == flow_run_id)).first()


def get(journal: Journal, operation_id: str) -> OperationRow | None:
    """An operation by its id."""
    with journal.session() as session:
        return session.get(OperationRow, operation_id)


def of_subject(journal: Journal, workspace: str, procedure: str, subject: str) -> list[OperationRow]:
    """A procedure's live operations on a subject, newest first."""
    with journal.session() as session:
        return list(
            session.exec(
                select(OperationRow)
                .where(
                    OperationRow.workspace == workspace,
                    OperationRow.procedure == procedure,
                    OperationRow.subject == subject,
                    OperationRow.mode == "live",
                )
                .order_by(col(OperationRow.recorded_at).desc())
            )
        )


def last_live(journal: Journal, workspace: str, procedure: str) -> datetime | None:
    """When a procedure's last live operation on a workspace was begun, our time."""
    with journal.session() as session:
        return session.exec(
            select(func.max(OperationRow.recorded_at)).where(
                OperationRow.workspace == workspace,
                OperationRow.procedure == procedure,
                OperationRow.mode == "live",
            )
        ).first()


def named(journal: Journal, field: str, operation_id: str) -> OperationRow:
    """The operation of that id, given in `field`. Raises InvalidInput with the nearest ids."""
    row = get(journal, operation_id) or get(journal, known(field, operation_id, ids(journal), "operation"))
    if row is None:
        raise InvalidInput(field, f"there is no operation '{operation_id}' any more", "See `handoff history`")
    return row


def ids(journal: Journal) -> list[str]:
    """The ids of operations, newest first, for a misspelt one to be answered with the nearest."""
    with journal.session() as session:
        return list(session.exec(select(OperationRow.id).order_by(col(OperationRow.recorded_at).desc()).limit(200)))


def update(journal: Journal, operation_id: str, **values: Any) -> OperationRow:
    """Set fields of an operation. Whoever sets `ended_at` (the workspace's time) ends it at our time too."""
    if "ended_at" in values:
        values["recorded_end_at"] = datetime.now(UTC) if values["ended_at"] is not None else None
    with journal.session() as session:
        row = _row(session, operation_id)
        for name, value in values.items():
            setattr(row, name, value)
        session.add(row)
        return row


def add_next(journal: Journal, operation_id: str, *lines: str) -> None:
    """Add lines to what a person has to do, each once."""
    with journal.session() as session:
        # Of several processes at once each adds its own: one reads after the other has written.
        row = session.get_one(OperationRow, operation_id, with_for_update=True)
        row.next = list(dict.fromkeys([*(row.next or []), *lines]))
        session.add(row)


def take_up(journal: Journal, seen: OperationRow, carrier: str, until: datetime, **values: Any) -> OperationRow | None:
    """Have a process carry an operation, if nobody has taken it up since it was `seen`; None where somebody has.

    `until` is its next sign of life. Sets `values` in the same write. Of two processes at once one succeeds: the
    database compares and sets.
    """
    now = datetime.now(UTC)
    since = seen.carried_since if seen.carrier == carrier else now
    promised = max(seen.alive_until or until, until)
    statement = (
        update_rows(OperationRow)
        .where(
            col(OperationRow.id) == seen.id,
            col(OperationRow.carrier).is_not_distinct_from(seen.carrier),
            col(OperationRow.carrier_until).is_not_distinct_from(seen.carrier_until),
        )
        .values(carrier=carrier, carried_since=since, carrier_until=until, alive_until=promised, **values)
    )
    with journal.session() as session:
        if session.execute(statement).rowcount != 1:  # type: ignore[attr-defined]  # an UPDATE's result has it
            return None
        return _row(session, seen.id)


def put_down(journal: Journal, operation_id: str, carrier: str) -> None:
    """Have a process carry an operation no more. Nothing where another does."""
    with journal.session() as session:
        session.execute(
            update_rows(OperationRow)
            .where(col(OperationRow.id) == operation_id, col(OperationRow.carrier) == carrier)
            .values(carrier=None, carried_since=None, carrier_until=None)
        )


def promise_life(journal: Journal, operation_id: str, until: datetime, carrier: str | None = None) -> None:
    """Promise an operation's next sign of life by then, our time; and that of the process that carries it, where it is
    this one. What was promised for later stays."""
    with journal.session() as session:
        row = _row(session, operation_id)
        row.alive_until = max(row.alive_until or until, until)
        if carrier is not None and row.carrier == carrier:
            row.carrier_until = until
        session.add(row)


def silent_since(row: OperationRow) -> datetime | None:
    """When an operation had promised a sign of life that it did not give; None: it is not silent."""
    promised = row.alive_until
    return promised if promised is not None and promised < datetime.now(UTC) else None


def count_wake(journal: Journal, operation_id: str, seen: int) -> bool:
    """Count one more wake, if nobody else has since `seen`: of two sweeps at once, one starts the run again."""
    with journal.session() as session:
        row = _row(session, operation_id)
        if row.woken != seen:
            return False
        row.woken += 1
        session.add(row)
        return True


def carried_by_workers(journal: Journal, workspace: str | None, since: datetime) -> list[OperationRow]:
    """Live operations that workers carry and that have not ended well: under way, or begun `since` and failed. No part
    of another: the process that carries the whole carries it."""
    query = (
        select(OperationRow)
        .where(
            OperationRow.deployed,
            WHOLE,
            OperationRow.mode == "live",
            ~ENDED | ((col(OperationRow.status) == "failed") & (col(OperationRow.recorded_at) > since)),
        )
        .order_by(col(OperationRow.recorded_at))
    )
    if workspace is not None:
        query = query.where(OperationRow.workspace == workspace)
    with journal.session() as session:
        return list(session.exec(query))


def _row(session: Session, operation_id: str) -> OperationRow:
    row = session.get(OperationRow, operation_id)
    if row is None:
        raise KeyError(operation_id)
    return row


def parts_of(journal: Journal, whole: str) -> list[OperationRow]:
    """The operations that are parts of one, in the order in which they were begun."""
    where = (OperationRow.started_by == whole, ~WHOLE)
    with journal.session() as session:
        return list(session.exec(select(OperationRow).where(*where).order_by(col(OperationRow.recorded_at))))


def past(journal: Journal, limit: int = 200) -> list[OperationRow]:
    """Operations that ended, newest first; none that is part of another."""
    return _list(journal, ENDED, limit)


def ended_of(
    journal: Journal, workspace: str, procedures: Sequence[str], mode: str, limit: int | None = None
) -> list[OperationRow]:
    """A workspace's operations of these procedures that ended, newest first: all of them, however long ago."""
    with journal.session() as session:
        return list(
            session.exec(
                select(OperationRow)
                .where(
                    ENDED,
                    OperationRow.workspace == workspace,
                    col(OperationRow.procedure).in_(procedures),
                    OperationRow.mode == mode,
                )
                .order_by(col(OperationRow.recorded_at).desc())
                .limit(limit)
            )
        )


def in_flight(journal: Journal, *, with_parts: bool = False) -> list[OperationRow]:
    """Operations that have not ended, newest first; those that are parts of others only if wanted."""
    return _list(journal, ~ENDED, 10_000, with_parts=with_parts)


def _list(journal: Journal, condition: Any, limit: int, *, with_parts: bool = False) -> list[OperationRow]:
    newest = col(OperationRow.recorded_at).desc()
    query = select(OperationRow).where(condition).order_by(newest).limit(limit)
    with journal.session() as session:
        return list(session.exec(query if with_parts else query.where(WHOLE)))


def was_live(journal: Journal, workspace: str, procedures: Sequence[str]) -> bool:
    """Whether some live operation of these procedures on a workspace has come to its end."""
    where = (
        OperationRow.workspace == workspace,
        OperationRow.mode == "live",
        OperationRow.status == "completed",
        col(OperationRow.procedure).in_(procedures),
    )
    with journal.session() as session:
        return session.exec(select(OperationRow.id).where(*where).limit(1)).first() is not None
