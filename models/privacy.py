"""What is in the home is its owner's own: folders that nobody else enters, files that nobody else reads, whatever the
umask. Contacts' addresses are in all of it."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
OTHERS = 0o077
_users: list[int] = []  # the umask that the user has, while ours is in force
_OURS = re.compile(
    r"(journal|sandbox|twin-.*|rehearsal-.*)\.db(-wal|-shm|-journal)?|operations|logs|prefect|demo"
    r"|up\.json|backup\.json|last-backup\.json|requests\.jsonl|watch\.json.*|\.handoff-.*"
).fullmatch
"""Names in a home that we give. A home may be a folder that has others' files too: those are not ours to close."""


@contextmanager
def owner_only() -> Iterator[None]:
    """Whatever this process and those it starts create meanwhile, nobody but the owner may read: Prefect's database and
    logs too. `mode_of_users` still knows what the user would have."""
    _users.append(os.umask(OTHERS))
    try:
        yield
    finally:
        os.umask(_users.pop())


def mode_of_users() -> int | None:
    """The mode of a new file by the user's own umask; None where that is the one in force."""
    return 0o666 & ~_users[0] if _users else None


def make_folder(path: Path) -> Path:
    """Make a folder and those above it where they are missing, for the owner only. Raises OSError."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(FOLDER, exist_ok=True)
    return path


def make_database_file(database: str | None) -> None:
    """Make the file of a SQLite database, and its folder, for the owner only, where they are missing: SQLite gives the
    files beside it (-wal, -shm) the same mode. Where it cannot be made, SQLite itself says so."""
    if not database or database == ":memory:" or database.startswith("file:"):
        return
    path = Path(database)
    make_folder(path.parent)
    with suppress(OSError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE))


def close_home(home: Path) -> None:
    """Close what an earlier release, or another umask, left open in a home; nothing where there is no home.

    The home itself is closed only where all in it is ours: it might be a folder that others need.
    """
    try:
        entries = list(os.scandir(home))
    except OSError:
        return
    ours = [entry for entry in entries if _OURS(entry.name)]
    for entry in ours:
        with suppress(OSError):  # gone meanwhile, or somebody else's
            if entry.stat().st_mode & OTHERS:
                _close_tree(Path(entry.path))
    if len(ours) == len(entries):
        with suppress(OSError):
            _close(home)


def _close_tree(path: Path) -> None:
    # The top last: as long as it is open, one that was cut short is begun again.
    for folder, _, files in os.walk(path, topdown=False):
        for each in [*(Path(folder, name) for name in files), Path(folder)]:
            with suppress(OSError):
                if each == path or not each.is_symlink():
                    _close(each)
    _close(path)


def _close(path: Path) -> None:
    mode = path.stat().st_mode
    if mode & OTHERS:
        path.chmod(mode & ~OTHERS & 0o7777)
