"""Changes: written down before they are made, so that nothing is made twice whenever the process dies."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from journal.database import Journal
from models.tables.journal import ChangeRow


class Changes:
    """The changes of one operation. `now` is the workspace's clock."""

    def __init__(self, journal: Journal, operation_id: str, now: Callable[[], datetime]) -> None:
        self._journal, self._id, self._now = journal, operation_id, now

    def intend(
        self,
        key: str,
        action: str,
        description: str,
        document: dict[str, Any] | None = None,
        before: Callable[[], dict[str, Any] | None] = lambda: None,
    ) -> ChangeRow:
        """Write a change down, or find it: its `state` says whether it was made (`applied`) or perhaps (`intended`).

        `document` has the change's fields, `before` finds out what is there now; it is asked the first time only.
        """
        is_new = self._row(key) is None
        was = before() if is_new else None
        now = self._now() if is_new else None  # asks the platform: not while other processes wait for the database
        with self._journal.session() as session:
            row = _find(session, self._id, key)
            if row is None:
                row = ChangeRow(
                    operation_id=self._id,
                    key=key,
                    action=action,
                    told=description,
                    document=document,
                    before=was,
                    intended_at=now or self._now(),
                    state="new",
                )
                session.add(row)
            elif row.state in ("new", "refused"):
                row.state = "intended"  # somebody wrote it down before and did not come back: perhaps it was made
                session.add(row)
            return row

    def applied(self, key: str, result: dict[str, Any]) -> None:
        """Write down that a change is known to be made."""
        self._update(key, state="applied", result=result, applied_at=self._now())

    def refused(self, key: str, result: dict[str, Any]) -> None:
        """Write down that a change was surely not made: somebody who was to make it says so."""
        self._update(key, state="refused", result=result)

    def written_at(self, key: str) -> datetime | None:
        """When a change was first written down (the workspace's time), made or not; None: it was not."""
        row = self._row(key)
        return row.intended_at if row is not None else None

    def is_made(self, key: str) -> bool:
        """Whether a change is known to be made."""
        row = self._row(key)
        return row is not None and row.state == "applied"

    def applied_at(self, key: str) -> datetime | None:
        """When a change was known to be made (the workspace's time); None: it is not."""
        row = self._row(key)
        return row.applied_at if row is not None and row.state == "applied" else None

    def open_under(self, prefix: str) -> ChangeRow | None:
        """The first of an operation's changes, by keys that begin so, of which nobody knows whether it was made.

        Its `intended_at` is the workspace's time before it could have been.
        """
        with self._journal.session() as session:
            return session.exec(
                select(ChangeRow)
                .where(
                    ChangeRow.operation_id == self._id,
                    col(ChangeRow.key).startswith(prefix, autoescape=True),
                    col(ChangeRow.state).in_(("new", "intended")),
                )
                .order_by(col(ChangeRow.id))
            ).first()

    def made(self) -> list[ChangeRow]:
        """All of them, in order."""
        return changes_of(self._journal, self._id)

    def _row(self, key: str) -> ChangeRow | None:
        with self._journal.session() as session:
            return _find(session, self._id, key)

    def _update(self, key: str, **values: Any) -> None:
        with self._journal.session() as session:
            row = _find(session, self._id, key)
            if row is None:
                raise KeyError(key)
            for name, value in values.items():
                setattr(row, name, value)
            session.add(row)


def changes_of(journal: Journal, operation_id: str) -> list[ChangeRow]:
    """An operation's changes, in order."""
    query = select(ChangeRow).where(ChangeRow.operation_id == operation_id).order_by(col(ChangeRow.id))
    with journal.session() as session:
        return list(session.exec(query))


def results_under(journal: Journal, prefix: str) -> list[dict[str, Any]]:
    """The results of all changes made by any operation whose key begins so; the first one first."""
    with journal.session() as session:
        rows = session.exec(
            select(ChangeRow)
            .where(col(ChangeRow.key).startswith(prefix, autoescape=True), ChangeRow.state == "applied")
            .order_by(col(ChangeRow.id))
        )
        return [row.result or {} for row in rows]


def perhaps_under(journal: Journal, prefix: str) -> bool:
    """Whether some change whose key begins so, of whichever operation, was written down and nobody knows of it more."""
    with journal.session() as session:
        found = session.exec(
            select(ChangeRow).where(
                col(ChangeRow.key).startswith(prefix, autoescape=True), col(ChangeRow.state).in_(("new", "intended"))
            )
        )
        return found.first() is not None


def _find(session: Session, operation_id: str, key: str) -> ChangeRow | None:
    return session.exec(select(ChangeRow).where(ChangeRow.operation_id == operation_id, ChangeRow.key == key)).first()
