"""The bytes of a file, and how they become lines of text; refused where they are no text at all."""

import codecs
import io
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from charset_normalizer import from_bytes

from models.errors import InvalidInput
from models.settings import Settings

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 200  # with accents; a detector needs no more
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WIDE = tuple(mark for mark, _ in _MARKS[1:])
# Short Western names look Polish to a detector that may choose freely, so Western is tried first.
_GUESSES = (["cp1252"], ["cp1250", "cp1251", "cp932", "gb18030", "big5", "cp949"])
# Quotes, dashes and other signs of cp1252: a file with these and no accents tells a detector nothing.
_SIGNS = bytes([0x80, 0x85, *range(0x91, 0x98), 0x99, 0xA0, 0xA3, 0xA7, 0xA9, 0xAE, 0xB0, 0xB7])
_BINARY = ((b"PK\x03\x04", "a zip archive"), (b"\xd0\xcf\x11\xe0", "an Excel workbook"), (b"%PDF", "a PDF"))
_AS_CSV = "Save it as CSV (in Excel: File, Save As, 'CSV UTF-8') and give that file"
_LONGEST = 1000  # characters of a problem: a message fits on a screen, whatever the file holds
_MB = 1_000_000
_KINDS = (
    (stat.S_ISDIR, "is a directory", "Give the CSV file inside it"),
    (stat.S_ISFIFO, "is a pipe", "Write what comes through it into a file, and give that"),
    (stat.S_ISCHR, "is a device", "Give a CSV file"),
    (stat.S_ISBLK, "is a device", "Give a CSV file"),
    (stat.S_ISSOCK, "is a socket", "Give a CSV file"),
)
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel writes it and hides it


@dataclass(frozen=True)
class Source:
    """The bytes, how they decode, and how to speak of them to the person who gave them."""

    raw: bytes
    encoding: str
    name: str
    field: str

    def refusal(self, problem: str, remedy: str) -> InvalidInput:
        """An error that names the file and the field, no longer than a screen."""
        if len(problem) > _LONGEST:
            problem = problem[:_LONGEST] + " …"
        return InvalidInput(self.field, f"{self.name} {problem}", remedy)

    def lines(self) -> Iterator[str]:
        """Lines with their ends, whichever those are, without byte-order mark and separator line."""
        text = self._text()
        first = text.readline().lstrip("\ufeff")
        if not _SEPARATOR_LINE.fullmatch(first):
            yield first
        yield from text

    def delimiters(self) -> tuple[str, ...]:
        """Those that may separate the cells: the one that a separator line declares, or all."""
        declared = _SEPARATOR_LINE.fullmatch(self._text().readline().lstrip("\ufeff"))
        return (declared[1],) if declared else _DELIMITERS

    def _text(self) -> io.TextIOWrapper:
        return io.TextIOWrapper(io.BytesIO(self.raw), encoding=self.encoding, newline="")


def source_of_file(path: Path, field: str) -> Source:
    """A file's content. Raises InvalidInput where it is missing, may not be read, is too large, or is no text.

    Only regular files are opened: a pipe may have no writer, and a device no end.
    """
    nothing = Source(b"", "utf-8", str(path), field)
    try:
        source = replace(nothing, raw=_content(path, nothing))
    except FileNotFoundError:
        raise nothing.refusal("does not exist", "Check the path") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise nothing.refusal(f"cannot be read ({reason})", "Check the path, and who may read it") from None
    _refuse_binary(source)
    encoding = _encoding(source.raw)
    if encoding is None:
        raise source.refusal(
            f"holds bytes that are no text in any encoding tried{_where_broken(source.raw)}",
            "Correct that place, or save the file as CSV UTF-8 again from where it came",
        )
    return replace(source, encoding=encoding)


def _content(path: Path, nothing: Source) -> bytes:
    """The bytes of a regular file. Raises OSError where the system refuses, InvalidInput where it is no such file."""
    _refuse_irregular(path.stat().st_mode, nothing)
    with os.fdopen(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)), "rb") as file:
        found = os.fstat(file.fileno())
        _refuse_irregular(found.st_mode, nothing)
        most = Settings().max_csv_mb
        if found.st_size > most * _MB:
            raise nothing.refusal(
                f"is {found.st_size / _MB:,.0f} MB large, more than the {most:,.0f} MB that are read",
                "Split it, leave columns out, or set HANDOFF_MAX_CSV_MB",
            )
        return file.read()


def _refuse_irregular(mode: int, nothing: Source) -> None:
    if not stat.S_ISREG(mode):
        kinds = ((problem, remedy) for is_one, problem, remedy in _KINDS if is_one(mode))
        raise nothing.refusal(*next(kinds, ("is no regular file", "Give a CSV file")))


def _where_broken(raw: bytes) -> str:
    """In which line the first byte is that is no UTF-8, and what stands before it."""
    if raw.startswith(_WIDE):
        return ""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        before = raw[max(0, raw.rfind(b"\n", 0, error.start) + 1) : error.start].decode("utf-8", "replace")[-40:]
        return f": line {line} has the byte 0x{raw[error.start]:02x} after {before!r}"
    return ""


def source_of_text(text: str, field: str) -> Source:
    """Text that was pasted in. Raises InvalidInput where it is empty or no text."""
    source = Source(text.encode("utf-8", "replace"), "utf-8", "the pasted text", field)
    _refuse_binary(source)
    return source


def _refuse_binary(source: Source) -> None:
    """Say what a file is that is no text, in the words of whoever chose the wrong one."""
    kind = next((kind for start, kind in _BINARY if source.raw.startswith(start)), None)
    if kind and b"xl/" in source.raw:
        kind = "an Excel workbook"
    if kind:
        raise source.refusal(f"is not a CSV: this is {kind}", _AS_CSV)
    if not source.raw.strip(b" \t\r\n\xef\xbb\xbf\xff\xfe\0"):
        raise source.refusal("is empty", "Give one address a row, under the header Email")
    if b"\0" in source.raw and not source.raw.startswith(_WIDE):
        raise source.refusal("holds NUL bytes: it is not plain text", _AS_CSV)


def _encoding(raw: bytes) -> str | None:
    """The encoding that all of it decodes under, or None."""
    marked = next((encoding for mark, encoding in _MARKS if raw.startswith(mark)), None)
    if marked or _decodes(raw, "utf-8"):
        return (marked if _decodes(raw, marked) else None) if marked else "utf-8"
    text = raw.decode("utf-8", "surrogateescape")
    broken = len(re.findall("[\udc80-\udcff]", text))
    if len(re.findall("[^\0-\x7f]", text)) > 2 * broken:
        return None  # UTF-8 with broken bytes: any other reading would garble the names without a word
    sample = b"".join(islice((line for line in io.BytesIO(raw) if not line.isascii()), _SAMPLE_LINES))
    guesses = [] if sample.translate(None, _SIGNS).isascii() else _GUESSES
    found = [match.encoding for guess in guesses if (match := from_bytes(sample, cp_isolation=guess).best())]
    return next((encoding for encoding in [*found, "cp1252"] if _decodes(raw, encoding)), None)


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        return "\0" not in raw.decode(encoding)
    except UnicodeDecodeError:
        return False
