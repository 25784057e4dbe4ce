"""The one way in which files are written: whole or not at all, so that a full disk leaves what was there.

`our_file` is for what is ours, `named_file` for a path that a user named. In both a link is followed, and what is no
regular file (a device, a pipe) is written to and never replaced. What is added to a file that is there is another kind:
see `appended`.
"""

import errno
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

from models.errors import InvalidInput
from models.privacy import FILE, make_folder, mode_of_users

SQLITE = b"SQLite format 3\0"
LINKS_AT_MOST = 40  # as Linux follows
_TEXT = {"mode": "w", "encoding": "utf-8", "errors": "backslashreplace", "newline": ""}


@contextmanager
def our_file(path: Path) -> Iterator[IO[str]]:
    """A file of ours to write UTF-8 text to, which takes the place of `path` when it is left well. Folders are made;
    only the owner may read it.

    Raises OSError where the disk refuses: what was at `path` is then untouched.
    """
    make_folder(path.parent)
    with _whole(path, FILE, **_TEXT) as file:
        yield file


def write_text(text: str, path: Path) -> Path:
    """Write `text` as UTF-8 to `path`, a file of ours, and answer it. Raises OSError as `our_file`."""
    with our_file(path) as file:
        file.write(text)
    return path


@contextmanager
def named_file(field: str, path: Path) -> Iterator[IO[str]]:
    """The same at a path that a user gave in `field`. No folder is made. A new file has the mode of the user's umask,
    one that is replaced keeps its own.

    Raises InvalidInput where it cannot be written: what was at `path` is then untouched.
    """
    with _refusing(field, path), _whole(path, None, **_TEXT) as file:
        yield file


@contextmanager
def named_private_file(field: str, path: Path) -> Iterator[IO[bytes]]:
    """As `named_file`, for bytes that only the owner may read."""
    with _refusing(field, path), _whole(path, FILE, mode="wb") as file:
        yield file


def refuse_unwritable(field: str, path: Path) -> None:
    """Raise InvalidInput where `named_file` surely would, before the work that comes first; nothing is written."""
    with _refusing(field, path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        place = _place(path)
        if place is not None and not path.exists() and not os.access(place.parent, os.W_OK):
            missing = errno.EACCES if place.parent.is_dir() else errno.ENOENT
            raise OSError(missing, os.strerror(missing), str(path))


def appended(data: bytes, path: Path) -> None:
    """Add bytes to a file that is there, in one write. Raises OSError where the disk refuses: nothing was added then.

    A process that is killed meanwhile may leave a part of them.
    """
    with path.open("ab", buffering=0) as file:
        before = os.fstat(file.fileno()).st_size
        try:
            left = memoryview(data)
            while left:
                left = left[file.write(left) or 0 :]
        except OSError:
            file.truncate(before)
            raise


@contextmanager
def _refusing(field: str, path: Path) -> Iterator[None]:
    try:
        if path.is_file() and _is_database(path):
            raise InvalidInput(field, f"{path} is a database, and would be lost", "Name another file, or remove it")
        yield
    except OSError as error:
        if isinstance(error, IsADirectoryError):
            raise InvalidInput(field, f"{path} is a folder", "Name a file in it") from error
        if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
            raise InvalidInput(
                field, f"{path} cannot be written: there is no folder {path.parent}", "Make it, or name another place"
            ) from error
        why = error.strerror or type(error).__name__
        raise InvalidInput(field, f"{path} cannot be written ({why})", "Choose another place") from error


@contextmanager
def _whole(path: Path, rights: int | None, **how: Any) -> Iterator[IO[Any]]:
    """The file, opened as `how` says, with these rights; None: that of the file before, or of the user's umask."""
    place = _place(path)
    before = _stat(path)
    if place is None or (before is not None and not stat.S_ISREG(before.st_mode)):
        with path.open(**how) as file:
            yield file
        return
    if before is not None and not os.access(place, os.W_OK):  # who may not write it might still rename over it
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    part = place.with_name(f".handoff-{secrets.token_hex(4)}.part")
    try:
        number = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE if rights == FILE or before else 0o666)
        with os.fdopen(number, **how) as file:
            _set_rights(number, rights, before)
            yield file
            file.flush()
            os.fsync(number)
        part.replace(place)
    finally:
        part.unlink(missing_ok=True)


def _set_rights(number: int, rights: int | None, before: os.stat_result | None) -> None:
    """Owner and mode of the file before are kept, where it had one and nothing else is said."""
    if before is not None:
        with suppress(PermissionError):
            os.fchown(number, before.st_uid, before.st_gid)
    wanted = rights or (before.st_mode & 0o777 if before is not None else mode_of_users())
    if wanted is not None:
        os.fchmod(number, wanted)


def _is_database(path: Path) -> bool:
    """Whether it is one of SQLite's, perhaps the journal itself (https://sqlite.org/fileformat.html, section 1.3)."""
    with path.open("rb") as file:
        return file.read(len(SQLITE)) == SQLITE


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _place(path: Path) -> Path | None:
    """Where links lead; None for what is open already (/dev/stdout, /dev/fd/3): it has no place."""
    for _ in range(LINKS_AT_MOST):
        place = Path(os.path.realpath(path.parent)) / path.name
        if place.is_relative_to("/proc"):
            return None
        if not place.is_symlink():
            return place
        path = place.parent / place.readlink()
    raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), str(path))
