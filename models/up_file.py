"""`up.json` in the home: what `handoff up` keeps running there. It is there while that runs, and removed at its end.

Whoever keeps the house holds a lock on the file. So a file that was left by a killed process is known for what it is,
whatever process has its number by now.
"""

import fcntl
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from pydantic import BaseModel, ValidationError

from models.errors import InvalidInput
from models.privacy import FILE

NAME = "up.json"


class Up(BaseModel):
    """Addresses, the process's number, the sandbox's clock; addresses are missing until all answer."""

    pid: int
    clock: str
    api_url: str | None = None
    ui_url: str | None = None
    reports_url: str | None = None
    processes: dict[str, int] = {}


def up_in(home: Path) -> Up | None:
    """What `handoff up` says of itself in this home; None where none runs."""
    try:
        with (home.expanduser() / NAME).open(encoding="utf-8") as file:
            if _lock(file, fcntl.LOCK_SH):
                return None
            return _read(file)
    except OSError:
        return None


class UpFile:
    """The file, held by this process."""

    def __init__(self, home: Path) -> None:
        """Take the file. Raises InvalidInput where another `handoff up` holds it."""
        self._path = home / NAME
        self._file = self._taken(home)
        self.left_behind = _read(self._file)  # by one that was killed

    def _taken(self, home: Path) -> TextIO:
        while True:
            file = os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, FILE), "r+", encoding="utf-8")
            if not _lock(file, fcntl.LOCK_EX, tries=5):
                other = _read(file)
                file.close()
                at = f", process {other.pid}" + (f", {other.ui_url}" if other.ui_url else "") if other else ""
                raise InvalidInput(
                    "HANDOFF_HOME", f"`handoff up` runs in {home} already{at}", "Use that one, or end it with Ctrl-C"
                )
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file.fileno()), self._path.stat()):
                    return file
            file.close()  # the one before removed it between opening and locking

    def write(self, up: Up) -> None:
        """Replace what it says, in one piece: somebody may be reading. Blanks cover the end of what was longer."""
        number = self._file.fileno()
        words = (up.model_dump_json(indent=2) + "\n").encode()
        os.pwrite(number, words.ljust(os.fstat(number).st_size), 0)

    def remove(self) -> None:
        self._path.unlink(missing_ok=True)
        self._file.close()


def _lock(file: TextIO, kind: int, tries: int = 1) -> bool:
    """Lock it if nobody else has, and say whether that went well. A reader has it for an instant only: try again."""
    for _ in range(tries):
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05 if tries > 1 else 0)
        else:
            return True
    return False


def _read(file: TextIO) -> Up | None:
    file.seek(0)
    try:
        return Up.model_validate(json.load(file))
    except (json.JSONDecodeError, ValidationError):
        return None
