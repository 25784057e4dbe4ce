"""Who began after the last night and was cancelled before this one: no look ever saw them run."""

from collections.abc import Iterator
from datetime import datetime

import pandas as pd

from journal import departed, operations, snapshots
from tasks.operation import Operation

CHUNK = 50_000


def write_down_who_came_and_went(operation: Operation) -> None:
    """Have them among the departed, seen last when they began, where a change of owner may have taken them out.

    At a change of owner whoever runs from the mailbox is cancelled (R1); where somebody ran on, it was done by hand.
    The first night writes nobody down: it has nothing to compare with. Repeated: nothing more.
    """
    journal, workspace = operation.journal, operation.row.workspace
    nights = operations.ended_of(journal, workspace, (snapshots.NIGHT,), "live", limit=1)
    if not nights or nights[0].started_at > operation.now():  # the second: of a workspace that was loaded anew since
        return
    shown = operation.platform.mailboxes()["mailbox"]
    for mailbox in sorted({*shown, *snapshots.mailboxes_known(journal, workspace)}):
        for went in _began_and_cancelled(operation, mailbox, nights[0].started_at):
            by_hand = pd.Series(False, index=went.index)
            if mailbox in set(shown):
                by_hand = went["ended_at"].gt(_runs_on_since(operation, mailbox))
            departed.add(journal, workspace, went[~by_hand].rename(columns={"started_at": "seen_at"}))


def _began_and_cancelled(operation: Operation, mailbox: str, since: datetime) -> Iterator[pd.DataFrame]:
    if operation.platform.ends(mailbox)["ended_at"].gt(since).any():
        for cancelled in operation.platform.cancelled(mailbox, CHUNK):
            yield cancelled[cancelled["started_at"].gt(since)]


def _runs_on_since(operation: Operation, mailbox: str) -> pd.Timestamp:
    """When the first of those who run from a mailbox began. Nobody knows whether a change ends what is paused (Q1)."""
    begun = [
        running.loc[~running["paused"], "started_at"].min()
        for running in operation.platform.running(CHUNK, mailbox=mailbox)
    ]
    return min((first for first in begun if pd.notna(first)), default=pd.Timestamp.max.tz_localize("UTC"))
