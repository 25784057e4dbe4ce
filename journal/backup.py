"""A backup: journal and sandbox as they were at one instant, in one file (decision 0031).

It is a zip with `journal.db`, `sandbox.db` (where there is one) and `backup.json`, which says when and of what it was
made.
"""

import json
import sqlite3
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from models.privacy import FILE, make_database_file

JOURNAL, SANDBOX, ABOUT = "journal.db", "sandbox.db", "backup.json"
BUSY = 60.0  # seconds to wait for whoever is writing, as everybody else does


@contextmanager
def copies(journal: Path, sandbox: Path | None, scratch: Path) -> Iterator[dict[str, Path]]:
    """Copies of both databases as they are now, by their names in a backup, in a folder of their own in `scratch` that
    is removed at the end.

    Raises sqlite3.Error where a database is damaged or `scratch` is full, OSError where that cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=".handoff-", dir=scratch) as folder:
        with _at_one_instant(journal, sandbox) as opened:
            found = {name: _copied(connection, Path(folder) / name) for name, connection in opened.items()}
        yield found


@contextmanager
def _at_one_instant(journal: Path, sandbox: Path | None) -> Iterator[dict[str, sqlite3.Connection]]:
    """Connections that see both databases as they are now, for as long as it takes to read them.

    While the two are fixed nobody writes into the journal. So the sandbox shows nothing that the journal had not
    written down before, and everything that the journal knows to be done. After that runs write on.
    """
    with ExitStack() as stack:
        opened = {JOURNAL: stack.enter_context(closing(_open(journal)))}
        if sandbox is not None:
            opened[SANDBOX] = stack.enter_context(closing(_open(sandbox)))
        with closing(_open(journal)) as writer:
            writer.execute("BEGIN IMMEDIATE")
            for connection in opened.values():  # the journal first
                connection.execute("BEGIN")
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it sees no change
            writer.execute("ROLLBACK")
        yield opened


def _open(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=rw"  # never makes one: what is not there has no backup
    return sqlite3.connect(uri, uri=True, timeout=BUSY, isolation_level=None)


def _copied(source: sqlite3.Connection, path: Path) -> Path:
    make_database_file(str(path))
    with closing(sqlite3.connect(path, isolation_level=None)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # whole by itself: nothing of it is in a file beside
    return path


def pack(found: Mapping[str, Path], about: Mapping[str, str], file: IO[bytes]) -> None:
    """Write the copies and `about`, beside the time, as a zip into `file`, which need not be one that can be gone back
    in. Raises OSError where it cannot take it."""
    made = {"made_at": datetime.now(UTC).isoformat(timespec="seconds"), **about}
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(_entry(ABOUT), json.dumps(made, indent=2) + "\n")
        for name, path in found.items():
            with path.open("rb") as whole, packed.open(_entry(name), "w", force_zip64=True) as entry:
                while part := whole.read(1 << 20):
                    entry.write(part)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, time.localtime()[:6])
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, FILE << 16
    return entry
