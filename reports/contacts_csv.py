"""Reading the contacts a person hands over: a CSV as spreadsheets export it, or addresses pasted in."""

import codecs
import csv
import io
import re
import unicodedata
from array import array
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from urllib.parse import unquote

import clevercsv
import numpy as np
import pandas as pd
from charset_normalizer import from_bytes
from email_validator import EmailNotValidError, validate_email

from models.errors import InvalidInput
from reports.csv_out import unguard

_Record = tuple[int, list[str], str]  # row, cells, the original text

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 200
_SAMPLE_WIDTH = 65_536  # characters a line
_SAMPLE_CHARACTERS = 8_000  # clevercsv takes seconds on more
_LARGEST_CELL = 16_000_000  # characters; Excel's own limit is 32,767
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
          (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_WIDE = tuple(mark for mark, _ in _MARKS[1:])
# Short Western names look Polish to a detector that may choose freely, so Western is asked for first.
_GUESSES = (["cp1252"], ["cp1250", "cp1251", "cp932", "gb18030", "big5", "cp949"])
# Quotes, dashes and other signs of cp1252: a file with these and no accents tells a detector nothing.
_SIGNS = bytes([0x80, 0x85, *range(0x91, 0x98), 0x99, 0xA0, 0xA3, 0xA7, 0xA9, 0xAE, 0xB0, 0xB7])
_BINARY = ((b"PK\x03\x04", "a zip archive"), (b"\xd0\xcf\x11\xe0", "an Excel workbook"), (b"%PDF", "a PDF"))
_AS_CSV = "Save it as CSV (in Excel: File, Save As, 'CSV UTF-8') and give that file"

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # Excel writes it and hides it
# Narrower than what is allowed: what it lets through `email_validator` lets through too, forty times slower.
_ORDINARY = re.compile(r"[a-z0-9_]+(?:[.+'-][a-z0-9_]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}").fullmatch
_ORDINARY_LENGTH = 63  # under the limits for a local part, a label and a whole address
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_SPECIAL_USE = re.compile(r"\.(arpa|invalid|local|localhost|onion)$")
_INVISIBLE = " \t\r\n\v\f\xa0\u200b\u200e\u200f\u2060\ufeff"

# Folded headers, the best first; two of one rank are equally good.
_HEADERS = {
    name: rank
    for rank, names in enumerate((
        "email",
        "emailaddress",
        "primaryemail primaryemailaddress emailprimary emailaddressprimary email1 emailaddress1 email1value",
        "workemail workemailaddress emailwork emailaddresswork businessemail businessemailaddress "
        "emailbusiness companyemail corporateemail professionalemail",
        "contactemail contactemailaddress personemail personemailaddress prospectemail prospectemailaddress "
        "leademail leademailaddress recipientemail customeremail emails",
    ))
    for name in names.split()
}  # fmt: skip
_OTHER_HEADER = 9  # speaks of e-mail otherwise, and holds addresses
_SPEAKS = re.compile("mail|courriel|correo|メール|邮|почт")
# Addresses of someone else, or of the contact but not for work; a wrong column would e-mail the wrong people.
_NEVER = re.compile(
    "personal|second|tertiary|third|privat|home|other|additional|altern|old|previous|status|opt|domain|confidence|"
    "owner|sender|sending|from|manager|assistant|user|rep|assign|creat|modif|enroll|invalid|bounce|box|account"
)


@dataclass(frozen=True)
class ContactsFile:
    """The contacts of a file, the rows refused, and in one line for a person how it was read.

    `contacts`: row, email (stripped, lower-cased, unique), line, in file order. `rejects`: row, email,
    reason, line, by row; reason is `invalid_email`, `duplicate_row` or one that `reject` gave. `row` is the
    number a spreadsheet shows (int64, from 1), `line` the original text; the rest are str.
    """

    contacts: pd.DataFrame
    rejects: pd.DataFrame
    understood: str


@dataclass(frozen=True)
class _Source:
    """The bytes, how they decode, and how to speak of them to the person who gave them."""

    raw: bytes
    encoding: str
    name: str
    field: str

    def refusal(self, problem: str, remedy: str) -> InvalidInput:
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


@dataclass(frozen=True)
class _Layout:
    """How the cells lie under one delimiter. More than one column: equally good; none: no addresses found."""

    delimiter: str
    skip: int  # records before the first contact
    first: list[str]
    headed: bool
    columns: list[int]
    score: int  # addresses in the sample

    def describe(self) -> str:
        place = self.columns[0]
        column = f"column {self.first[place].strip()!r}" if self.headed else f"column {place + 1} (no header)"
        cells = "tab separated" if self.delimiter == "\t" else f"{self.delimiter!r} separated"
        return f"{cells if len(self.first) > 1 else 'one column'}, {column}"


def read_contacts(path: Path, field: str = "contacts_csv") -> ContactsFile:
    """Read the contacts of a CSV file. Raises InvalidInput where it is missing, no text or no contacts."""
    nothing = _Source(b"", "utf-8", str(path), field)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise nothing.refusal("does not exist", "Check the path") from None
    except IsADirectoryError:
        raise nothing.refusal("is a directory", "Give the CSV file inside it") from None
    except OSError as error:
        raise nothing.refusal(f"cannot be read ({error.strerror})", "Check who may read it") from None
    source = replace(nothing, raw=raw)
    _refuse_binary(source)
    encoding = _encoding(raw)
    if encoding is None:
        raise source.refusal("holds bytes that are no text in any encoding tried", "Save it as CSV UTF-8")
    return _read(replace(source, encoding=encoding), encoding.removesuffix("-sig"))


def parse_contacts(text: str, field: str = "contacts") -> ContactsFile:
    """Read pasted CSV text, or addresses between newlines, commas, semicolons, spaces.

    `row` is then the place in the list. Raises InvalidInput where there is no address in it, or no telling
    which column holds them.
    """
    source = _Source(text.encode("utf-8", "replace"), "utf-8", "the pasted text", field)
    _refuse_binary(source)
    listed = any(line.count("@") > 1 for line in source.lines())
    if listed and not any(layout.headed and layout.columns for layout in _layouts(source)):
        # Names may hold spaces, and commas where semicolons part the addresses, as Outlook copies them.
        between = r"[\s,;]+" if "<" not in text else r"[;\r\n]+" if ";" in text else r"[,\r\n]+"
        pieces = [piece.strip(_INVISIBLE) for piece in re.split(between, text)]
        records = ((row, [piece], piece) for row, piece in enumerate(filter(None, pieces), start=1))
        return _gather(source, records, 0, "a list")
    return _read(source, "pasted text")


def reject(file: ContactsFile, emails: Collection[str], reason: str) -> ContactsFile:
    """The file with the contacts of these addresses (any case) moved to its rejects, for `reason`."""
    named = file.contacts["email"].isin({email.strip().lower() for email in emails})
    moved = file.contacts[named]
    moved = moved.assign(reason=pd.Series(reason, index=moved.index, dtype="str"))
    rejects = pd.concat([file.rejects, moved[list(file.rejects.columns)]]).sort_values("row", kind="stable")
    contacts = file.contacts[~named].reset_index(drop=True)
    return replace(file, contacts=contacts, rejects=rejects.reset_index(drop=True))


def address_in(cell: str) -> str | None:
    """The address that a cell holds, lower-cased: bare, after `mailto:`, as `Name <address>`; else None."""
    email = cell.strip().lower()
    if len(email) <= _ORDINARY_LENGTH and _ORDINARY(email):
        return email
    return _unusual_address(email) if "@" in email else None


def _unusual_address(text: str) -> str | None:
    text = unguard(text.strip(_INVISIBLE)).strip(_INVISIBLE)
    if named := _NAMED.fullmatch(text):
        name, text = named[1].strip(" \"'"), named[2].strip(_INVISIBLE)
        if "@" in name and name != text:
            return None  # two addresses in one cell
    if text.startswith("mailto:"):
        text = unquote(text.removeprefix("mailto:").partition("?")[0])
    if len(text) <= _ORDINARY_LENGTH and _ORDINARY(text):
        return text
    # Reserved top-level domains serve inside companies; the library refuses all of them but `test`.
    reserved = _SPECIAL_USE.search(text)
    try:
        asked = text[: reserved.start()] + ".test" if reserved else text
        valid = validate_email(asked, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        return None
    email = valid.normalized.lower()
    return email.removesuffix(".test") + reserved[0] if reserved else email


def _refuse_binary(source: _Source) -> None:
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


def _layouts(source: _Source) -> list[_Layout]:
    """What a sample of the head looks like under each delimiter that may be meant."""
    head = [line[:_SAMPLE_WIDTH] for line in islice(source.lines(), _SAMPLE_LINES)]
    layouts = []
    for delimiter in source.delimiters():
        rows = list(_reader(head, delimiter)) or [[]]
        skip = next((place for place, cells in enumerate(rows) if "".join(cells).strip()), 0)
        first, rest = rows[skip], rows[skip + 1 :]
        columns = [place for place, cell in enumerate(first) if address_in(cell)]
        headed = not columns
        if headed:
            columns = _email_columns(first, rest)
        score = _addresses(rest, columns[0])[0] if columns else 0
        layouts.append(_Layout(delimiter, skip + headed, first, headed, columns, score))
    return layouts


def _email_columns(headers: list[str], rows: list[list[str]]) -> list[int]:
    """The columns of the best rank there is."""
    ranked: dict[int, list[int]] = {}
    for place, header in enumerate(headers):
        folded = "".join(filter(str.isalnum, unicodedata.normalize("NFKC", header).casefold()))
        rank = _HEADERS.get(folded)
        if rank is None and _SPEAKS.search(folded) and not _NEVER.search(folded):
            found, filled = _addresses(rows, place)
            rank = _OTHER_HEADER if 2 * found > filled else None
        if rank is not None:
            ranked.setdefault(rank, []).append(place)
    return ranked[min(ranked)] if ranked else []


def _addresses(rows: list[list[str]], column: int) -> tuple[int, int]:
    """How many cells of the column hold an address, and how many hold anything."""
    cells = [row[column] for row in rows if len(row) > column and row[column].strip()]
    return sum(address_in(cell) is not None for cell in cells), len(cells)


def _layout(source: _Source) -> _Layout:
    """The layout in which one column has addresses; of several that with most; of equals clevercsv's."""
    layouts = _layouts(source)
    clear = [layout for layout in layouts if len(layout.columns) == 1]
    best = [layout for layout in clear if layout.score == max(layout.score for layout in clear)]
    if len(best) > 1 and any(len(layout.first) > 1 for layout in best):
        sample = "".join(islice(source.lines(), _SAMPLE_LINES))[:_SAMPLE_CHARACTERS]
        dialect = clevercsv.Detector().detect(sample, delimiters=[layout.delimiter for layout in best])
        best.sort(key=lambda layout: dialect is None or layout.delimiter != dialect.delimiter)
    if best:
        return best[0]
    widest = max(layouts, key=lambda layout: (len(layout.columns), len(layout.first)))
    shown = ", ".join(repr(cell.strip()[:40]) for cell in widest.first[:30])
    if widest.columns:
        which = ", ".join(repr(widest.first[place].strip()) for place in widest.columns)
        raise source.refusal(f"has more than one column that may hold the addresses: {which}",
                             "Name the right one Email and the others otherwise")  # fmt: skip
    raise source.refusal(f"has no column with addresses; its first row is {shown}", "Name that column Email")


def _reader(lines: Iterable[str], delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    csv.field_size_limit(_LARGEST_CELL)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)


def _records(source: _Source, layout: _Layout) -> Iterator[_Record]:
    """Every record, blank ones too. Raises InvalidInput where a quote left open takes in rows after it."""
    pending: list[str] = []
    row = 0
    remedy = "Close the quote, or double it where it belongs to the text"

    def remembered() -> Iterator[str]:
        for line in source.lines():
            pending.append(line)
            yield line
        if pending:
            raise source.refusal(f"has a quote in row {row + 1} that is never closed", remedy)

    try:
        for row, cells in enumerate(_reader(remembered(), layout.delimiter), start=1):
            if len(pending) > 1:
                next(_reader(pending, layout.delimiter, strict=True))
                if _swallows(pending, cells, layout):
                    raise source.refusal(f"has a quote in row {row} that takes in a later row", remedy)
            yield row, cells, "".join(pending).rstrip("\r\n")
            pending.clear()
    except csv.Error as error:
        raise source.refusal(f"has a quote near row {row} that is not closed ({error})", remedy) from None


def _swallows(lines: list[str], cells: list[str], layout: _Layout) -> bool:
    """Whether a line of the record, split by itself, is a row with an address the record does not have."""
    column = layout.columns[0]
    own = address_in(cells[column]) if column < len(cells) else None
    parts = (line.split(layout.delimiter) for line in lines[:-1])
    whole = (part[column].strip('" \r\n') for part in parts if len(part) == len(layout.first))
    return any(address_in(cell) not in (None, own) for cell in whole)


def _read(source: _Source, form: str) -> ContactsFile:
    layout = _layout(source)
    records = islice(_records(source, layout), layout.skip, None)
    return _gather(source, records, layout.columns[0], f"{form}, {layout.describe()}")


def _gather(source: _Source, records: Iterable[_Record], column: int, form: str) -> ContactsFile:
    """Sort the records into contacts and rejects. Raises InvalidInput where not one holds an address."""
    rows: array[int] = array("q")
    emails: list[str] = []
    lines: list[str] = []
    rejects: list[tuple[int, str, str, str]] = []
    seen: set[str] = set()
    for row, cells, line in records:
        cell = cells[column] if column < len(cells) else ""
        email = address_in(cell)
        if email is None:
            if line and "".join(cells).strip():
                rejects.append((row, unguard(cell.strip()), "invalid_email", line))
        elif email in seen:
            rejects.append((row, email, "duplicate_row", line))
        else:
            seen.add(email)
            rows.append(row)
            emails.append(email)
            lines.append(line)
    if not emails:
        raise source.refusal("holds no address in any row", f"It was read as {form}: check the column")
    contacts = pd.DataFrame({"row": np.array(rows), "email": _text(emails), "line": _text(lines)})
    refused = list(zip(*rejects, strict=True)) or [(), (), (), ()]
    texts = {name: _text(cells) for name, cells in zip(("email", "reason", "line"), refused[1:], strict=True)}
    return ContactsFile(
        contacts,
        pd.DataFrame({"row": np.array(refused[0], dtype="int64"), **texts}),
        f"{form}, {len(emails) + len(rejects)} rows",
    )


def _text(cells: Sequence[str]) -> "pd.Series[str]":
    return pd.Series(cells, dtype="str")
