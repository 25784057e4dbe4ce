"""Reading a CSV by the names of its columns: decisions, dispositions, tasks, roles; as spreadsheets export it."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd

from inputs.addresses import address_in
from inputs.csv_headers import folded
from inputs.csv_layout import header_place, reader, shortened
from inputs.csv_records import RowShape, records
from inputs.csv_source import Source, source_of_file, source_of_text
from inputs.status_columns import StatusColumns
from models.errors import InvalidInput
from models.formulas import unguard

_MOST_ROWS = 50  # in which the header is looked for


@dataclass(frozen=True)
class NamedColumns:
    """The rows of a file: `rows` has `row` (as a spreadsheet counts), the wanted columns (str, stripped), `line`.

    `source` is for refusals: it names the file and the field. `status` has what columns beside a column `email` say of
    contacts: who opted out, and who did not.
    """

    rows: pd.DataFrame
    source: Source
    status: StatusColumns

    def refuse(self, row: int, column: str, problem: str, remedy: str) -> InvalidInput:
        """An error that names the file, the row and the column."""
        return self.source.refusal(f"row {row}, column {column}: {problem}", remedy)


@dataclass(frozen=True)
class _Layout:
    """The delimiter, the header (record `skip`, from 0), and where each wanted column is; None: nowhere."""

    delimiter: str
    skip: int
    header: list[str]
    places: list[int | None]


def read_columns(
    path: Path | None, text: str | None, field: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> NamedColumns:
    """The named columns of a file or of pasted text; optional ones that are missing are empty.

    Headers count without case, spaces and underscores; lines before the header are passed over. Raises InvalidInput
    that names the file and what is missing, or which column is there twice.
    """
    source = source_of_file(path, field) if path is not None else source_of_text(text or "", field)
    layout = _layout(source, required, optional)
    email = required.index("email") if "email" in required else None
    status = StatusColumns(layout.header if email is not None else [])
    shape = RowShape(len(layout.header), layout.places[email or 0] or 0, _key if email is None else address_in)
    found = []
    for row, cells, line in islice(records(source, layout.delimiter, shape), layout.skip + 1, None):
        if not "".join(cells).strip():
            continue
        values = [unguard(cells[at].strip()) if at is not None and at < len(cells) else "" for at in layout.places]
        found.append((row, *values, line))
        if email is not None and status:
            status.read(row, values[email].lower(), cells)
    if not found:
        raise source.refusal("holds no row under its header", f"Give rows with {', '.join(required)}")
    return NamedColumns(pd.DataFrame(found, columns=["row", *required, *optional, "line"]), source, status)


def _layout(source: Source, required: tuple[str, ...], optional: tuple[str, ...]) -> _Layout:
    """The layout under whose delimiter the header has every required name."""
    headers: list[str] = []
    wanted = [folded(name) for name in (*required, *optional)]

    def has_all(cells: list[str], _: object = None) -> bool:
        return {folded(name) for name in required} <= set(map(folded, cells))

    for delimiter in source.delimiters():
        rows = list(islice(reader(source.lines(), delimiter), _MOST_ROWS)) or [[]]
        place = header_place(rows, has_all)
        cells = rows[place]
        if has_all(cells):
            found = [folded(cell) for cell in cells]
            if twice := [name for name in wanted if found.count(name) > 1]:
                raise source.refusal(f"has more than one column {twice[0]}", "Leave one of them, or rename the others")
            return _Layout(delimiter, place, cells, [found.index(n) if n in found else None for n in wanted])
        headers = max(headers, cells, key=len)
    missing = [name for name in required if folded(name) not in {folded(cell) for cell in headers}]
    raise source.refusal(
        f"has no column {' and no column '.join(missing)}; its first row is {shortened(headers)}",
        f"Give it the header {', '.join((*required, *optional))}",
    )


def _key(cell: str) -> str | None:
    return cell.strip() or None
