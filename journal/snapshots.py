"""Who owned each mailbox, and who ran from it, at the times when we looked.

A later look replaces an earlier one of the same owner; a look at another owner stays, because it is the record
from before a change.
"""

from datetime import datetime

import pandas as pd
from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from journal.database import Journal
from models.tables.journal import OwnerSnapshotRow, SnapshotEnrollmentRow


def take(journal: Journal, workspace: str, owners: pd.DataFrame, now: datetime) -> dict[str, int]:
    """Write the owners down (columns `mailbox, owner`); give each mailbox's snapshot number."""
    numbers: dict[str, int] = {}
    with journal.session() as session:
        for mailbox, owner in owners[["mailbox", "owner"]].itertuples(index=False):
            last = _last(session, workspace, mailbox)
            if last is not None and last.owner == owner:
                session.execute(delete(SnapshotEnrollmentRow).where(col(SnapshotEnrollmentRow.snapshot_id) == last.id))
                session.delete(last)
            row = OwnerSnapshotRow(workspace=workspace, mailbox=mailbox, owner=owner, taken_at=now)
            session.add(row)
            session.flush()
            numbers[mailbox] = row.id or 0
    return numbers


def add_running(journal: Journal, numbers: dict[str, int], running: pd.DataFrame) -> None:
    """Write down who runs (columns `mailbox, email, sequence`), under each mailbox's snapshot."""
    rows = [
        {"snapshot_id": numbers[mailbox], "email": email, "sequence": sequence}
        for mailbox, email, sequence in running[["mailbox", "email", "sequence"]].itertuples(index=False)
        if mailbox in numbers
    ]
    if not rows:
        return
    with journal.session() as session:
        session.execute(insert(SnapshotEnrollmentRow), rows)
        for mailbox, number in running["mailbox"].value_counts().items():
            snapshot = session.get(OwnerSnapshotRow, numbers.get(str(mailbox), 0))
            if snapshot is not None:
                snapshot.running += int(number)
                session.add(snapshot)


def before_change(journal: Journal, workspace: str, mailbox: str, owner: str | None) -> OwnerSnapshotRow | None:
    """The last look at a mailbox while somebody else than `owner` had it; None where there was none."""
    with journal.session() as session:
        return session.exec(
            select(OwnerSnapshotRow).where(
                OwnerSnapshotRow.workspace == workspace, OwnerSnapshotRow.mailbox == mailbox,
                col(OwnerSnapshotRow.owner).is_distinct_from(owner),
            ).order_by(col(OwnerSnapshotRow.taken_at).desc(), col(OwnerSnapshotRow.id).desc())
        ).first()  # fmt: skip


def mailboxes_seen(journal: Journal, workspace: str) -> int:
    """How many looks at mailboxes of a workspace are kept."""
    with journal.session() as session:
        return len(session.exec(select(OwnerSnapshotRow.id).where(OwnerSnapshotRow.workspace == workspace)).all())


def recorded(journal: Journal, snapshot_id: int) -> set[str]:
    """Who ran from the mailbox when the snapshot was taken."""
    with journal.session() as session:
        return set(session.exec(
            select(SnapshotEnrollmentRow.email).where(SnapshotEnrollmentRow.snapshot_id == snapshot_id)
        ))  # fmt: skip


def _last(session: Session, workspace: str, mailbox: str) -> OwnerSnapshotRow | None:
    return session.exec(
        select(OwnerSnapshotRow).where(OwnerSnapshotRow.workspace == workspace, OwnerSnapshotRow.mailbox == mailbox)
        .order_by(col(OwnerSnapshotRow.taken_at).desc(), col(OwnerSnapshotRow.id).desc())
    ).first()  # fmt: skip
