"""Changes of owner before the last one, whose contacts nobody has put back or named yet."""

from collections.abc import Iterator

from journal import departed, snapshots
from models.rules.departed import fates
from models.rules.fallout import ChangeMoment
from models.tables.owners import OwnerSnapshotRow
from models.wording import counted
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
        moment = Cancellations(operation, request.mailbox, before.taken_at).moment(before, after)
        number = _out_since(operation, before, after, moment) if moment else 0
        if moment and number:
            yield (
                f"when {request.mailbox} changed its owner before, from {before.owner or 'nobody'} to"
                f" {after.owner or 'nobody'}, {counted(number, 'contact')} fell out who were neither put back nor"
                f" named: the next night sees to them; to do it now, set changed_at={moment.at:%Y-%m-%dT%H:%M:%SZ}"
            )


def _out_since(operation: Operation, before: OwnerSnapshotRow, after: OwnerSnapshotRow, moment: ChangeMoment) -> int:
    """How many who ran at the look before a change were cancelled at it, and are not accounted for."""
    journal, workspace = operation.journal, operation.row.workspace
    until, number = after.owner_seen_at or after.taken_at, 0
    for everybody in departed.open_between(journal, workspace, before.mailbox, before.taken_at, until):
        chunk = everybody.drop_duplicates("email", keep="last")
        history = operation.platform.history(chunk[["email"]].assign(since=chunk["seen_at"]))
        first, last = int(chunk["id"].iloc[0]), int(chunk["id"].iloc[-1])
        found = fates(chunk, history, departed.treated(journal, workspace, first, last, []))
        at_it = found["fell_at"].between(moment.earliest, moment.latest)
        number += int((found["fate"].eq("out") & at_it).sum())
    return number
