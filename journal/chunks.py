"""Chunks: the contacts of a large operation parted by the ids of their outcomes, each part enrolled by one process at a
time, whichever of several machines it runs on."""

from datetime import UTC, datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, and_, func, select, update
from sqlmodel import col
from sqlmodel import select as select_rows

from journal.database import Journal
from journal.outcome_rows import TABLE, of_operation, read_rows, within
from journal.outcomes import COLUMNS
from models.tables.chunks import ChunkRow


class Chunks:
    """The chunks of one operation."""

    def __init__(self, journal: Journal, operation_id: str) -> None:
        self._journal, self._id = journal, operation_id

    def of(self, sequence: str, wave: int) -> list[ChunkRow]:
        """The chunks of a sequence and wave, in order; none where the contacts were not parted."""
        return self._found(*self._part(sequence, wave))

    def open(self) -> list[ChunkRow]:
        """All that have not ended."""
        return self._found(ChunkRow.operation_id == self._id, col(ChunkRow.ended_at).is_(None))

    def _found(self, *where: ColumnElement[bool] | bool) -> list[ChunkRow]:
        with self._journal.session() as session:
            return list(session.exec(select_rows(ChunkRow).where(*where).order_by(col(ChunkRow.id))))

    def cut(self, sequence: str, wave: int, into: int) -> list[ChunkRow]:
        """Part the contacts without an outcome into so many chunks of one size. Repeated: the chunks that there are."""
        with self._journal.session() as session:
            if not session.exec(select_rows(ChunkRow).where(*self._part(sequence, wave)).limit(1)).first():
                tile = func.ntile(into).over(order_by=TABLE.c.id).label("tile")
                theirs = of_operation(session.connection(), self._id), *self._contacts(sequence, wave)
                each = select(TABLE.c.id, tile).where(*theirs).subquery()
                ends = (each.c.tile, func.min(each.c.id), func.max(each.c.id), func.count())
                query = select(*ends).group_by(each.c.tile).order_by(each.c.tile)
                session.add_all(
                    ChunkRow(
                        operation_id=self._id,
                        sequence=sequence,
                        wave=wave,
                        number=number,
                        first_id=first,
                        last_id=last,
                        contacts=contacts,
                    )
                    for number, first, last, contacts in session.execute(query).all()
                )
        return self.of(sequence, wave)

    def _part(self, sequence: str, wave: int) -> tuple[bool, ...]:
        return (ChunkRow.operation_id == self._id, ChunkRow.sequence == sequence, ChunkRow.wave == wave)

    def _contacts(self, sequence: str, wave: int) -> tuple[ColumnElement[bool], ...]:
        return (
            TABLE.c.forecast == "enrolled",
            TABLE.c.outcome.is_(None),
            TABLE.c.sequence == sequence,
            TABLE.c.play.is_(None),
            TABLE.c.wave == wave,
        )

    def next_contacts(self, chunk: ChunkRow, size: int) -> pd.DataFrame:
        """The first contacts of a chunk that have no outcome; `id` and columns as `Outcomes.chunks` gives them."""
        rows = within(self._id, chunk.first_id, chunk.last_id)
        theirs = and_(rows, *self._contacts(chunk.sequence, chunk.wave))
        with self._journal.engine.connect() as connection:
            return read_rows(connection, theirs, COLUMNS, size)

    def get(self, chunk_id: int) -> ChunkRow | None:
        """A chunk of this operation, read afresh."""
        found = self._found(ChunkRow.operation_id == self._id, ChunkRow.id == chunk_id)
        return found[0] if found else None

    def note_run(self, chunk: ChunkRow, flow_run_id: str) -> None:
        """Write down which run was begun for a chunk."""
        with self._journal.session() as session:
            row = session.get_one(ChunkRow, chunk.id)
            row.flow_run_id = flow_run_id
            session.add(row)

    def revoke(self) -> list[ChunkRow]:
        """Have nobody carry the chunks of this operation any more: who does so notices before they send anything else.
        Gives those that have not ended."""
        left = self.open()
        if not left:
            return []
        with self._journal.session() as session:
            nobody = {"carrier": None, "carrier_until": None}
            open_ones = (col(ChunkRow.operation_id) == self._id, col(ChunkRow.ended_at).is_(None))
            session.execute(update(ChunkRow).where(*open_ones).values(nobody))
        return left


def take(journal: Journal, seen: ChunkRow, carrier: str, until: datetime) -> ChunkRow | None:
    """Have a process carry a chunk, if nobody has taken it since it was `seen`; None where somebody has, or it has
    ended. Of two processes at once one succeeds: the database compares and sets."""
    return _change_seen(journal, seen, carrier=carrier, carrier_until=until)


def note_start(journal: Journal, seen: ChunkRow) -> ChunkRow | None:
    """Write down that one more run is about to be begun for a chunk that nobody carries any more; None as above."""
    return _change_seen(journal, seen, carrier=None, carrier_until=None, starts=seen.starts + 1, flow_run_id=None)


def _change_seen(journal: Journal, seen: ChunkRow, **values: Any) -> ChunkRow | None:
    seen_so = (
        col(ChunkRow.id) == seen.id,
        col(ChunkRow.carrier).is_not_distinct_from(seen.carrier),
        col(ChunkRow.carrier_until).is_not_distinct_from(seen.carrier_until),
        col(ChunkRow.starts) == seen.starts,
        col(ChunkRow.ended_at).is_(None),
    )
    with journal.session() as session:
        done = session.execute(update(ChunkRow).where(*seen_so).values(**values))
        changed = done.rowcount == 1  # type: ignore[attr-defined]  # an UPDATE's result has it
        return session.get_one(ChunkRow, seen.id) if changed else None


def promise_life(journal: Journal, chunk_id: int, carrier: str, until: datetime) -> bool:
    """Promise the next sign of life of the process that carries a chunk; False where it carries it no more."""
    return _change(journal, chunk_id, carrier, carrier_until=until)


def put_down(journal: Journal, chunk_id: int, carrier: str, *, ended: bool) -> bool:
    """Carry a chunk no more, since everybody has an outcome (`ended`) or for another reason; False as above."""
    at = {"ended_at": datetime.now(UTC)} if ended else {}
    return _change(journal, chunk_id, carrier, carrier=None, carrier_until=None, **at)


def _change(journal: Journal, chunk_id: int, carried_by: str, **values: Any) -> bool:
    mine = (col(ChunkRow.id) == chunk_id, col(ChunkRow.carrier) == carried_by)
    with journal.session() as session:
        done = session.execute(update(ChunkRow).where(*mine).values(**values))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]  # an UPDATE's result has it


def is_carried_by(journal: Journal, chunk_id: int, carrier: str) -> bool:
    """Whether a chunk is this process's still."""
    with journal.session() as session:
        found = session.exec(select_rows(ChunkRow.carrier).where(ChunkRow.id == chunk_id)).first()
        return found == carrier
