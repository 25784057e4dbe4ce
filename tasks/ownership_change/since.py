"""What has happened since contacts fell out: the platform's history, and what the journal knows of it."""

import pandas as pd

from journal import enrolled
from journal.owners import changes_of_owner
from models.rules.since import nothing_known, since_they_fell_out
from tasks.operation import Operation


def what_happened(operation: Operation, contacts: pd.DataFrame) -> pd.DataFrame:
    """What there is to say of contacts (columns `email, sequence, fell_at`) since: see `since_they_fell_out`."""
    fell = contacts[contacts["fell_at"].notna() & contacts["sequence"].notna()]
    request = fell[["email", "fell_at"]].rename(columns={"fell_at": "since"}).reset_index(drop=True)
    history = operation.platform.history(request)
    known = nothing_known()
    later = history[history["started_at"].ge(history["since"]) & history["ended_at"].notna()]
    if len(later):
        journal, workspace = operation.journal, operation.row.workspace
        emails, earliest = later["email"].unique().tolist(), later["since"].min().to_pydatetime()
        owners = operation.platform.mailboxes()
        owners = owners[owners["mailbox"].isin(later["mailbox"])]
        known = {
            "ours": enrolled.made_since(journal, workspace, emails, earliest),
            "changes_of_owner": changes_of_owner(journal, workspace, owners, operation.now()),
        }
    return since_they_fell_out(contacts, history, **known)
