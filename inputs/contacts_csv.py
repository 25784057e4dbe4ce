"""Reading the contacts a person hands over: a CSV as spreadsheets export it, or addresses pasted in."""

import re
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from inputs.addresses import INVISIBLE, address_in, addresses_in
from inputs.csv_ending import Ending
from inputs.csv_layout import layout_of, possible_layouts
from inputs.csv_records import RowShape, TextRecord, records
from inputs.csv_source import Source, source_of_file, source_of_text
from inputs.status_columns import Statement, StatusColumns
from models.formulas import unguard
from models.wording import counted, first_of

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
    """Contacts that have not opted out by the file, with the row; where they have, it asks to lift that."""
    statements: dict[str, tuple[Statement, ...]] = field(default_factory=dict)
    """Contacts that opted out, bounced or replied by the file."""

    @property
    def named_by_user(self) -> str:
        """For a sentence on an operation's contacts: that the user named them, and how that was read."""
        return f"named by the user ({self.understood})"

    @property
    def stated(self) -> dict[str, frozenset[str]]:
        """The codes of `statements`, by address."""
        return {email: frozenset(one.code for one in found) for email, found in self.statements.items()}


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
        return _Sorting(source, 0).sort(listed_ones, "a list")
    return _read(source, "pasted text")


def reject(file: ContactsFile, emails: Collection[str], reason: str) -> ContactsFile:
    """The file with the contacts of these addresses (any case) moved to its rejects, for `reason`."""
    named = file.contacts["email"].isin({email.strip().lower() for email in emails})
    moved = file.contacts[named]
    moved = moved.assign(reason=pd.Series(reason, index=moved.index, dtype="str"))
    rejects = pd.concat([file.rejects, moved[list(file.rejects.columns)]]).sort_values("row", kind="stable")
    contacts = file.contacts[~named].reset_index(drop=True)
    return replace(file, contacts=contacts, rejects=rejects.reset_index(drop=True))


def _read(source: Source, form: str) -> ContactsFile:
    layout = layout_of(source)
    shape = RowShape(len(layout.first), layout.columns[0], lambda cell: next(iter(addresses_in(cell)), None))
    whole = islice(records(source, layout.delimiter, shape), layout.skip, None)
    sorting = _Sorting(source, layout.columns[0], layout.first if layout.headed else [])
    return sorting.sort(whole, f"{form}, {layout.describe()}", layout.notes)


class _Sorting:
    """Sorts records into contacts and rejects; `header` is empty where the file has none."""

    def __init__(self, source: Source, column: int, header: Sequence[str] = ()) -> None:
        self._source, self._column, self._width = source, column, len(header)
        self._status = StatusColumns(header)
        self._contacts: tuple[array[int], list[str], list[str]] = (array("q"), [], [])  # row, email, line
        self._rejects: list[tuple[int, str, str, str]] = []
        self._several: list[int] = []  # rows with more than one address in a cell
        self._ending = Ending(column)

    def sort(self, found: Iterable[TextRecord], form: str, notes: int = 0) -> ContactsFile:
        """All of it. Raises InvalidInput where not one record holds an address."""
        self._take(found)
        rows, emails, lines = self._contacts
        if not emails:
            raise self._source.refusal("holds no address in any row", f"It was read as {form}: check the column")
        passed_over = self._ending.places
        rejects = [one for place, one in enumerate(self._rejects) if place not in passed_over]
        refused = list(zip(*rejects, strict=True)) or [(), (), (), ()]
        texts = {name: _text(cells) for name, cells in zip(("email", "reason", "line"), refused[1:], strict=True)}
        return ContactsFile(
            pd.DataFrame({"row": np.array(rows), "email": _text(emails), "line": _text(lines)}),
            pd.DataFrame({"row": np.array(refused[0], dtype="int64"), **texts}),
            f"{form}, {counted(len(emails) + len(rejects), 'row')}{self._notices(notes, len(passed_over))}",
            self._status.not_opted_out,
            {email: tuple(stated) for email, stated in self._status.statements.items()},
        )

    def _take(self, found: Iterable[TextRecord]) -> None:
        column, width, status = self._column, self._width, self._status if self._status else None
        rows, emails, lines = self._contacts
        seen: set[str] = set()
        ended = False
        for row, cells, line in found:
            cell = cells[column] if column < len(cells) else ""
            if width == 1 < len(cells) and addresses_in(joined := ", ".join(filter(str.strip, cells))):
                cell = joined
            email = address_in(cell)
            if email is None and (several := addresses_in(cell)):
                email = several[0]
                self._several.append(row)
            if status is not None:
                status.read(row, email, cells)
            if email is None:
                self._ending.add(cells, len(self._rejects))
                ended = True
                if line and "".join(cells).strip():
                    self._rejects.append((row, unguard(cell.strip()), "invalid_email", line))
                continue
            if ended:
                self._ending.begin_anew()
                ended = False
            if email in seen:
                self._rejects.append((row, email, "duplicate_row", line))
            else:
                seen.add(email)
                rows.append(row)
                emails.append(email)
                lines.append(line)

    def _notices(self, notes: int, footers: int) -> str:
        """What was passed over or chosen, for the sentence on how the file was read."""
        found = (
            (notes, f"{counted(notes, 'line')} before the header passed over"),
            (footers, f"{counted(footers, 'row')} at the end are not contacts"),
            (
                len(self._several),
                f"several addresses in a cell of row {first_of([str(n) for n in self._several])}: the first was taken",
            ),
        )
        return "".join(f"; {sentence}" for number, sentence in found if number)


def _text(cells: Sequence[str]) -> "pd.Series[str]":
    return pd.Series(cells, dtype="str")
