"""The owners of mailboxes, and their changes, as far as looks at the mailboxes show them."""

from datetime import datetime
from itertools import groupby

import pandas as pd
from sqlalchemy import func, literal
from sqlmodel import col, select

from journal import counted
from journal.database import Journal
from journal.snapshots import AHEAD, changes_seen, last_change
from models.report import ReportedOwner
from models.tables.columns import UtcTime
from models.tables.journal import OperationRow
from models.tables.owners import OwnerSnapshotRow


def changes_of_owner(journal: Journal, workspace: str, owners: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """The changes that are known of these mailboxes; `owners` are those of now (columns `mailbox, owner`).

    Columns `mailbox`, `after` (the last look at the one owner, UTC), `until` (the first at the other; NaT: it is now).
    """
    found = list[tuple[str, datetime, datetime | None]]()
    for mailbox, owner in owners[["mailbox", "owner"]].itertuples(index=False):
        pairs = changes_seen(journal, workspace, mailbox, now)
        found += [(mailbox, one.taken_at, other.owner_seen_at or other.taken_at) for one, other in pairs]
        last = last_change(journal, workspace, mailbox, owner, now)
        if last is not None and last[1] is None:
            found.append((mailbox, last[0].taken_at, None))
    out = pd.DataFrame(found, columns=["mailbox", "after", "until"]).astype(object)
    return out.assign(**{name: pd.to_datetime(out[name], utc=True) for name in ("after", "until")})


def owners_shown(journal: Journal, operation: OperationRow) -> tuple[ReportedOwner, ...]:
    """The owners of the mailboxes that an operation is about, as its looks or earlier ones show them; who owned one
    before only for the mailbox whose change of owners the operation is about."""
    query = (
        select(OwnerSnapshotRow.mailbox, OwnerSnapshotRow.owner)
        .where(OwnerSnapshotRow.workspace == operation.workspace, col(OwnerSnapshotRow.complete))
        .order_by(col(OwnerSnapshotRow.mailbox), col(OwnerSnapshotRow.taken_at), col(OwnerSnapshotRow.id))
    )
    if operation.ended_at is not None:  # a look that is kept is the last one at its owner: the first one counts here
        first_look = func.coalesce(col(OwnerSnapshotRow.owner_seen_at), col(OwnerSnapshotRow.taken_at))
        query = query.where(first_look <= literal(operation.ended_at + AHEAD, UtcTime()))
    subject = operation.subject if operation.procedure == "ownership-change" else None
    wanted = {*counted.mailboxes(journal, operation.id), *([subject] if subject else [])}
    with journal.session() as session:
        looks = session.exec(query).all() if wanted else []
    owners = {mailbox: [owner for _, owner in seen] for mailbox, seen in groupby(looks, lambda look: look[0])}
    return tuple(
        ReportedOwner(
            mailbox=mailbox,
            owner=seen[-1],
            before=next((one for one in reversed(seen) if one != seen[-1]), None) if mailbox == subject else None,
        )
        for mailbox, seen in owners.items()
        if mailbox in wanted
    )
