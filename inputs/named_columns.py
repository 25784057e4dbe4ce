"""Reading a CSV by the names of its columns: decisions, dispositions, tasks, roles; as spreadsheets export it."""

import unicodedata
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from inputs.csv_layout import reader
from inputs.csv_records import records
from inputs.csv_source import Source, source_of_file, source_of_text
from inputs.opt_outs import opt_out_columns, says_not_opted_out
from models.errors import InvalidInput
from models.formulas import unguard


@dataclass(frozen=True)
class NamedColumns:
    """The rows of a file: `rows` has `row` (as a spreadsheet counts), the columns asked for (str, stripped), `line`.

    `source` is for refusals: it names the file and the field.
    """

    rows: pd.DataFrame
    source: Source
    not_opted_out: dict[str, int]
    """Addresses in a column `email` whose row says that they have not opted out, with the row."""

    def refuse(self, row: int, column: str, problem: str, remedy: str) -> InvalidInput:
        """An error that names the file, the row and the column."""
        return self.source.refusal(f"row {row}, column {column}: {problem}", remedy)


def read_columns(
    path: Path | None, text: str | None, field: str, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> NamedColumns:
    """The named columns of a file or of pasted text; optional ones that are missing are empty.

    Headers count without case, spaces and underscores. Raises InvalidInput that names the file and what is missing.
    """
    source = source_of_file(path, field) if path is not None else source_of_text(text or "", field)
    delimiter, places = _layout(source, required, optional)
    found = []
    headed = False
    opt_outs: list[int] = []
    not_opted_out: dict[str, int] = {}
    for row, cells, line in records(source, delimiter, lambda lines, cells: False):
        if not "".join(cells).strip():
            continue
        if headed:
            values = [unguard(cells[at].strip()) if at is not None and at < len(cells) else "" for at in places]
            found.append((row, *values, line))
            if says_not_opted_out(cells, opt_outs) and "email" in required:
                not_opted_out.setdefault(values[required.index("email")].lower(), row)
        else:
            headed, opt_outs = True, opt_out_columns(cells)
    if not found:
        raise source.refusal("holds no row under its header", f"Give rows with {', '.join(required)}")
    return NamedColumns(pd.DataFrame(found, columns=["row", *required, *optional, "line"]), source, not_opted_out)


def _layout(source: Source, required: tuple[str, ...], optional: tuple[str, ...]) -> tuple[str, list[int | None]]:
    """The delimiter under which the header has every required name, and where each column is."""
    headers: list[str] = []
    for delimiter in source.delimiters():
        cells = next((row for row in reader(source.lines(), delimiter) if "".join(row).strip()), [])
        places = {_folded(cell): at for at, cell in reversed(list(enumerate(cells)))}
        if all(_folded(name) in places for name in required):
            return delimiter, [places.get(_folded(name)) for name in (*required, *optional)]
        headers = max(headers, cells, key=len)
    shown = ", ".join(repr(cell.strip()[:40]) for cell in headers[:30])
    missing = [name for name in required if _folded(name) not in {_folded(cell) for cell in headers}]
    raise source.refusal(
        f"has no column {' and no column '.join(missing)}; its first row is {shown}",
        f"Give it the header {', '.join((*required, *optional))}",
    )


def _folded(header: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", header).casefold()))
