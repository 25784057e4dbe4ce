"""Rehearsals whose file was removed: there is nothing left to give back, and nothing to go on with."""

from datetime import UTC, datetime

from journal import loans, operations
from journal.database import Journal
from journal.folders import folder_of
from models.setting_words import in_words
from models.settings import Settings
from models.tables.journal import OperationRow
from models.twins import original_of
from tasks.narration import tell

GONE = "the file of its rehearsal was removed"


def end_gone_rehearsals() -> None:
    """End the operations whose rehearsal is gone, and close its loans as unknown; says so of each.

    Otherwise the loans would be overdue for ever, and keep a new rehearsal from beginning. Those of another machine,
    which has the same journal and files of its own, are left to it.
    """
    journal, now = Journal(Settings().journal_url), datetime.now(UTC)
    for row in operations.in_flight(journal, with_parts=True):
        if row.mode == "live" and _is_gone(row.workspace, row):
            operations.update(journal, row.id, status="cancelled", failure=GONE, ended_at=row.started_at, carrier=None)
            tell(f"{row.procedure} {row.subject} (operation {row.id}) was ended: {GONE}")
    for loan in loans.open_loans(journal):
        borrower = operations.get(journal, loans.last_holder(journal, loan.id or 0))
        if borrower is not None and _is_gone(loan.workspace, borrower):
            for holder in loans.holders(journal, loan.id or 0):
                loans.release(journal, loan.id or 0, holder.operation_id, now)
            loans.close(journal, loan.id or 0, lambda _: "unknown", now)
            tell(f"{in_words(loan.setting)}, on the {loan.workspace}, is not known: {GONE}")


def is_elsewhere(workspace: str) -> bool:
    """Whether it is a rehearsal that has no file in this home."""
    original = original_of(workspace)
    return original is not None and not Settings().rehearsal_file(original).exists()


def _is_gone(workspace: str, row: OperationRow) -> bool:
    """Whether an operation of this machine worked on a rehearsal, and its file is no more."""
    original, folder = original_of(workspace), folder_of(row)
    if original is None or not folder.is_dir():
        return False
    return not (folder.parent.parent / Settings().rehearsal_file(original).name).exists()
