"""The rows of outcomes as they lie in the journal: read by their numbers, written many at a time.

An operation writes its contacts down one after the other, so their numbers follow each other. By the index of addresses
each row would be looked up by itself, in another order than they lie in, for every chunk that is read.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import URL, ColumnElement, Connection, String, and_, func, select, type_coerce
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import SQLModel

from models import databases
from models.databases import run_for_each
from models.names import Names
from models.names_in_frames import each_once
from models.tables.columns import as_json, from_json
from models.tables.journal import OutcomeRow

TABLE = SQLModel.metadata.tables[str(OutcomeRow.__tablename__)]
ID, BEFORE, STEP = "id", "before", "step"
REASONS = ("forecast_reasons", "reasons")
_SPANS: dict[tuple[URL, str], tuple[int | None, tuple[int, int]]] = {}
"""The newest number of a journal and the numbers of one operation's rows, when they were last looked up."""


def span_of(connection: Connection, operation_id: str) -> tuple[int, int]:
    """The first and the last number of an operation's rows; the last is less than the first where it has none."""
    if connection.dialect.name != "sqlite":  # elsewhere rows of one that writes at the same time may come in between
        return _looked_up(connection, operation_id)
    key = connection.engine.url, operation_id
    found = _SPANS.get(key)
    newest = connection.execute(select(func.max(TABLE.c.id))).scalar()
    if found is None or found[0] != newest or not _still_its_own(connection, operation_id, found[1]):
        found = (newest, _looked_up(connection, operation_id))  # that takes a look at each of them
        _SPANS.clear()  # one operation at a time is read in many chunks
        _SPANS[key] = found
    return found[1]


def _still_its_own(connection: Connection, operation_id: str, ends: tuple[int, int]) -> bool:
    query = select(func.count()).where(TABLE.c.id.in_(ends), TABLE.c.operation_id.concat("") == operation_id)
    return bool(connection.execute(query).scalar() == len(set(ends)))


def _looked_up(connection: Connection, operation_id: str) -> tuple[int, int]:
    # The sums keep PostgreSQL from looking for them from the ends of the table.
    span = select(func.min(TABLE.c.id + 0), func.max(TABLE.c.id + 0)).where(TABLE.c.operation_id == operation_id)
    first, last = connection.execute(span).one()
    return first or 0, last or -1


def within(operation_id: str, first: int, last: int) -> ColumnElement[bool]:
    """The condition for an operation's rows between two numbers, which are read in the order in which they lie."""
    # The concatenation keeps SQLite from going by the index.
    return and_(TABLE.c.id.between(first, last), TABLE.c.operation_id.concat("") == operation_id)


def of_operation(connection: Connection, operation_id: str) -> ColumnElement[bool]:
    """The condition for all rows of an operation, likewise."""
    return within(operation_id, *span_of(connection, operation_id))


def read_rows(connection: Connection, which: ColumnElement[bool], columns: Sequence[str], chunk: int) -> pd.DataFrame:
    """The first so many rows of those that a condition names: `id` and these columns."""
    # Texts of reasons are made Names here, each different one once: a type would be asked for every row.
    read = [type_coerce(TABLE.c[name], String) if name in REASONS else TABLE.c[name] for name in (ID, *columns)]
    query = select(*read).where(which).order_by(TABLE.c.id).limit(chunk)
    rows = connection.execute(query).fetchall()
    lists: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(read)
    return pd.DataFrame(
        {name: _column(name, values) for name, values in zip((ID, *columns), lists, strict=True)}, copy=False
    )


def _column(name: str, values: Sequence[Any]) -> Any:
    if name == ID:
        return np.array(values, dtype="int64")
    if name == STEP:
        return pd.array(list(values), dtype="Int64")
    out = np.empty(len(values), dtype=object)
    out[:] = values
    if name in ("email", BEFORE):  # all different, or no text at all
        return out
    # Each cell is a text of its own; of a million most are the same few.
    codes, different = pd.factorize(out)
    shared = np.empty(len(different) + 1, dtype=object)  # the last is of what is missing: -1
    shared[: len(different)] = [from_json(text) for text in different] if name in REASONS else different
    return shared[codes]


def insert_rows(connection: Connection, columns: Mapping[str, Sequence[Any]], **same: Any) -> None:
    """Insert a row for each of the values of `columns`, with what is the `same` in all of them."""
    rest = {name: value for name, value in (_DEFAULTS | same).items() if name not in columns}
    names = [*columns, *rest]
    number = len(next(iter(columns.values())))
    rows = zip(*columns.values(), *([value] * number for value in rest.values()), strict=True)
    databases.insert_rows(connection, TABLE.name, names, rows)


def update_rows(
    connection: Connection, columns: Mapping[str, Sequence[Any]], by: Mapping[str, Sequence[Any]], **where: str
) -> None:
    """Set these columns of the rows that values of `by`, and what is the same for all of them, name."""
    values = ", ".join(f"{name} = ?" for name in columns)
    which = " AND ".join(f"{name} = ?" for name in (*where, *by))
    number = len(next(iter(by.values())))
    rows = zip(*columns.values(), *([value] * number for value in where.values()), *by.values(), strict=True)
    run_for_each(connection, f"UPDATE {TABLE.name} SET {values} WHERE {which}", rows)


def as_lists(frame: pd.DataFrame) -> dict[str, list[Any]]:
    """The columns of a frame as the database takes them: None for what is missing, Names as texts."""
    return {str(name): _as_list(str(name), frame[name]) for name in frame}


def _as_list(name: str, column: "pd.Series[Any]") -> list[Any]:
    if name in REASONS:
        column = each_once(column, as_json)
    values = column.astype(object)
    plain: list[Any] = values.where(column.notna().to_numpy(), None).tolist()
    return [None if value is None else int(value) for value in plain] if name in (STEP, ID) else plain


def before_as_json(before: pd.DataFrame) -> list[str]:
    """What is kept of each contact as it was, as text; a row that holds nothing is null."""
    rows = ({str(name): value for name, value in row.items()} for row in _native(before).to_dict("records"))
    return [json.dumps(row if any(value is not None for value in row.values()) else None) for row in rows]


def _native(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.astype(object).where(frame.notna(), None)


_DEFAULTS = {
    column.name: as_json(column.default.arg) if isinstance(column.default.arg, Names) else column.default.arg
    for column in TABLE.columns
    if isinstance(column.default, ScalarElementColumnDefault)
}
