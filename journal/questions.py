"""What deployed runs ask people, each question bound to the plan that is shown, and within which time."""

from datetime import datetime

from sqlmodel import Session, col, select

from journal.database import Journal
from models.tables.journal import QuestionRow

Sections = tuple[tuple[str, tuple[str, ...]], ...]
"""What a question shows besides: titles, each with lines."""
OPEN = ("open", "given")


def ask(
    journal: Journal,
    operation_id: str,
    question: str,
    key: str,
    message: str,
    now: datetime,
    expires_at: datetime,
    sections: Sections = (),
    workspace_time: datetime | None = None,
) -> QuestionRow:
    """Write a question down, or find it: its times stay those of the first call. Any other of the same is closed.

    `now` and `expires_at` are our time.
    """
    with journal.session() as session:
        for other in _open(session, operation_id):
            if other.key != key:
                _end(session, other, "expired")
        row = session.exec(
            select(QuestionRow).where(
                QuestionRow.operation_id == operation_id, QuestionRow.question == question, QuestionRow.key == key
            )
        ).first()
        if row is None:
            row = QuestionRow(
                operation_id=operation_id,
                question=question,
                key=key,
                told=message,
                asked_at=now,
                workspace_time=workspace_time,
                expires_at=expires_at,
                sections=[[title, list(lines)] for title, lines in sections],
            )
            session.add(row)
        return row


def note_given(journal: Journal, operation_id: str, by: str | None) -> None:
    """Write down who answered an operation's open question, and that its run has not taken the answer up yet."""
    with journal.session() as session:
        for row in _open(session, operation_id):
            row.state, row.answered_by = "given", by
            session.add(row)


def close(journal: Journal, operation_id: str, state: str, problem: str = "") -> None:
    """Write down how an operation's open question ended: `answered`, `expired`, or `refused` for a problem."""
    with journal.session() as session:
        for row in _open(session, operation_id):
            row.problem = problem
            _end(session, row, state)


def _end(session: Session, row: QuestionRow, state: str) -> None:
    """What was answered and not taken up, as there was nothing left to ask, was answered all the same."""
    row.state = "answered" if (row.state, state) == ("given", "expired") else state
    session.add(row)


def problems(journal: Journal, operation_id: str, key: str) -> list[str]:
    """Why the answers to a question, whose keys begin so, could not be taken, in order."""
    with journal.session() as session:
        return list(
            session.exec(
                select(QuestionRow.problem)
                .where(
                    QuestionRow.operation_id == operation_id,
                    QuestionRow.state == "refused",
                    col(QuestionRow.key).startswith(key, autoescape=True),
                )
                .order_by(col(QuestionRow.id))
            )
        )


def open_question(journal: Journal, operation_id: str) -> QuestionRow | None:
    """What an operation waits for an answer to, if it does; one that is `given` too."""
    with journal.session() as session:
        return next(iter(_open(session, operation_id)), None)


def every_open(journal: Journal) -> dict[str, QuestionRow]:
    """What each operation waits for an answer to, by the operation; likewise."""
    with journal.session() as session:
        found = session.exec(select(QuestionRow).where(col(QuestionRow.state).in_(OPEN)).order_by(col(QuestionRow.id)))
        return {row.operation_id: row for row in found}


def overdue(journal: Journal, now: datetime) -> list[QuestionRow]:
    """The open questions whose time is over."""
    with journal.session() as session:
        return list(session.exec(select(QuestionRow).where(QuestionRow.state == "open", QuestionRow.expires_at < now)))


def _open(session: Session, operation_id: str) -> list[QuestionRow]:
    return list(
        session.exec(
            select(QuestionRow)
            .where(QuestionRow.operation_id == operation_id, col(QuestionRow.state).in_(OPEN))
            .order_by(col(QuestionRow.id).desc())
        )
    )
