"""What people answered, each answer bound to the plan that was shown."""

from datetime import datetime
from typing import Any

from sqlmodel import col, select

from journal.database import Journal
from models.tables.journal import DecisionRow


def record(
    journal: Journal,
    operation_id: str,
    question: str,
    plan_hash: str,
    answer: str,
    decided_by: str,
    now: datetime,
    shown: dict[str, Any] | None = None,
) -> None:
    """Write an answer down, and what was shown to who gave it. Repeated for the same plan: the first answer stays."""
    if find(journal, operation_id, question, plan_hash) is None:
        with journal.session() as session:
            session.add(
                DecisionRow(
                    operation_id=operation_id,
                    question=question,
                    plan_hash=plan_hash,
                    answer=answer,
                    shown=shown,
                    decided_by=decided_by,
                    decided_at=now,
                )
            )


def of_operation(journal: Journal, operation_id: str) -> list[DecisionRow]:
    """Every answer that an operation was given, in order."""
    with journal.session() as session:
        return list(
            session.exec(
                select(DecisionRow).where(DecisionRow.operation_id == operation_id).order_by(col(DecisionRow.id))
            )
        )


def find(journal: Journal, operation_id: str, question: str, plan_hash: str) -> DecisionRow | None:
    """The answer that was given to a question about this very plan."""
    with journal.session() as session:
        return session.exec(
            select(DecisionRow).where(
                DecisionRow.operation_id == operation_id,
                DecisionRow.question == question,
                DecisionRow.plan_hash == plan_hash,
            )
        ).first()
