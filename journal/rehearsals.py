"""Rehearsals: live operations on the twin of a workspace, and what became of the same on the workspace itself."""

from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select
from sqlmodel import col
from sqlmodel import select as select_rows

from journal.counted import removed_of
from journal.database import Journal
from journal.operations import ENDED
from journal.outcome_rows import TABLE
from models.operation_end import TO_THE_END, came_to_its_end
from models.parameters import same_parameters
from models.report import Rehearsal, RehearsedContact
from models.tables.journal import OperationRow
from models.twins import original_of, twin_of

MOST = 1_000
LOOKED_AT = 200


def rehearsal_of(journal: Journal, operation: OperationRow) -> Rehearsal | None:
    """What a live operation that came to its end was rehearsed to be; None where it was not, or is a rehearsal."""
    if operation.mode != "live" or not came_to_its_end(operation) or original_of(operation.workspace) is not None:
        return None
    if removed := removed_of(journal, operation.id):
        return Rehearsal.model_validate(removed.rehearsal) if removed.rehearsal else None
    rehearsed = _last(journal, operation)
    if rehearsed is None or rehearsed.ended_at is None or removed_of(journal, rehearsed.id):
        return None
    with journal.engine.connect() as connection:
        contacts, differing = _differing(connection, rehearsed.id, operation.id)
        return Rehearsal(
            operation_id=rehearsed.id,
            ended_at=rehearsed.ended_at,
            differing=differing,
            contacts=contacts,
            counts=_counts(connection, rehearsed.id, operation.id),
        )


def _last(journal: Journal, operation: OperationRow) -> OperationRow | None:
    """The last rehearsal that came to its end before this operation began, with the same parameters."""
    with journal.session() as session:
        found = session.exec(
            select_rows(OperationRow)
            .where(
                col(OperationRow.workspace) == twin_of(operation.workspace),
                col(OperationRow.mode) == "live",
                col(OperationRow.procedure) == operation.procedure,
                ENDED,
                col(OperationRow.status).in_(TO_THE_END),
                col(OperationRow.recorded_at) < operation.recorded_at,
            )
            .order_by(col(OperationRow.recorded_at).desc())
            .limit(LOOKED_AT)
        )
        return next((row for row in found if same_parameters(row.parameters, operation.parameters)), None)


def _counts(connection: Connection, rehearsed: str, operation: str) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for name, which in (("rehearsed", rehearsed), ("outcome", operation)):
        query = select(TABLE.c.outcome, func.count()).where(TABLE.c.operation_id == which).group_by(TABLE.c.outcome)
        for outcome, number in connection.execute(query.order_by(TABLE.c.outcome)):
            found.setdefault(str(outcome), {"rehearsed": 0, "outcome": 0})[name] = number
    return found


def _differing(connection: Connection, rehearsed: str, operation: str) -> tuple[tuple[RehearsedContact, ...], int]:
    """Contacts that came to another end, or that only one of the two considered; and how many there are."""
    contacts: list[RehearsedContact] = []
    differing = 0
    for query in (_other_ends(rehearsed, operation), _only_in(operation, rehearsed)):
        differing += connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        rows = connection.execute(query.limit(MOST - len(contacts))).mappings()
        contacts.extend(RehearsedContact(**{name: str(value or "") for name, value in row.items()}) for row in rows)
    return tuple(contacts), differing


def _numbered(operation: str) -> Any:
    """An operation's outcomes, those of one contact numbered by their words: what tells several of a contact apart,
    such as a task's id, is another one on a twin."""
    number = func.row_number().over(partition_by=TABLE.c.email, order_by=(TABLE.c.outcome, TABLE.c.id))
    query = select(TABLE.c.email, TABLE.c.outcome, TABLE.c.reasons, number.label("number"))
    return query.where(TABLE.c.operation_id == operation).subquery()


def _other_ends(rehearsed: str, operation: str) -> Select[Any]:
    before, after = _numbered(rehearsed), _numbered(operation)
    same = and_(after.c.email == before.c.email, after.c.number == before.c.number)
    return (
        select(before.c.email, before.c.outcome.label("rehearsed"), after.c.outcome, after.c.reasons)
        .select_from(before.outerjoin(after, same))
        .where(or_(after.c.email.is_(None), after.c.outcome.is_distinct_from(before.c.outcome)))
        .order_by(before.c.email, before.c.number)
    )


def _only_in(operation: str, rehearsed: str) -> Select[Any]:
    before, after = _numbered(rehearsed), _numbered(operation)
    same = and_(after.c.email == before.c.email, after.c.number == before.c.number)
    columns = (after.c.email, before.c.outcome.label("rehearsed"), after.c.outcome, after.c.reasons)
    found = select(*columns).select_from(after.outerjoin(before, same)).where(before.c.email.is_(None))
    return found.order_by(after.c.email, after.c.number)
