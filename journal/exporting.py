"""Every event of every operation that has ended, added to a file: what it has already is not written again."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlmodel import col

from journal import operations
from journal.database import Journal
from journal.story import events_of
from journal.story_file import StoryFile, Written
from models.story import as_text
from models.tables.journal import LoanHolderRow, LoanRow, OperationRow


@dataclass(frozen=True)
class Added:
    """How many operations, and how many events of them, an export added to a file; `mended`: its last line had been cut
    short, and is written anew."""

    file: str
    operations: int
    events: int
    mended: bool


@dataclass(frozen=True)
class _Ended:
    """An operation that has ended, as short as can be: what tells whether its story has grown since."""

    id: str
    ended_at: datetime
    recorded_end_at: datetime | None
    let_go: int
    given_back: int

    def is_all_in(self, written: Written) -> bool:
        """Whether a file has all of it. What can come after an end is another end, and what becomes of its loans."""
        end = written.ended or {}
        return (
            (end.get("at"), end.get("recorded_at")) == (as_text(self.ended_at), as_text(self.recorded_end_at))
            and written.kinds["let_go"] >= self.let_go
            and written.kinds["given_back"] >= self.given_back
        )


def export(journal: Journal, field: str, path: Path) -> Added:
    """Add to the file at `path`, which a user gave in `field`, every event that is not in it yet of the operations that
    have ended, in the order of their ends.

    Raises InvalidInput as `StoryFile.at`. Nothing of what was added stays where it breaks off.
    """
    with StoryFile.at(field, path) as file:
        grown = [one for one in _ended(journal) if not one.is_all_in(file.written.get(one.id, Written()))]
        known = file.digests({one.id for one in grown} & file.written.keys())
        added = Counter[str]()
        for one in grown:
            operation = operations.get(journal, one.id)
            if operation is not None and operation.ended_at is not None:  # else it goes on again since
                events = events_of(journal, operation, contacts=True)
                added[one.id] = file.add(operation, events, known.pop(one.id, Counter()))
        return Added(str(path), len(+added), added.total(), file.mended)


def _ended(journal: Journal) -> list[_Ended]:
    """The operations that have ended, by their ends, our time. Earlier releases did not keep that: theirs come by their
    beginning, which lies before."""
    columns = (col(OperationRow.id), col(OperationRow.ended_at), col(OperationRow.recorded_end_at))
    let_go, given_back = func.count(col(LoanHolderRow.released_at)), func.count(col(LoanRow.closed_at))
    query = (
        select(*columns, let_go, given_back)
        .join(LoanHolderRow, col(LoanHolderRow.operation_id) == col(OperationRow.id), isouter=True)
        .join(LoanRow, col(LoanRow.id) == col(LoanHolderRow.loan_id), isouter=True)
        .where(operations.ENDED)
        .group_by(col(OperationRow.id))
        .order_by(func.coalesce(col(OperationRow.recorded_end_at), col(OperationRow.recorded_at)), col(OperationRow.id))
    )
    with journal.session() as session:
        return [_Ended(*row) for row in session.execute(query).all()]
