"""The changes of owners that looks at mailboxes tell of: when each happened at the earliest and at the latest."""

from datetime import datetime

import pandas as pd

from journal.database import Journal
from journal.snapshots import changes_seen, last_change


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
