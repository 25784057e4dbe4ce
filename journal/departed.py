"""Who ran at one look at the mailboxes and not at the next: written down by the look, accounted for by a night.

A row stays until it is accounted for: forgotten, since what became of the person is known, or named to a person by a
night that has ended. Who a night was to name that was cut short is open again.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, bindparam, delete, insert, or_, select, update
from sqlmodel import SQLModel

from journal.database import Journal
from journal.operations import ENDED
from models.operation_end import TO_THE_END
from models.outcomes import GATHERING
from models.tables.journal import OperationRow, OutcomeRow
from models.tables.owners import DepartedRow

TABLE, OUTCOME, OPERATION = (
    SQLModel.metadata.tables[str(row.__tablename__)] for row in (DepartedRow, OutcomeRow, OperationRow)
)
COLUMNS = ["id", "email", "sequence", "mailbox", "seen_at"]
CHUNK = 50_000


def add(journal: Journal, workspace: str, people: pd.DataFrame) -> None:
    """Write people down (columns `email, sequence, mailbox, seen_at`), each once however often it is done."""
    rows = [
        {"workspace": workspace, "email": email, "sequence": sequence, "mailbox": mailbox, "seen_at": seen_at}
        for email, sequence, mailbox, seen_at in people[COLUMNS[1:]].itertuples(index=False)
    ]
    same = [TABLE.c[name] == bindparam(f"same_{name}") for name in ("workspace", "email", "seen_at")]
    if rows:
        with journal.engine.begin() as connection:
            connection.execute(
                delete(TABLE).where(*same), [{f"same_{name}": value for name, value in row.items()} for row in rows]
            )
            connection.execute(insert(TABLE), rows)


def forget_named(journal: Journal, workspace: str) -> None:
    """Forget who was named by a live night that came to its end: they are named once."""
    named = select(OPERATION.c.id).where(OPERATION.c.mode == "live", ENDED, OPERATION.c.status.in_(TO_THE_END))
    with journal.engine.begin() as connection:
        connection.execute(delete(TABLE).where(TABLE.c.workspace == workspace, TABLE.c.named_by.in_(named)))


def open_chunks(journal: Journal, workspace: str, operation_id: str, chunk: int = CHUNK) -> Iterator[pd.DataFrame]:
    """Who is not accounted for, in the order in which they departed; columns `id, email, sequence, mailbox, seen_at`.

    Whoever another live night is about to name is left to it.
    """
    others = select(OPERATION.c.id).where(
        OPERATION.c.mode == "live", ~ENDED | OPERATION.c.status.in_(TO_THE_END), OPERATION.c.id != operation_id
    )
    is_open = or_(TABLE.c.named_by.is_(None), TABLE.c.named_by.not_in(others))
    yield from _chunks(journal, chunk, TABLE.c.workspace == workspace, is_open)


def open_between(
    journal: Journal, workspace: str, mailbox: str, first: datetime, last: datetime, chunk: int = CHUNK
) -> Iterator[pd.DataFrame]:
    """Who was seen to run from a mailbox between two instants and is not accounted for; columns as `open_chunks`."""
    seen = TABLE.c.mailbox == mailbox, TABLE.c.seen_at >= first, TABLE.c.seen_at < last
    yield from _chunks(journal, chunk, TABLE.c.workspace == workspace, TABLE.c.named_by.is_(None), *seen)


def named_chunks(
    journal: Journal, operation_id: str, mailbox: str | None = None, sequence: str | None = None, chunk: int = CHUNK
) -> Iterator[pd.DataFrame]:
    """Who a night names, of a mailbox and a sequence where given; columns as `open_chunks`, and `detail`."""
    given = {"mailbox": mailbox, "sequence": sequence}
    where = [TABLE.c[name] == value for name, value in given.items() if value is not None]
    yield from _chunks(journal, chunk, TABLE.c.named_by == operation_id, *where)


def _chunks(journal: Journal, chunk: int, *where: ColumnElement[bool]) -> Iterator[pd.DataFrame]:
    names, after = [*COLUMNS, "detail"], 0
    while True:
        query = select(*(TABLE.c[name] for name in names)).where(*where, TABLE.c.id > after)
        with journal.engine.connect() as connection:
            rows = connection.execute(query.order_by(TABLE.c.id).limit(chunk)).fetchall()
        if not rows:
            return
        after = rows[-1][0]
        found = pd.DataFrame.from_records([tuple(row) for row in rows], columns=names)
        yield found.assign(seen_at=pd.to_datetime(found["seen_at"], utc=True))


def name(journal: Journal, operation_id: str, departed: pd.DataFrame) -> None:
    """Have a night name these (columns `id, detail`); nobody else, where it was to before."""
    rows = [{"which": number, "why": why} for number, why in departed[["id", "detail"]].itertuples(index=False)]
    statement = (
        update(TABLE).where(TABLE.c.id == bindparam("which")).values(named_by=operation_id, detail=bindparam("why"))
    )
    if rows:
        with journal.engine.begin() as connection:
            connection.execute(statement, rows)


def release(journal: Journal, operation_id: str) -> None:
    """Have a night name nobody: its plan is made anew."""
    with journal.engine.begin() as connection:
        connection.execute(update(TABLE).where(TABLE.c.named_by == operation_id).values(named_by=None))


def forget(journal: Journal, ids: "pd.Series[Any]") -> None:
    """Forget those who are accounted for, by their numbers."""
    rows = [{"which": number} for number in ids.tolist()]
    if rows:
        with journal.engine.begin() as connection:
            connection.execute(delete(TABLE).where(TABLE.c.id == bindparam("which")), rows)


def treated(journal: Journal, workspace: str, first: int, last: int, cut_short: list[str]) -> pd.DataFrame:
    """What live operations say of departed people (those numbered `first` to `last`); not nights, nor those cut short.

    Columns `id` (of the departed), `procedure, sequence` (meant for them), `outcome` (None: none yet), `reasons`,
    `began, ended` (UTC; NaT: it goes on). Only of operations that had not ended when the person was last seen to run.
    """
    began, ended = OPERATION.c.started_at, OPERATION.c.ended_at
    said = (OPERATION.c.procedure, OUTCOME.c.sequence, OUTCOME.c.outcome, OUTCOME.c.reasons)
    query = (
        select(TABLE.c.id, *said, began, ended)
        .join_from(TABLE, OPERATION, OPERATION.c.workspace == TABLE.c.workspace)
        .join(OUTCOME, (OUTCOME.c.operation_id == OPERATION.c.id) & (OUTCOME.c.email == TABLE.c.email))
        .where(
            TABLE.c.id.between(first, last),
            TABLE.c.workspace == workspace,
            OPERATION.c.mode == "live",
            OPERATION.c.procedure.not_in(GATHERING),
            OPERATION.c.id.not_in(cut_short),
            ended.is_(None) | (ended >= TABLE.c.seen_at),
        )
    )
    with journal.engine.connect() as connection:
        rows = connection.execute(query).fetchall()
    found = pd.DataFrame.from_records(
        [tuple(row) for row in rows], columns=["id", "procedure", "sequence", "outcome", "reasons", "began", "ended"]
    )
    return found.astype({"began": "datetime64[ns, UTC]", "ended": "datetime64[ns, UTC]"})
