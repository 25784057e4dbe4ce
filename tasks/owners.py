"""Who owns each mailbox, and who runs from it: looked at, and kept as the record from before the next change."""

from journal import snapshots
from tasks.operation import Operation

CHUNK = 50_000


def look_at_owners(operation: Operation) -> None:
    """Write down who owns each mailbox and who runs from it, and who ran at the last look and does no more.

    Cut short, it leaves the last look as it was.
    """
    workspace, owners = operation.row.workspace, operation.platform.mailboxes()
    numbers = snapshots.begin_look(operation.journal, workspace, owners, operation.now())
    for running in operation.platform.running(CHUNK):
        snapshots.add_running(operation.journal, numbers, running)
    snapshots.finish_look(operation.journal, workspace, numbers)
