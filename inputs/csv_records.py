"""The records of a CSV with their rows and their original text; a quote left open is refused, not swallowed."""

import csv
from collections.abc import Callable, Iterator

from inputs.csv_layout import reader
from inputs.csv_source import Source

TextRecord = tuple[int, list[str], str]  # row, cells, the original text


def records(source: Source, delimiter: str, swallows: Callable[[list[str], list[str]], bool]) -> Iterator[TextRecord]:
    """Every record, blank ones too; `row` is the number a spreadsheet shows.

    `swallows` says of a record over several lines (its lines, its cells) whether it took in a later row. Raises
    InvalidInput where a quote left open takes in rows after it.
    """
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
        for row, cells in enumerate(reader(remembered(), delimiter), start=1):
            if len(pending) > 1:
                next(reader(pending, delimiter, strict=True))
                if swallows(pending, cells):
                    raise source.refusal(f"has a quote in row {row} that takes in a later row", remedy)
            yield row, cells, "".join(pending).rstrip("\r\n")
            pending.clear()
    except csv.Error as error:
        raise source.refusal(f"has a quote near row {row} that is not closed ({error})", remedy) from None
