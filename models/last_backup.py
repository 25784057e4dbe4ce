"""`last-backup.json` in the home: when `handoff backup` last wrote a file, and which."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from models.written_file import write_text

NAME = "last-backup.json"


class LastBackup(BaseModel):
    """A backup that was written whole."""

    made_at: datetime
    file: str


def last_backup_in(home: Path) -> LastBackup | None:
    """The last backup of a home, wherever it is kept; None where none was made, or nothing tells of one."""
    with suppress(OSError, ValidationError):
        return LastBackup.model_validate_json((home / NAME).read_bytes())
    return None


def note_backup(home: Path, made_at: datetime, file: Path) -> None:
    """Write down that a backup was made. Raises OSError where the home takes no file."""
    noted = LastBackup(made_at=made_at, file=str(file.absolute()))
    write_text(noted.model_dump_json(indent=2) + "\n", home / NAME)
