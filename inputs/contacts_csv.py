"""Reading the contacts a person hands over: a CSV as spreadsheets export it, or addresses pasted in."""

import re
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from inputs.addresses import INVISIBLE, address_in
from inputs.csv_layout import Layout, layout_of, possible_layouts
from inputs.csv_records import TextRecord, records
from inputs.csv_source import Source, source_of_file, source_of_text
from inputs.opt_outs import opt_out_columns, says_not_opted_out
from models.formulas import unguard

__all__ = ["ContactsFile", "address_in", "parse_contacts", "read_contacts", "reject"]


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
    not_opted_out: dict[str, int] = field(default_factory=dict)
    """Whom the file says not to have opted out, with the row; where they have, it asks to lift that."""


def read_contacts(path: Path, field: str = "contacts_csv") -> ContactsFile:
    """Read the contacts of a CSV file. Raises InvalidInput where it is missing, no text or no contacts."""
    source = source_of_file(path, field)
    return _read(source, source.encoding.removesuffix("-sig"))


def parse_contacts(text: str, field: str = "contacts") -> ContactsFile:
    """Read pasted CSV text, or addresses between newlines, commas, semicolons, spaces.

    `row` is then the place in the list. Raises InvalidInput where there is no address in it, or no telling
    which column holds them.
    """
    source = source_of_text(text, field)
    listed = any(line.count("@") > 1 for line in source.lines())
    if listed and not any(layout.headed and layout.columns for layout in possible_layouts(source)):
        # Names may hold spaces, and commas where semicolons part the addresses, as Outlook copies them.
        between = r"[\s,;]+" if "<" not in text else r"[;\r\n]+" if ";" in text else r"[,\r\n]+"
        pieces = [piece.strip(INVISIBLE) for piece in re.split(between, text)]
        listed_ones = ((row, [piece], piece) for row, piece in enumerate(filter(None, pieces), start=1))
        return _gather(source, listed_ones, 0, "a list")
    return _read(source, "pasted text")


def reject(file: ContactsFile, emails: Collection[str], reason: str) -> ContactsFile:
    """The file with the contacts of these addresses (any case) moved to its rejects, for `reason`."""
    named = file.contacts["email"].isin({email.strip().lower() for email in emails})
    moved = file.contacts[named]
    moved = moved.assign(reason=pd.Series(reason, index=moved.index, dtype="str"))
    rejects = pd.concat([file.rejects, moved[list(file.rejects.columns)]]).sort_values("row", kind="stable")
    contacts = file.contacts[~named].reset_index(drop=True)
    return replace(file, contacts=contacts, rejects=rejects.reset_index(drop=True))


def _swallows(layout: Layout, lines: list[str], cells: list[str]) -> bool:
    """Whether a line of the record, split by itself, is a row with an address the record does not have."""
    column = layout.columns[0]
    own = address_in(cells[column]) if column < len(cells) else None
    parts = (line.split(layout.delimiter) for line in lines[:-1])
    whole = (part[column].strip('" \r\n') for part in parts if len(part) == len(layout.first))
    return any(address_in(cell) not in (None, own) for cell in whole)


def _read(source: Source, form: str) -> ContactsFile:
    layout = layout_of(source)
    whole = records(source, layout.delimiter, partial(_swallows, layout))
    records_of_contacts = islice(whole, layout.skip, None)
    columns = opt_out_columns(layout.first) if layout.headed else []
    return _gather(source, records_of_contacts, layout.columns[0], f"{form}, {layout.describe()}", columns)


def _gather(
    source: Source, found: Iterable[TextRecord], column: int, form: str, opt_outs: Sequence[int] = ()
) -> ContactsFile:  # fmt: skip
    """Sort the records into contacts and rejects. Raises InvalidInput where not one holds an address."""
    rows: array[int] = array("q")
    emails: list[str] = []
    lines: list[str] = []
    rejects: list[tuple[int, str, str, str]] = []
    seen: set[str] = set()
    not_opted_out: dict[str, int] = {}
    for row, cells, line in found:
        cell = cells[column] if column < len(cells) else ""
        email = address_in(cell)
        if email is not None and opt_outs and says_not_opted_out(cells, opt_outs):
            not_opted_out.setdefault(email, row)
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
        not_opted_out,
    )


def _text(cells: Sequence[str]) -> "pd.Series[str]":
    return pd.Series(cells, dtype="str")
