"""The records of a CSV with their rows and their original text; a quote that may have taken in a row is refused."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from inputs.csv_layout import LARGEST_CELL, reader
from inputs.csv_source import Source

TextRecord = tuple[int, list[str], str]  # row, cells, the original text
_REMEDY = "Close the quote, or double it where it belongs to the text"


@dataclass(frozen=True)
class RowShape:
    """What a line looks like that is a row by itself: so many cells, and in one column (from 0) something that
    `key` takes for an address, or whatever a row is about; `key` gives None for anything else."""

    width: int
    column: int
    key: Callable[[str], str | None]

    def is_two_rows(self, cells: Sequence[str]) -> bool:
        """Whether a record may be two rows whose line end is missing: about as wide as two, with an address in each."""
        wide = self.width > 1 and len(cells) >= 2 * self.width - 1
        return wide and any("@" in cell for cell in cells[self.width - 1 + min(self.column, 1) :])

    def keys_in(self, line: str, delimiter: str) -> set[str]:
        """What a line is about, were it a row: split at each delimiter, and as a CSV."""
        try:
            parsed = next(reader([line], delimiter), [])
        except csv.Error:
            parsed = []
        split = [cell.strip('" \r\n') for cell in line.split(delimiter)]
        found = {self.key(cells[self.column]) for cells in (split, parsed) if len(cells) == self.width}
        return {key for key in found if key}


def records(source: Source, delimiter: str, shape: RowShape) -> Iterator[TextRecord]:
    """Every record, blank ones too; `row` is the number a spreadsheet shows.

    Raises InvalidInput where a cell over several lines may have taken in a row: where one of its lines has the shape
    of a row about something else, where a quote opens or closes inside a cell, or where one is never closed.
    """
    pending: list[str] = []
    row = line = 0
    width = shape.width

    def remembered() -> Iterator[str]:
        for text in source.lines():
            pending.append(text)
            yield text
        if pending:
            raise source.refusal(f"has a quote in row {row + 1} that is never closed (line {line + 1})", _REMEDY)

    try:
        for row, cells in enumerate(reader(remembered(), delimiter), start=1):
            if len(pending) > 1:
                _refuse_doubtful(source, pending, cells, delimiter, shape, (row, line))
            if len(cells) > width and shape.is_two_rows(cells):
                raise source.refusal(
                    f"has two rows in row {row}, it seems: {len(cells)} cells, of which only one may hold an address",
                    "Part them, or take out the cells that are too many",
                )
            yield row, cells, "".join(pending).rstrip("\r\n")
            line += len(pending)
            pending.clear()
    except csv.Error:
        raise source.refusal(
            f"has a cell of more than {LARGEST_CELL:,} characters in row {row + 1} (line {line + 1})",
            "Close a quote that is left open there, or leave that column out",
        ) from None


def _refuse_doubtful(
    source: Source, lines: list[str], cells: Sequence[str], delimiter: str, shape: RowShape, at: tuple[int, int]
) -> None:
    """Refuse a record over several lines where it may hold more than one row; `at` is its row, and the line before."""
    row, before = at
    own = shape.key(cells[shape.column]) if shape.column < len(cells) else None
    for place, line in enumerate(lines, start=before + 1):
        if shape.keys_in(line, delimiter) - {own}:
            raise source.refusal(
                f"has a quote in row {row} that takes in a later row, it seems; line {place} is {line.strip()[:80]!r}",
                _REMEDY,
            )
    if not _quotes_enclose_cells("".join(lines), delimiter):
        raise source.refusal(
            f"has a quote inside a cell of row {row}, which goes on over lines {before + 1} to {before + len(lines)}",
            _REMEDY,
        )


def _quotes_enclose_cells(text: str, delimiter: str) -> bool:
    """Whether every quote of a record stands at the begin or the end of a cell, or is doubled in one."""
    text, at, cell = text.rstrip("\r\n"), 0, _cell(delimiter)
    while found := cell.match(text, at):
        if (at := found.end()) == len(text):
            return True
        if text[at] != delimiter:
            return False
        at += 1
    return False


@lru_cache
def _cell(delimiter: str) -> "re.Pattern[str]":
    return re.compile(rf' *"(?:[^"]|"")*"[^\S\r\n{re.escape(delimiter)}]*|[^"{re.escape(delimiter)}\r\n]*')
