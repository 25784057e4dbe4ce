"""The file that operations' stories are added to: an event a line, as JSON. Nothing that stands there is changed."""

import fcntl
import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

from models.errors import InvalidInput
from models.privacy import FILE
from models.story import Event
from models.tables.journal import OperationRow
from models.written_file import refuse_unwritable

_BEGINS = b'{"operation_id": "'
_LINE = re.compile(
    rb'\{"operation_id": "([^"\\]+)", "seq": (\d+), ("at": (?:null|"[^"]*"), "what": "([a-z_-]+)", .*\}\n)'
)
WRITTEN_AT_ONCE = 1 << 20  # bytes
OTHER = "Name another file: this one was left as it is"


@dataclass
class Written:
    """What a file has of an operation: the number of its last event, its last end as it stands there, and how many
    events there are of each kind."""

    seq: int = 0
    ended: dict[str, Any] | None = None
    kinds: Counter[str] = field(default_factory=Counter)


class StoryFile:
    """An open file of stories, and what it has; `mended`: its last line was cut short, and is taken away."""

    def __init__(self, file: IO[bytes]) -> None:
        """Look at each line. Raises ValueError for one that is not ours."""
        self._file, self._unwritten = file, bytearray()
        self.written: dict[str, Written] = {}
        self.mended, self._end = False, 0
        for number, line in enumerate(file, start=1):
            found = _LINE.fullmatch(line)
            if found is None:
                # The process that wrote it was killed, and nothing comes after it: it is written anew.
                self.mended = not line.endswith(b"\n") and (line.startswith(_BEGINS) or _BEGINS.startswith(line))
                if not self.mended:
                    raise ValueError(f"line {number} is no event of `handoff history --export`")
                return
            self._note(*found.groups())
            self._end += len(line)

    @classmethod
    @contextmanager
    def at(cls, field: str, path: Path) -> Iterator[Self]:
        """The file at a path that a user gave in `field`, made where there is none, for its owner only: contacts'
        addresses are in it.

        Raises InvalidInput where it cannot be written, holds something else, or another process adds to it now:
        nothing was changed then. Where it cannot be written to the end, nothing of what was added stays.
        """
        refuse_unwritable(field, path)
        if path.exists() and not path.is_file():
            raise InvalidInput(field, f"{path} cannot be read again, as it has to be", "Name a file")
        try:
            with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, FILE), "rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                opened = cls._read(field, path, file)
                with opened._all_or_nothing():
                    yield opened
        except BlockingIOError as error:
            raise InvalidInput(field, f"another process adds to {path} now", "Wait for it, then try again") from error
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise InvalidInput(field, f"{path} cannot be written ({why})", "Choose another place") from error

    @classmethod
    def _read(cls, field: str, path: Path, file: IO[bytes]) -> Self:
        try:
            return cls(file)
        except ValueError as error:
            raise InvalidInput(field, f"{path} holds something else: {error}", OTHER) from error

    def digests(self, operation_ids: set[str]) -> dict[str, Counter[bytes]]:
        """How often the file has each event of these operations, by a digest of it."""
        found: dict[str, Counter[bytes]] = {one: Counter() for one in operation_ids}
        self._file.seek(0)
        for line in self._file if operation_ids else ():
            if (event := _LINE.fullmatch(line)) is not None and (name := event[1].decode()) in found:
                found[name][_digest(event[3])] += 1
        return found

    def add(self, operation: OperationRow, events: Iterable[Event], known: Counter[bytes]) -> int:
        """Add those of an operation's events that are not `known` (by `digests`); give how many."""
        written, left = self.written.setdefault(operation.id, Written()), known.copy()
        before = written.seq
        for event in events:
            rest = _rest(operation, event)
            if left and left[digest := _digest(rest)]:
                left[digest] -= 1
                continue
            written.seq += 1
            self._unwritten += f'{{"operation_id": {json.dumps(operation.id)}, "seq": {written.seq}, '.encode() + rest
            if len(self._unwritten) > WRITTEN_AT_ONCE:
                self._write()
        return written.seq - before

    def _note(self, operation_id: bytes, seq: bytes, rest: bytes, what: bytes) -> None:
        written = self.written.setdefault(operation_id.decode(), Written())
        written.seq, kind = int(seq), what.decode()
        written.kinds[kind] += 1
        if kind == "ended":
            written.ended = json.loads(b"{" + rest)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """A process that is killed meanwhile leaves a part; the next one goes on after it."""
        number = self._file.fileno()
        os.ftruncate(number, self._end)
        try:
            yield
            self._write()
            os.fsync(number)
        except BaseException:
            os.ftruncate(number, self._end)
            raise

    def _write(self) -> None:
        """Not through the file, whose buffer is for reading; at its end."""
        number = self._file.fileno()
        os.lseek(number, 0, os.SEEK_END)
        left = memoryview(bytes(self._unwritten))
        while left:
            left = left[os.write(number, left) :]
        self._unwritten.clear()


def _rest(operation: OperationRow, event: Event) -> bytes:
    """A line after the operation's id and the number: what makes an event the same."""
    document = {**event.document(), "workspace": operation.workspace, "procedure": operation.procedure}
    return (json.dumps(document, ensure_ascii=False)[1:] + "\n").encode("utf-8", "backslashreplace")


def _digest(rest: bytes) -> bytes:
    return hashlib.blake2b(rest, digest_size=12).digest()
