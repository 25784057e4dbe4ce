"""Waits: what is waited for, until when, and how it ended."""

from datetime import datetime

from sqlmodel import Session, col, select

from journal.database import Journal
from models.tables.journal import WaitRow


def begin(
    journal: Journal, operation_id: str, waits_for: str, since: datetime, earliest: datetime, latest: datetime
) -> WaitRow:
    """Write a wait down, or find it: its times stay those of the first call, however often the run starts again."""
    with journal.session() as session:
        row = _find(session, operation_id, waits_for)
        if row is None:
            row = WaitRow(operation_id=operation_id, waits_for=waits_for, since=since, wakes_at=earliest, latest=latest)
            session.add(row)
        return row


def sleep_until(journal: Journal, operation_id: str, waits_for: str, wakes_at: datetime) -> None:
    """Write down that a probe was made, and when the next one is."""
    with journal.session() as session:
        if row := _find(session, operation_id, waits_for):
            row.wakes_at, row.probes = wakes_at, row.probes + 1
            session.add(row)


def end(journal: Journal, operation_id: str, waits_for: str, ended: str, proved_by: str | None, now: datetime) -> None:
    """Write down how a wait ended: done, refused or timed_out."""
    with journal.session() as session:
        row = _find(session, operation_id, waits_for)
        if row is not None and row.ended is None:
            row.ended, row.proved_by, row.ended_at = ended, proved_by, now
            session.add(row)


def of_operation(journal: Journal, operation_id: str) -> list[WaitRow]:
    """An operation's waits, in order."""
    with journal.session() as session:
        return list(session.exec(select(WaitRow).where(WaitRow.operation_id == operation_id).order_by(col(WaitRow.id))))


def pending(journal: Journal) -> dict[str, WaitRow]:
    """What each operation waits for now, by the operation."""
    with journal.session() as session:
        found = session.exec(select(WaitRow).where(col(WaitRow.ended).is_(None)).order_by(col(WaitRow.id)))
        return {row.operation_id: row for row in found}


def _find(session: Session, operation_id: str, waits_for: str) -> WaitRow | None:
    return session.exec(
        select(WaitRow).where(WaitRow.operation_id == operation_id, WaitRow.waits_for == waits_for)
    ).first()
