"""Outcomes: a row a contact, with what was forecast and what became of it. Written and read in chunks."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd
from sqlalchemy import Select, and_, bindparam, delete, func, select, update
from sqlmodel import SQLModel

from journal.database import Journal
from journal.outcome_rows import (
    BEFORE,
    ID,
    TABLE,
    as_lists,
    before_as_json,
    insert_rows,
    of_operation,
    read_rows,
    span_of,
    update_rows,
    within,
)
from models.names import Names
from models.outcomes import DONE, NOT_DONE
from models.tables.journal import OperationRow

COLUMNS = [
    "email",
    "item",
    "sequence",
    "mailbox",
    "play",
    "forecast",
    "forecast_reasons",
    "outcome",
    "reasons",
    "step",
    "detail",
]
CHUNK = 50_000
AT_ONCE = 500  # addresses in one query


class Outcomes:
    """What was forecast and what became of the contacts of one operation."""

    def __init__(self, journal: Journal, operation_id: str) -> None:
        self._journal, self._id = journal, operation_id

    def clear(self) -> None:
        """Forget an operation's contacts: a plan that was cut short is made anew."""
        with self._journal.engine.begin() as connection:
            connection.execute(delete(TABLE).where(TABLE.c.operation_id == self._id))

    def forecast(self, contacts: pd.DataFrame, before: pd.DataFrame | None = None) -> int:
        """Write contacts down (any of COLUMNS; `email` and `forecast` at least; reasons are Names); give how many.

        `before` has what is kept of each as it was, in the same order: a row that holds nothing is left out.
        `item` is for procedures that have several rows a contact: it tells them apart.
        """
        columns = as_lists(contacts)
        if before is not None:
            columns[BEFORE] = before_as_json(before)
        if len(contacts):
            with self._journal.engine.begin() as connection:
                insert_rows(connection, columns, operation_id=self._id)
        return len(contacts)

    def number_waves(self, sizes: Sequence[int]) -> None:
        """Part the contacts that are to be enrolled into waves of these sizes, in the order in which they were written
        down; everybody else is of the first."""
        first = 0
        with self._journal.engine.begin() as connection:
            mine = of_operation(connection, self._id)
            connection.execute(update(TABLE).where(mine, TABLE.c.wave != 1).values(wave=1))
            for wave, size in enumerate(sizes, 1):
                theirs = select(TABLE.c.id).where(mine, TABLE.c.forecast == "enrolled").order_by(TABLE.c.id)
                theirs = theirs.limit(size).offset(first)
                connection.execute(update(TABLE).where(TABLE.c.id.in_(theirs)).values(wave=wave))
                first += size

    def by_wave(self) -> dict[tuple[int, str, str | None], int]:
        """How many contacts are to be enrolled in each wave, into which sequence, through which play."""
        by = (TABLE.c.wave, TABLE.c.sequence, TABLE.c.play)
        query = select(*by, func.count()).where(TABLE.c.forecast == "enrolled").group_by(*by)
        return {tuple(row[:3]): row[3] for row in self._rows(query)}

    def reforecast(self, emails: list[str], forecast: str, reasons: Names) -> None:
        """Write another forecast down for these contacts: somebody decided on them before anything was done."""
        statement = (
            update(TABLE)
            .where(TABLE.c.operation_id == self._id, TABLE.c.email == bindparam("which"))
            .values(forecast=forecast, forecast_reasons=reasons)
        )
        if emails:
            with self._journal.engine.begin() as connection:
                connection.execute(statement, [{"which": email} for email in emails])

    def note(self, emails: list[str], detail: str) -> None:
        """Mark contacts whose change is about to be made: who comes after a crash finds the mark."""
        statement = (
            update(TABLE)
            .where(TABLE.c.operation_id == self._id, TABLE.c.email == bindparam("which"))
            .values(detail=detail)
        )
        if emails:
            with self._journal.engine.begin() as connection:
                connection.execute(statement, [{"which": email} for email in emails])

    def record(self, outcomes: pd.DataFrame) -> None:
        """Write down what became of contacts: columns `email, outcome`, and any of `reasons, step, detail, mailbox`.

        With a column `id`, as `chunks` gives it, of that row; with a column `item`, of that row of the contact; without
        either, of all of them.
        """
        columns = as_lists(outcomes)
        email = columns.pop("email")
        by = {name: columns.pop(name) for name in ("item", ID) if name in columns}
        if not email:
            return
        with self._journal.engine.begin() as connection:
            if ID in by:  # found at once, where an address is looked up first
                update_rows(connection, columns, {ID: by[ID]})
            else:
                update_rows(connection, columns, {"email": email, **by}, operation_id=self._id)

    def record_rest(self, outcome: str, reasons: Names, detail: str) -> None:
        """Write the same down for every contact that was to be changed and has no outcome yet."""
        with self._journal.engine.begin() as connection:
            connection.execute(
                update(TABLE)
                .where(of_operation(connection, self._id), TABLE.c.outcome.is_(None), TABLE.c.forecast.in_(DONE))
                .values(outcome=outcome, reasons=reasons, detail=detail)
            )

    def chunks(
        self,
        chunk: int = CHUNK,
        columns: Sequence[str] = COLUMNS,
        *,
        before: bool = False,
        after: int = 0,
        **where: Any,
    ) -> Iterator[pd.DataFrame]:
        """The contacts as they were written, with these columns (of COLUMNS, or `id`: the number of the row), and with
        `before` where that is wanted; of those in rows after a number; `where` narrows by a column's value (None:
        empty). Texts have no type of pandas' own, and None where there is none."""
        columns = [*columns, *([BEFORE] if before else [])]
        read = [name for name in columns if name != ID]
        of = [TABLE.c[name] == value if value is not None else TABLE.c[name].is_(None) for name, value in where.items()]
        with self._journal.engine.connect() as connection:
            first, last = span_of(connection, self._id)
        first = max(first, after + 1)
        while first <= last:
            with self._journal.engine.connect() as connection:
                found = read_rows(connection, and_(within(self._id, first, last), *of), read, chunk)
            if len(found):
                yield found[columns]
            if len(found) < chunk:  # the last ones
                return
            first = int(found[ID].iloc[-1]) + 1

    def everything(self, **where: Any) -> pd.DataFrame:
        """All contacts of an operation in one frame; `where` as of `chunks`."""
        found = list(self.chunks(**where))
        return pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)

    def before_of(self, emails: Sequence[str]) -> dict[str, dict[str, Any]]:
        """What `forecast` kept of these contacts as they were, of those that are to be changed and have something."""
        query = select(TABLE.c.email, TABLE.c.before).where(
            TABLE.c.operation_id == self._id, TABLE.c.forecast.in_(DONE)
        )
        return {email: was for email, was in rows_of(self._journal, query, emails) if was is not None}

    def counts(self, column: str) -> dict[str, int]:
        """How many contacts have each value of a column (`forecast`, `outcome`, …)."""
        query = select(TABLE.c[column], func.count()).group_by(TABLE.c[column]).order_by(TABLE.c[column])
        return {str(value): number for value, number in self._rows(query)}

    def number_open(self) -> int:
        """How many contacts are to be changed and have no outcome yet."""
        query = select(func.count()).where(TABLE.c.forecast.in_(DONE), TABLE.c.outcome.is_(None))
        [(number,)] = self._rows(query)
        return int(number)

    def first_to_change(self, limit: int) -> list[dict[str, Any]]:
        """The first contacts that are to be changed: `email, sequence, step`."""
        query = select(TABLE.c.email, TABLE.c.sequence, TABLE.c.step).where(TABLE.c.forecast.in_(DONE))
        return [row._asdict() for row in self._rows(query.order_by(TABLE.c.id).limit(limit))]

    def differing(self, limit: int = 1_000) -> list[dict[str, Any]]:
        """Contacts whose outcome was not the forecast, where that was a verdict: `email, forecast, outcome, reasons`
        (joined, as a report tells them)."""
        query = select(TABLE.c.email, TABLE.c.forecast, TABLE.c.outcome, TABLE.c.reasons).where(
            TABLE.c.outcome.is_not(None),
            TABLE.c.outcome != TABLE.c.forecast,
            (TABLE.c.unknown == "") | (TABLE.c.outcome == "failed"),
        )
        rows = self._rows(query.order_by(TABLE.c.id).limit(limit))
        return [{**row._asdict(), "reasons": str(row.reasons)} for row in rows]

    def verdicts(self) -> dict[str, int]:
        """How many forecasts were verdicts (`known`), how many of those came true (`true`), and how many rested on what
        the platform does not tell (`unknown`)."""
        known, ended = TABLE.c.unknown == "", TABLE.c.outcome.is_not(None)
        query = select(
            func.count().filter(known),
            func.count().filter(known, ended, TABLE.c.outcome == TABLE.c.forecast),
            func.count().filter(~known),
        )
        return dict(zip(("known", "true", "unknown"), self._rows(query)[0], strict=True))

    def reasons(self, column: str, status: str) -> dict[Names, int]:
        """How many contacts that were not done (by the column `status`) have each list of reasons."""
        not_done = TABLE.c[status].in_(NOT_DONE)
        query = select(TABLE.c[column], func.count()).where(not_done).group_by(TABLE.c[column])
        return {row[0]: row[1] for row in self._rows(query)}

    def _rows(self, query: Any) -> Sequence[Any]:
        """What a query gives of the operation's rows."""
        with self._journal.engine.connect() as connection:
            return connection.execute(query.where(of_operation(connection, self._id))).fetchall()


def rows_of(journal: Journal, query: Select[Any], emails: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """The rows of a query on the outcomes that are of these contacts, a long list of addresses in several queries."""
    for start in range(0, len(emails), AT_ONCE):
        with journal.engine.connect() as connection:
            found = connection.execute(query.where(TABLE.c.email.in_(emails[start : start + AT_ONCE])))
            yield from (tuple(row) for row in found)


def operations_meaning(journal: Journal, email: str, sequence: str, procedure: str) -> list[str]:
    """The live operations of a procedure that are, or were, to put somebody into a sequence, by their ids."""
    operation = SQLModel.metadata.tables[str(OperationRow.__tablename__)]
    query = (
        select(TABLE.c.operation_id)
        .join(operation, operation.c.id == TABLE.c.operation_id)
        .where(
            TABLE.c.email == email,
            TABLE.c.sequence == sequence,
            TABLE.c.forecast.in_(DONE),
            operation.c.procedure == procedure,
            operation.c.mode == "live",
        )
        .distinct()
        .order_by(TABLE.c.operation_id)
    )
    with journal.engine.connect() as connection:
        return [str(found) for (found,) in connection.execute(query)]
