"""Loans: settings that were changed and have to be given back, by the last who holds them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from journal import lent
from journal.database import Journal
from models.report import LoanState
from models.setting_keys import SettingKey
from models.tables.journal import LoanHolderRow, LoanRow

OUT = ("open", "returning")


def take(
    journal: Journal,
    operation_id: str,
    workspace: str,
    setting: SettingKey,
    was: Any,
    set_to: Any,
    now: datetime,
    deadline: datetime,
) -> LoanRow:
    """Write a loan down before the setting is changed, or join the one that is out. Repeated: the same loan.

    Who joins keeps the first original value; the later deadline counts. Waits while somebody is giving it back.
    """
    values = {
        "workspace": workspace,
        "setting": setting,
        "was": was,
        "set_to": set_to,
        "opened_at": now,
        "deadline": deadline,
        "recorded_at": datetime.now(UTC),
    }
    try:
        loan = _take(journal, operation_id, LoanRow(**values))
    except IntegrityError:  # another operation took it at the same moment: it is joined
        loan = _take(journal, operation_id, LoanRow(**values))
    lent.note_taken(journal.url, loan, operation_id)
    return loan


def _take(journal: Journal, operation_id: str, new: LoanRow) -> LoanRow:
    with journal.session() as session:
        loan = (
            session.exec(
                select(LoanRow)
                .where(LoanRow.workspace == new.workspace, LoanRow.setting == new.setting, col(LoanRow.state).in_(OUT))
                .with_for_update()
            ).first()
            or new
        )
        if loan.state == "returning":  # the value may be given back already: it has to be set again
            loan.reopened, loan.opened_at = loan.reopened + 1, new.opened_at
        loan.deadline, loan.state = max(loan.deadline, new.deadline), "open"
        session.add(loan)
        session.flush()
        holder = session.get(LoanHolderRow, (loan.id, operation_id)) or LoanHolderRow(
            loan_id=loan.id or 0, operation_id=operation_id
        )
        holder.released_at = None  # who had let go and is retried holds it again
        session.add(holder)
        return loan


def open_loans(journal: Journal, workspace: str | None = None) -> list[LoanRow]:
    """Every loan that is out."""
    query = select(LoanRow).where(col(LoanRow.state).in_(OUT)).order_by(col(LoanRow.id))
    if workspace is not None:
        query = query.where(LoanRow.workspace == workspace)
    with journal.session() as session:
        return list(session.exec(query))


def of_operation(journal: Journal, operation_id: str) -> list[LoanRow]:
    """The loans that an operation took or joined, in order."""
    with journal.session() as session:
        return list(
            session.exec(
                select(LoanRow)
                .join(LoanHolderRow, col(LoanHolderRow.loan_id) == col(LoanRow.id))
                .where(LoanHolderRow.operation_id == operation_id)
                .order_by(col(LoanRow.id))
            )
        )


def held_by(journal: Journal, operation_id: str) -> list[LoanRow]:
    """The loans that an operation holds still."""
    with journal.session() as session:
        return list(
            session.exec(
                select(LoanRow)
                .join(LoanHolderRow, col(LoanHolderRow.loan_id) == col(LoanRow.id))
                .where(
                    LoanHolderRow.operation_id == operation_id,
                    col(LoanHolderRow.released_at).is_(None),
                    col(LoanRow.state).in_(OUT),
                )
                .order_by(col(LoanRow.id))
            )
        )


def holders(journal: Journal, loan_id: int) -> list[LoanHolderRow]:
    """Who holds a loan still."""
    with journal.session() as session:
        return _holders(session, loan_id)


def _holders(session: Session, loan_id: int) -> list[LoanHolderRow]:
    return list(
        session.exec(
            select(LoanHolderRow).where(LoanHolderRow.loan_id == loan_id, col(LoanHolderRow.released_at).is_(None))
        )
    )


def last_holder(journal: Journal, loan_id: int) -> str:
    """The operation that holds a loan, or that held it last."""
    with journal.session() as session:
        rows = session.exec(select(LoanHolderRow).where(LoanHolderRow.loan_id == loan_id))
        return max(rows, key=lambda row: (row.released_at is None, row.released_at)).operation_id


def has_let_go(journal: Journal, operation_id: str) -> bool:
    """Whether an operation has let go of a loan that it took: a sweep or a hook gave it back."""
    with journal.session() as session:
        return (
            session.exec(
                select(LoanHolderRow).where(
                    LoanHolderRow.operation_id == operation_id, col(LoanHolderRow.released_at).is_not(None)
                )
            ).first()
            is not None
        )


def release(journal: Journal, loan_id: int, operation_id: str, now: datetime) -> bool:
    """Let go of a loan; give whether nobody holds it any more, so that it has to be given back (`returning`)."""
    if not _let_go(journal, loan_id, operation_id, now):
        lent.note_back(journal.url, loan_id)
        return False
    return True


def _let_go(journal: Journal, loan_id: int, operation_id: str, now: datetime) -> bool:
    with journal.session() as session:
        loan = _locked(session, loan_id)  # of two who let go at once, one is the last
        holder = session.get(LoanHolderRow, (loan_id, operation_id))
        if holder is not None and holder.released_at is None:
            holder.released_at = now
            session.add(holder)
            session.flush()
        if loan is None or loan.state not in OUT or _holders(session, loan_id):
            return False
        loan.state = "returning"
        session.add(loan)
        return True


def close(journal: Journal, loan_id: int, restore: Callable[[LoanRow], str], now: datetime) -> str | None:
    """Give back a loan that nobody holds, by `restore`, which answers how it ended: returned, superseded or unknown.

    Nobody can join it meanwhile. None where somebody has joined it since it was let go: then it stays out. Where
    `restore` raises, it stays to be given back.
    """
    with journal.session() as session:
        loan = _locked(session, loan_id)
        if loan is None or loan.state != "returning":
            return None
        loan.state, loan.closed_at = restore(loan), now
        session.add(loan)
        state = loan.state
    lent.note_back(journal.url, loan_id)
    return state


def _locked(session: Session, loan_id: int) -> LoanRow | None:
    """A loan that nobody else can change before the session is left. (SQLite locks all of the journal by itself.)"""
    return session.exec(select(LoanRow).where(LoanRow.id == loan_id).with_for_update()).first()


def amend(journal: Journal, loan_id: int, **values: Any) -> None:
    """Write down, before it is done, that a loan is set to another value (`set_to`), or that it has to go back to
    another than before (`was`), which somebody chose since."""
    with journal.session() as session:
        loan = session.get(LoanRow, loan_id)
        for name, value in values.items() if loan is not None else ():
            setattr(loan, name, value)
            session.add(loan)


def every(journal: Journal, loan_ids: list[int]) -> list[LoanRow]:
    """Loans by their numbers."""
    with journal.session() as session:
        return list(session.exec(select(LoanRow).where(col(LoanRow.id).in_(loan_ids))))


def loan_state(row: LoanRow, now: datetime | None) -> LoanState:
    """A loan's state as people read it: one that is out is overdue once its deadline has passed."""
    if row.state not in OUT:
        return cast(LoanState, row.state)
    return "overdue" if now is not None and row.deadline < now else "open"
