"""What operations of ours enrolled: an enrollment that one of them made is nobody's moving on."""

from collections.abc import Collection
from datetime import datetime

import pandas as pd
from sqlmodel import col, or_, select

from journal.database import Journal
from journal.outcome_rows import TABLE
from journal.outcomes import rows_of
from models.outcomes import DONE, GATHERING
from models.tables.journal import OperationRow


def made_since(journal: Journal, workspace: str, emails: Collection[str], since: datetime) -> pd.DataFrame:
    """The enrollments of these people that live operations made, or meant to, of those that were under way at or after
    an instant of the workspace's time.

    Columns `email, sequence`, `began, until` (UTC: when the operation was under way; NaT where it still is).
    """
    with journal.session() as session:
        found = session.exec(
            select(OperationRow.id, OperationRow.started_at, OperationRow.ended_at).where(
                OperationRow.workspace == workspace,
                OperationRow.mode == "live",
                col(OperationRow.procedure).not_in(GATHERING),
                or_(col(OperationRow.ended_at).is_(None), col(OperationRow.ended_at) >= since),
            )
        ).all()
    times = {number: (began, until) for number, began, until in found}
    query = select(TABLE.c.operation_id, TABLE.c.email, TABLE.c.sequence).where(
        TABLE.c.operation_id.in_(list(times)),
        or_(TABLE.c.outcome.in_(DONE), TABLE.c.outcome.is_(None) & TABLE.c.forecast.in_(DONE)),
    )
    made = rows_of(journal, query, list(emails) if times else [])
    rows = [(email, sequence, *times[number]) for number, email, sequence in made]
    out = pd.DataFrame(rows, columns=["email", "sequence", "began", "until"]).astype(object)
    return out.assign(**{name: pd.to_datetime(out[name], utc=True) for name in ("began", "until")})


def enrolled_by(journal: Journal, operation_id: str, emails: Collection[str]) -> set[str]:
    """Whom of these people one operation enrolled."""
    query = select(TABLE.c.email).where(TABLE.c.operation_id == operation_id, TABLE.c.outcome == "enrolled")
    return {str(email) for (email,) in rows_of(journal, query, list(emails))}
