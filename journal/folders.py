"""The folders of operations: where each one's files are, also after the home was moved; and those that the journal does
not know, because it is older than they are."""

import os
from pathlib import Path

from pydantic import ValidationError
from sqlmodel import select

from journal.database import Journal
from models.operation_id import is_operation_id
from models.privacy import make_folder
from models.report import Report
from models.settings import Settings
from models.tables.journal import OperationRow
from models.unknown_operation import UnknownOperation

OWED = ("open", "overdue", "unknown")


def folder_of(operation: OperationRow) -> Path:
    """Where an operation's files are: in this home, unless another home has them that the journal names."""
    here, written_down = Settings().operations_folder / operation.id, Path(operation.folder)
    return here if here.is_dir() or not written_down.is_dir() else written_down


def made_folder_of(operation: OperationRow) -> Path:
    """The same, made where it is missing. Raises OSError."""
    return make_folder(folder_of(operation))


def unknown_operations(journal: Journal, folder: Path) -> list[UnknownOperation]:
    """The operations whose folders are in `folder` and that the journal does not know, newest first."""
    try:
        there = {entry.name for entry in os.scandir(folder) if is_operation_id(entry.name)}
    except OSError:  # nothing was run yet
        return []
    if not there:
        return []
    with journal.session() as session:
        known = set(session.exec(select(OperationRow.id)))
    return [UnknownOperation(one, _on_loan(folder / one)) for one in sorted(there - known, reverse=True)]


def _on_loan(folder: Path) -> list[str] | None:
    try:
        report = Report.model_validate_json((folder / "report.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):  # it was under way, or cut short
        return None
    return [loan.setting for loan in report.loans if loan.state in OWED]
