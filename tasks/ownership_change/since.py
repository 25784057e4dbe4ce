"""What has happened since contacts fell out: the platform's history, and what the journal knows of it."""

from typing import Any

import pandas as pd

from journal import enrolled, taken_out
from journal.owners import changes_of_owner
from models.rules.since import nothing_known, since_they_fell_out, with_the_others
from tasks.operation import Operation


def what_happened(operation: Operation, contacts: pd.DataFrame) -> pd.DataFrame:
    """What there is to say of contacts (columns `email, sequence, fell_at`) since: see `since_they_fell_out`. What an
    undo ended is as if it had not been; whose there is are `undone` (bool). Only who was not `alone` is asked about."""
    if "alone" not in contacts:
        return _asked(operation, contacts)
    alone = contacts["alone"].eq(True)
    return with_the_others(contacts, None if alone.all() else _asked(operation, contacts[~alone]))


def _asked(operation: Operation, contacts: pd.DataFrame) -> pd.DataFrame:
    fell = contacts[contacts["fell_at"].notna() & contacts["sequence"].notna()]
    request = fell[["email", "fell_at"]].rename(columns={"fell_at": "since"}).reset_index(drop=True)
    every = operation.platform.history(request)
    known = nothing_known()
    undone = _undone(operation, every)
    history = every.drop(undone)
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
    emails_undone = every.loc[undone, "email"]
    return since_they_fell_out(contacts, history, **known).assign(undone=contacts["email"].isin(emails_undone))


def _undone(operation: Operation, history: pd.DataFrame) -> "pd.Index[Any]":
    """The rows of enrollments that an undo ended after they fell out."""
    undos = taken_out.under_way(operation.journal, operation.row.workspace, None, ("undo",))
    ended = history[history["ended_at"].gt(history["since"]) & history["started_at"].ge(history["since"])]
    return (
        ended.index[taken_out.by_us(operation.journal, undos, ended)] if len(undos) and len(ended) else ended.index[:0]
    )
