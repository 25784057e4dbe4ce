"""Once a day a sweep removes what was kept long enough: contacts and files of operations (`HANDOFF_KEEP_DAYS`)."""

import shutil
from datetime import UTC, datetime, timedelta

from journal import retention, sweeps
from journal.database import Journal
from journal.folders import folder_of
from models.settings import Settings
from models.tables.journal import OperationRow
from models.wording import counted
from tasks.narration import tell

AT_ONCE = 100
"""So many operations by one sweep: the next one goes on."""


def remove_what_was_kept_long_enough(workspace: str) -> int:
    """Remove contacts and files of operations on whichever workspace, if `workspace`'s sweeps have not done so for a
    day; give of how many operations. Nothing is removed that is needed still, and nothing where no days are set."""
    settings, now = Settings(), datetime.now(UTC)
    journal = Journal(settings.journal_url)
    if settings.keep_days is None or not sweeps.may_remove(journal, workspace, now):
        return 0
    old = retention.kept_long_enough(journal, now - timedelta(days=settings.keep_days), AT_ONCE)
    done = [_remove(journal, operation, now) for operation in old]
    if len(old) < AT_ONCE:
        sweeps.removed(journal, workspace, now)
    if done:
        tell(f"removed contacts and files of {counted(sum(done), 'operation')}, kept for {settings.keep_days} days")
    return sum(done)


def _remove(journal: Journal, operation: OperationRow, now: datetime) -> bool:
    """Files first: where that is cut short, the journal still has the contacts, and the next sweep comes back."""
    folder = folder_of(operation)
    try:
        if folder.name == operation.id and folder.is_dir():
            shutil.rmtree(folder)
    except OSError as error:
        tell(f"{folder} could not be removed ({error.strerror}): its contacts stay too")
        return False
    retention.remove(journal, operation, now)
    return True
