"""Whose enrollments operations of ours ended: nobody else took them out, and they did not fall out."""

from collections.abc import Sequence
from datetime import datetime

import pandas as pd
from sqlmodel import col, or_, select

from journal.database import Journal
from journal.outcome_rows import TABLE
from journal.outcomes import rows_of
from models.outcomes import ENDING, TAKEN_OUT
from models.tables.journal import OperationRow


def under_way(
    journal: Journal, workspace: str, since: datetime | None, procedures: Sequence[str] = ENDING
) -> pd.DataFrame:
    """The live operations that end enrollments and were under way at or after an instant of the workspace's time
    (None: ever): columns `operation`, `began, until` (UTC; NaT: it has not ended)."""
    where = [
        col(OperationRow.workspace) == workspace,
        col(OperationRow.mode) == "live",
        col(OperationRow.procedure).in_(procedures),
    ]
    if since is not None:
        where.append(or_(col(OperationRow.ended_at).is_(None), col(OperationRow.ended_at) >= since))
    with journal.session() as session:
        rows = session.exec(select(OperationRow.id, OperationRow.started_at, OperationRow.ended_at).where(*where)).all()
    out = pd.DataFrame(list(rows), columns=["operation", "began", "until"]).astype(object)
    return out.assign(**{name: pd.to_datetime(out[name], utc=True) for name in ("began", "until")})


def by_us(journal: Journal, operations: pd.DataFrame, cancelled: pd.DataFrame) -> "pd.Series[bool]":
    """Which of these (columns `email, ended_at`) were ended by one of these operations (as `under_way` gives them): it
    was under way then, and says so of the contact."""
    ended = cancelled["ended_at"]
    may_be = pd.Series(False, index=cancelled.index)
    for one in operations.itertuples(index=False):
        may_be |= ended.ge(one.began) & ~ended.gt(one.until)
    query = select(TABLE.c.email, TABLE.c.operation_id).where(
        TABLE.c.operation_id.in_(operations["operation"].tolist()), TABLE.c.outcome.in_(TAKEN_OUT)
    )
    rows = rows_of(journal, query, cancelled.loc[may_be, "email"].unique().tolist())
    named = pd.DataFrame(list(rows), columns=["email", "operation"]).merge(operations, on="operation")
    found = cancelled.loc[may_be, ["email", "ended_at"]].assign(at=cancelled.index[may_be]).merge(named, on="email")
    inside = found["ended_at"].ge(found["began"]) & ~found["ended_at"].gt(found["until"])
    return pd.Series(cancelled.index.isin(found.loc[inside, "at"]), index=cancelled.index, dtype=bool)
