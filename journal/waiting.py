"""Which operations have contacts whose waiting period alone kept them out."""

from collections.abc import Sequence

from sqlalchemy import exists, text
from sqlmodel import col, select

from journal.database import Journal
from journal.operations import ENDED
from journal.outcome_rows import TABLE
from models.tables.journal import WAITING, OperationRow


def operations_with_waiting(journal: Journal, workspace: str, procedures: Sequence[str]) -> list[OperationRow]:
    """A workspace's live operations of these procedures that ended and have such contacts, newest first."""
    query = (
        select(OperationRow)
        .where(
            ENDED,
            OperationRow.workspace == workspace,
            col(OperationRow.procedure).in_(procedures),
            OperationRow.mode == "live",
            exists().where(TABLE.c.operation_id == col(OperationRow.id), text(WAITING)),
        )
        .order_by(col(OperationRow.recorded_at).desc())
    )
    with journal.session() as session:
        return list(session.exec(query))
