"""Changes of owner before the last one, whose contacts nobody has put back or named yet."""

from collections.abc import Iterator

import pandas as pd

from journal import departed, snapshots
from models.tables.owners import OwnerSnapshotRow
from models.wording import counted
from tasks.fates import fates_of
from tasks.operation import Operation
from tasks.ownership_change.cancellations import Cancellations
from tasks.ownership_change.request import OwnershipChange


def still_out_of_earlier_changes(operation: Operation, request: OwnershipChange) -> Iterator[str]:
    """A notice for each: it is the last change that a run looks at, unless it is given the time of another one."""
    if request.named is not None or request.change_time is not None:
        return
    journal, workspace, now = operation.journal, operation.row.workspace, operation.now()
    last = snapshots.last_change(journal, workspace, request.mailbox, request.owner, now)
    for before, after in snapshots.changes_seen(journal, workspace, request.mailbox, now):
        if last is not None and before.id == last[0].id:
            continue
        out = _out_since(operation, before, after)
        # Who was cancelled is read only where somebody is out: on Unify that is every enrollment of the mailbox.
        moment = Cancellations(operation, request.mailbox, before.taken_at).moment(before, after) if len(out) else None
        if moment is not None and (number := int(out.between(moment.earliest, moment.latest).sum())):
            yield (
                f"when {request.mailbox} changed its owner before, from {before.owner or 'nobody'} to"
                f" {after.owner or 'nobody'}, {counted(number, 'contact')} fell out who were neither put back nor"
                f" named: the next night sees to them; to do it now, set changed_at={moment.at:%Y-%m-%dT%H:%M:%SZ}"
            )


def _out_since(operation: Operation, before: OwnerSnapshotRow, after: OwnerSnapshotRow) -> "pd.Series[pd.Timestamp]":
    """When those fell out who ran at the look before a change and are not accounted for."""
    journal, workspace = operation.journal, operation.row.workspace
    until = after.owner_seen_at or after.taken_at
    found = [
        fates_of(operation, everybody.drop_duplicates("email", keep="last"), [])
        for everybody in departed.open_between(journal, workspace, before.mailbox, before.taken_at, until)
    ]
    out = [people.loc[people["fate"].eq("out"), "fell_at"] for people in found]
    return pd.to_datetime(pd.concat(out) if out else pd.Series([], dtype=object), utc=True)
