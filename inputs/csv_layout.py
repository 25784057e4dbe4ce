"""How the cells of a CSV lie: which delimiter parts them, where the contacts begin, which column has the addresses."""

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from inputs.addresses import address_in
from inputs.csv_headers import count_addresses, email_columns
from inputs.csv_source import Source

_SAMPLE_LINES = 200
_SAMPLE_WIDTH = 65_536  # characters a line
_SAMPLE_CHARACTERS = 8_000  # clevercsv takes seconds on more
_MOST_NOTES = 20  # rows before a header
_SHOWN = 10  # cells in a message
LARGEST_CELL = 16_000_000  # characters; Excel's own limit is 32,767


@dataclass(frozen=True)
class Layout:
    """How the cells lie under one delimiter. More than one column: equally good; none: no addresses found."""

    delimiter: str
    skip: int  # records before the first contact
    notes: int  # of those, records before the header that are no rows
    first: list[str]
    headed: bool
    columns: list[int]
    score: int  # addresses in the sample

    def describe(self) -> str:
        place = self.columns[0]
        column = f"column {self.first[place].strip()!r}" if self.headed else f"column {place + 1} (no header)"
        cells = "tab separated" if self.delimiter == "\t" else f"{self.delimiter!r} separated"
        return f"{cells if len(self.first) > 1 else 'one column'}, {column}"


def layout_of(source: Source) -> Layout:
    """The layout in which one column has addresses; of several that with most; of equals clevercsv's."""
    layouts = possible_layouts(source)
    clear = [layout for layout in layouts if len(layout.columns) == 1]
    best = [layout for layout in clear if layout.score == max(layout.score for layout in clear)]
    if len(best) > 1 and any(len(layout.first) > 1 for layout in best):
        import clevercsv  # takes half a second to load, and few files need it

        sample = "".join(islice(source.lines(), _SAMPLE_LINES))[:_SAMPLE_CHARACTERS]
        dialect = clevercsv.Detector().detect(sample, delimiters=[layout.delimiter for layout in best])
        best.sort(key=lambda layout: dialect is None or layout.delimiter != dialect.delimiter)
    if best:
        return best[0]
    widest = max(layouts, key=lambda layout: (len(layout.columns), len(layout.first)))
    shown = shortened(widest.first)
    if widest.columns:
        which = shortened([widest.first[place] for place in widest.columns])
        raise source.refusal(
            f"has more than one column that may hold the addresses: {which}",
            "Name the right one Email and the others otherwise",
        )
    raise source.refusal(f"has no column with addresses; its first row is {shown}", "Name that column Email")


def shortened(cells: Sequence[str]) -> str:
    """The first of these cells for a message, each no longer than a header is."""
    more = f", … ({len(cells)} in all)" if len(cells) > _SHOWN else ""
    return ", ".join(repr(cell.strip()[:40]) for cell in cells[:_SHOWN]) + more


def possible_layouts(source: Source) -> list[Layout]:
    """What a sample of the head looks like under each delimiter that may be meant."""
    head = [line[:_SAMPLE_WIDTH] for line in islice(source.lines(), _SAMPLE_LINES)]
    layouts = []
    for delimiter in source.delimiters():
        rows = list(reader(head, delimiter)) or [[]]
        skip = header_place(rows, lambda cells, rest: bool(email_columns(cells, rest)))
        first, rest = rows[skip], rows[skip + 1 :]
        columns = [place for place, cell in enumerate(first) if address_in(cell)]
        headed = not columns
        if headed:
            columns = email_columns(first, rest)
        notes = sum(bool("".join(cells).strip()) for cells in rows[:skip])
        score = count_addresses(rest, columns[0])[0] if columns else 0
        layouts.append(Layout(delimiter, skip + headed, notes, first, headed, columns, score))
    return layouts


def header_place(rows: list[list[str]], is_header: Callable[[list[str], list[list[str]]], bool]) -> int:
    """Which of the first rows is the header: the first that is not blank, or a later one under notes.

    Notes, such as a report's title and date, have fewer filled cells than the header, or a blank row parts them from
    it; and no cell of theirs is an address. `is_header` judges a row and those under it.
    """
    begin = next((place for place, cells in enumerate(rows) if "".join(cells).strip()), 0)
    for place, cells in enumerate(rows[begin : begin + _MOST_NOTES], start=begin):
        width = sum(bool(cell.strip()) for cell in cells)
        if not width:
            continue
        notes = [row for row in rows[begin:place] if "".join(row).strip()]
        narrower = all(sum(bool(cell.strip()) for cell in row) < width for row in notes)
        parted = place > begin and not "".join(rows[place - 1]).strip()
        if any(address_in(cell) for cell in cells):
            return begin
        if (narrower or parted) and is_header(cells, rows[place + 1 :]):
            return place
    return begin


def reader(lines: Iterable[str], delimiter: str, *, strict: bool = False) -> Iterator[list[str]]:
    """The records that lie in lines. Raises csv.Error; `strict` also where a quote is out of place."""
    csv.field_size_limit(LARGEST_CELL)
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=strict)
