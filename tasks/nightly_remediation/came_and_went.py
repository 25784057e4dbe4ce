"""Who began after the last night and was cancelled before this one: no look ever saw them run."""

from datetime import datetime

import pandas as pd

from journal import departed, operations, snapshots
from models.outcomes import NIGHT
from tasks.operation import Operation

CHUNK = 50_000


def write_down_who_came_and_went(operation: Operation) -> None:
    """Have them among the departed, seen last when they began, where a change of owner may have taken them out.

    At a change of owner whoever runs from the mailbox is cancelled (R1); where somebody ran on, it was done by hand.
    The first night writes nobody down: it has nothing to compare with. Repeated: nothing more.
    """
    journal, workspace = operation.journal, operation.row.workspace
    nights = operations.ended_of(journal, workspace, (NIGHT,), "live", limit=1)
    if not nights or nights[0].started_at > operation.now():  # the second: of a workspace that was loaded anew since
        return
    shown = set(operation.platform.mailboxes()["mailbox"])
    for mailbox in sorted(shown | snapshots.mailboxes_known(journal, workspace)):
        went = _began_and_cancelled(operation, mailbox, nights[0].started_at)
        if len(went) and mailbox in shown:  # nothing runs from one that does not show
            went = went[went["ended_at"].le(runs_on_since(operation, mailbox))]
        departed.add(journal, workspace, went.rename(columns={"started_at": "seen_at"}))


def _began_and_cancelled(operation: Operation, mailbox: str, since: datetime) -> pd.DataFrame:
    """Who of a mailbox began after `since` and is cancelled; columns as the port's `cancelled`."""
    nobody = pd.DataFrame(columns=["email", "sequence", "mailbox", "started_at", "ended_at"])
    if operation.platform.ends(mailbox)["ended_at"].le(since).all():
        return nobody
    found = (one[one["started_at"].gt(since)] for one in operation.platform.cancelled(mailbox, CHUNK))
    return pd.concat([*(one for one in found if len(one))] or [nobody])


def runs_on_since(operation: Operation, mailbox: str) -> pd.Timestamp:
    """When the first of those who run from a mailbox began: who was cancelled after that was taken out by hand. Nobody
    knows whether a change ends what is paused (Q1)."""
    begun = [
        running.loc[~running["paused"], "started_at"].min()
        for running in operation.platform.running(CHUNK, mailbox=mailbox)
    ]
    return min((first for first in begun if pd.notna(first)), default=pd.Timestamp.max.tz_localize("UTC"))
