"""What calibrations saw of how a workspace behaves. The newest answer to a question counts; the older ones stay."""

from datetime import datetime

from sqlmodel import col, select

from journal.changes import changes_of
from journal.database import Journal
from models.open_questions import OPEN_QUESTIONS
from models.report import ReportedFact
from models.tables.journal import OperationRow, SeenFactRow

LEFT_OPEN = "left open: "
"""How the key of a change begins that says why a calibration did not find a question out."""


def note(
    journal: Journal, workspace: str, operation_id: str, question: str, answer: str, words: str, seen_at: datetime
) -> None:
    """Write down what an operation saw. Repeated for the same question: the last answer counts."""
    with journal.session() as session:
        row = session.exec(
            select(SeenFactRow).where(SeenFactRow.operation_id == operation_id, SeenFactRow.question == question)
        ).first()
        row = row or SeenFactRow(
            workspace=workspace, operation_id=operation_id, question=question, answer="", seen_at=seen_at
        )
        row.answer, row.words, row.seen_at = answer, words, seen_at
        session.add(row)


def of_workspace(journal: Journal, workspace: str, *, without: str | None = None) -> dict[str, SeenFactRow]:
    """The newest answer to each question, by its code; with `without` as if that operation had not been."""
    with journal.session() as session:
        rows = session.exec(
            select(SeenFactRow).where(SeenFactRow.workspace == workspace).order_by(col(SeenFactRow.id))
        ).all()
    return {row.question: row for row in rows if row.operation_id != without}


def of_operation(journal: Journal, operation_id: str) -> list[SeenFactRow]:
    """What an operation saw, in order."""
    with journal.session() as session:
        return list(
            session.exec(
                select(SeenFactRow).where(SeenFactRow.operation_id == operation_id).order_by(col(SeenFactRow.id))
            )
        )


def seen(journal: Journal, workspace: str) -> dict[str, tuple[str, datetime]]:
    """The newest answer to each question and when it was seen."""
    return {code: (row.answer, row.seen_at) for code, row in of_workspace(journal, workspace).items()}


def reported(journal: Journal, operation: OperationRow) -> tuple[ReportedFact, ...]:
    """What is known of each question once a calibration has ended; of other operations nothing."""
    if operation.procedure != "calibrate":
        return ()
    before = of_workspace(journal, operation.workspace, without=operation.id)
    now = {row.question: row for row in of_operation(journal, operation.id)}
    why = {
        row.key.removeprefix(LEFT_OPEN): str((row.result or {}).get("why", ""))
        for row in changes_of(journal, operation.id)
        if row.key.startswith(LEFT_OPEN)
    }
    return tuple(_reported(code, now.get(code), before.get(code), why.get(code, "")) for code in OPEN_QUESTIONS)


def _reported(code: str, now: SeenFactRow | None, earlier: SeenFactRow | None, why: str) -> ReportedFact:
    question, row = OPEN_QUESTIONS[code], now or earlier
    answer = row.answer if row else question.assumed
    another = now is not None and earlier is not None and earlier.answer != now.answer
    return ReportedFact(
        question=code,
        asks=question.asks,
        answer=answer,
        says=question.in_words(answer),
        how="seen" if row else "assumed",
        words=row.words if row else "",
        seen_at=row.seen_at if row else None,
        operation_id=row.operation_id if row else None,
        before=earlier.answer if earlier and another else None,
        why="" if now else why,
    )
