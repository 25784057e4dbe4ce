"""Who owned each mailbox, and who ran from it, at the times when we looked.

A later look replaces an earlier one of the same owner; a look at another owner stays, because it is the record
from before a change. Whoever ran at the earlier one and runs no more is first written down as departed
(`journal/departed.py`), in the same transaction: nobody in a record is lost with it.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pandas as pd
from sqlalchemy import Insert, delete, exists, func, insert, literal
from sqlalchemy import select as select_columns
from sqlmodel import Session, SQLModel, col, select

from journal.database import Journal
from models.databases import insert_rows
from models.outcomes import GATHERING
from models.tables.columns import UtcTime
from models.tables.journal import OperationRow, OutcomeRow
from models.tables.owners import DepartedRow, OwnerSnapshotRow, SnapshotEnrollmentRow

PUT_IN = ("enrolled", "reassigned", "upgraded")
COLUMNS = ["workspace", "mailbox", "email", "sequence", "seen_at", "detail"]
AHEAD = timedelta(minutes=5)  # how far two processes may be apart about the workspace's time
CUT_SHORT = timedelta(days=1)  # a look that is not complete after that was cut short: its process is long gone
RUNNING, DEPARTED, OUTCOME = (
    SQLModel.metadata.tables[str(row.__tablename__)] for row in (SnapshotEnrollmentRow, DepartedRow, OutcomeRow)
)


def begin_look(journal: Journal, workspace: str, owners: pd.DataFrame, now: datetime) -> dict[str, int]:
    """Write the owners down (columns `mailbox, owner`); give each mailbox's snapshot number.

    They count for nothing before `finish_look`. Looks from a time that has not come yet are of a workspace that was
    loaded anew under this name: they are forgotten.
    """
    with journal.session() as session:
        _forget_what_is_not_of_this_life(session, workspace, now)
        rows = [
            OwnerSnapshotRow(
                workspace=workspace,
                mailbox=mailbox,
                owner=owner,
                taken_at=now,
                recorded_at=datetime.now(UTC),
                complete=False,
            )
            for mailbox, owner in owners[["mailbox", "owner"]].itertuples(index=False)
        ]
        session.add_all(rows)
        session.flush()
        return {row.mailbox: row.id or 0 for row in rows}


def _forget_what_is_not_of_this_life(session: Session, workspace: str, now: datetime) -> None:
    stale = session.exec(
        select(OwnerSnapshotRow.id).where(
            OwnerSnapshotRow.workspace == workspace,
            (col(OwnerSnapshotRow.taken_at) > now + AHEAD)
            | (~col(OwnerSnapshotRow.complete) & (col(OwnerSnapshotRow.recorded_at) < datetime.now(UTC) - CUT_SHORT)),
        )
    )
    _delete(session, stale)
    session.execute(
        delete(DepartedRow).where(col(DepartedRow.workspace) == workspace, col(DepartedRow.seen_at) > now + AHEAD)
    )


def _delete(session: Session, snapshot_ids: Iterable[int | None]) -> None:
    for number in list(snapshot_ids):
        session.execute(delete(SnapshotEnrollmentRow).where(col(SnapshotEnrollmentRow.snapshot_id) == number))
        session.execute(delete(OwnerSnapshotRow).where(col(OwnerSnapshotRow.id) == number))


def add_running(journal: Journal, numbers: dict[str, int], running: pd.DataFrame) -> None:
    """Write down who runs (columns `mailbox, email, sequence`), under each mailbox's snapshot."""
    columns = (running[name].to_numpy(dtype=object) for name in ("mailbox", "email", "sequence"))
    rows = [
        (numbers[mailbox], email, sequence)
        for mailbox, email, sequence in zip(*columns, strict=True)
        if mailbox in numbers
    ]
    if not rows:
        return
    with journal.session() as session:
        insert_rows(session.connection(), RUNNING.name, ("snapshot_id", "email", "sequence"), rows)
        for mailbox, number in running["mailbox"].value_counts().items():
            snapshot = session.get(OwnerSnapshotRow, numbers.get(str(mailbox), 0))
            if snapshot is not None:
                snapshot.running += int(number)
                session.add(snapshot)


def finish_look(journal: Journal, workspace: str, numbers: dict[str, int]) -> None:
    """Have a look count: write down who departed since the last one, then put it in its place.

    Whoever we put into a sequence since the last look counts as seen by it. Repeated, or after the look was forgotten:
    nothing happens.
    """
    with journal.session() as session:
        new = {
            row.mailbox: row
            for row in session.exec(
                select(OwnerSnapshotRow).where(
                    OwnerSnapshotRow.workspace == workspace,
                    ~col(OwnerSnapshotRow.complete),
                    col(OwnerSnapshotRow.id).in_(list(numbers.values())),
                )
            )
        }
        if numbers and not new:
            return
        last = _last_of_each(session, workspace)
        if last:
            last_look = max(row.taken_at for row in last.values())
            session.execute(_departed_of_ours(workspace, last_look, new.values()))
        for mailbox, before in last.items():
            now = new.get(mailbox)
            if not before.gone:
                session.execute(_departed_from(before, now))
            if now is None:  # it shows no more, or not while nothing runs from it: its last owner may still tell
                before.gone = True
            elif now.owner == before.owner:
                now.owner_seen_at = before.owner_seen_at or before.taken_at
                _delete(session, [before.id])
        for row in new.values():
            row.complete, row.owner_seen_at = True, row.owner_seen_at or row.taken_at
        session.add_all([*new.values(), *(row for mailbox, row in last.items() if mailbox not in new)])


def _last_of_each(session: Session, workspace: str) -> dict[str, OwnerSnapshotRow]:
    rows = session.exec(
        select(OwnerSnapshotRow)
        .where(OwnerSnapshotRow.workspace == workspace, col(OwnerSnapshotRow.complete))
        .order_by(col(OwnerSnapshotRow.taken_at), col(OwnerSnapshotRow.id))
    )
    return {row.mailbox: row for row in rows}


def _departed_from(before: OwnerSnapshotRow, now: OwnerSnapshotRow | None) -> Insert:
    """Those of a look who do not run from the mailbox at the next one; all of them where the mailbox does not show."""
    old, new = RUNNING.alias(), RUNNING.alias()
    rows = select_columns(
        literal(before.workspace),
        literal(before.mailbox),
        old.c.email,
        old.c.sequence,
        literal(before.taken_at, UtcTime()),
        literal(""),
    ).where(old.c.snapshot_id == before.id)
    if now is not None:
        rows = rows.where(~exists().where(new.c.snapshot_id == now.id, new.c.email == old.c.email))
    return insert(DEPARTED).from_select(COLUMNS, rows)


def _departed_of_ours(workspace: str, last_look: datetime, new: Iterable[OwnerSnapshotRow]) -> Insert:
    """Contacts that operations, ended since the last look, enrolled or kept running, and that do not run any more."""
    now, known = RUNNING.alias(), DEPARTED.alias()
    rows = (
        select_columns(
            literal(workspace),
            OUTCOME.c.mailbox,
            OUTCOME.c.email,
            OUTCOME.c.sequence,
            col(OperationRow.started_at),
            literal(""),
        )
        .join(OperationRow, col(OperationRow.id) == OUTCOME.c.operation_id)
        .where(
            col(OperationRow.workspace) == workspace,
            col(OperationRow.mode) == "live",
            col(OperationRow.ended_at) >= last_look,
            col(OperationRow.procedure).not_in(GATHERING),
            OUTCOME.c.outcome.in_(PUT_IN),
            OUTCOME.c.mailbox.is_not(None),
            OUTCOME.c.sequence.is_not(None),
            ~exists().where(now.c.snapshot_id.in_([row.id for row in new]), now.c.email == OUTCOME.c.email),
            # At a clock that stands still an operation ends at the instant of two looks.
            ~exists().where(
                known.c.workspace == workspace,
                known.c.email == OUTCOME.c.email,
                known.c.seen_at == col(OperationRow.started_at),
            ),
        )
    )
    return insert(DEPARTED).from_select(COLUMNS, rows)


def last_change(
    journal: Journal, workspace: str, mailbox: str, owner: str | None, now: datetime
) -> tuple[OwnerSnapshotRow, OwnerSnapshotRow | None] | None:
    """The last look at a mailbox while somebody else than `owner` had it, and the first one after that, if there was
    one; None where nobody was seen to have it before.

    Looks from later than `now` are of a workspace that was loaded anew since.
    """
    looks = _looks(journal, workspace, mailbox, now)
    others = [at for at, look in enumerate(looks) if look.owner != owner]
    if not others:
        return None
    after = looks[others[-1] + 1 :]
    return looks[others[-1]], after[0] if after else None


def changes_seen(
    journal: Journal, workspace: str, mailbox: str, now: datetime
) -> list[tuple[OwnerSnapshotRow, OwnerSnapshotRow]]:
    """Every two looks at a mailbox, one after the other, between which its owner changed; the first pair first."""
    looks = _looks(journal, workspace, mailbox, now)
    return [(one, next_one) for one, next_one in pairwise(looks) if one.owner != next_one.owner]


def _looks(journal: Journal, workspace: str, mailbox: str, now: datetime) -> list[OwnerSnapshotRow]:
    """The looks at a mailbox that are kept: one for each time in which one owner had it, the first one first."""
    with journal.session() as session:
        return list(
            session.exec(
                select(OwnerSnapshotRow)
                .where(
                    OwnerSnapshotRow.workspace == workspace,
                    OwnerSnapshotRow.mailbox == mailbox,
                    col(OwnerSnapshotRow.complete),
                    col(OwnerSnapshotRow.taken_at) <= now + AHEAD,
                )
                .order_by(col(OwnerSnapshotRow.taken_at), col(OwnerSnapshotRow.id))
            )
        )


def mailboxes_known(journal: Journal, workspace: str) -> set[str]:
    """Every mailbox of a workspace at which a look is kept, whether it shows now or not."""
    with journal.session() as session:
        return set(
            session.exec(
                select(OwnerSnapshotRow.mailbox).where(
                    OwnerSnapshotRow.workspace == workspace, col(OwnerSnapshotRow.complete)
                )
            )
        )


def mailboxes_seen(journal: Journal, workspace: str) -> int:
    """How many looks at mailboxes of a workspace are kept."""
    with journal.session() as session:
        return session.exec(
            select(func.count()).where(OwnerSnapshotRow.workspace == workspace, col(OwnerSnapshotRow.complete))
        ).one()


def recorded(journal: Journal, snapshot_id: int) -> set[str]:
    """Who ran from the mailbox when the snapshot was taken."""
    with journal.session() as session:
        return set(
            session.exec(select(SnapshotEnrollmentRow.email).where(SnapshotEnrollmentRow.snapshot_id == snapshot_id))
        )
