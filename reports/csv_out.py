"""Writing every CSV that leaves Handoff: UTF-8, a header, and no cell that a spreadsheet would run."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from numbers import Number
from pathlib import Path
from typing import IO, Any, Literal

import numpy as np
import pandas as pd

from models.formulas import guard
from models.names import ENCODED, Names
from models.written_file import appended, named_file, our_file

# Cells whose printed form is a number or a time, which no spreadsheet runs.
_PLAIN = (Number, date, timedelta, np.datetime64, np.timedelta64, type(pd.NA), type(pd.NaT), type(None))
_COMPARED = {str, Names, type(None)}  # of other types equal ones may print differently: 1 and True
_SAMPLE = 1_000  # of a column's values: those that differ in most rows are not looked for twice
_ROWS_AT_ONCE = 100_000  # bounds the memory that the guarded copy takes


def readable(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame for people: its texts have control characters percent-encoded, and Names joined (docs/interface.md).

    Not in addresses, which are read back: contacts are found by them.
    """
    texts = [name for name in frame.columns if name != "email" and frame[name].dtype in (object, "str")]
    return frame.assign(**{name: _objects(_each_once(frame[name], _without_controls)) for name in texts})


def _without_controls(value: object) -> object:
    if isinstance(value, Names):
        return str(value)
    return value if not isinstance(value, str) or value.isprintable() else value.translate(ENCODED)


def write_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Write the frame (any columns, its index left out) to `path`, whole or not at all, and answer `path`.

    Lines end in a line feed. Text is guarded against formulas, headers too; numbers stay as they are; missing
    values are empty; times are ISO 8601. Folders on the way are made. Raises OSError where the disk refuses:
    what was at `path` is then untouched.
    """
    with our_file(path) as file:
        _write(frame, file, header=True)
    return path


def write_named_csv(frame: pd.DataFrame, path: Path, field: str) -> None:
    """The same at a path that a user gave in `field`: no folder is made. Raises InvalidInput where it cannot be."""
    with named_file(field, path) as file:
        _write(frame, file, header=True)


def append_csv(frame: pd.DataFrame, path: Path) -> Path:
    """Add the frame's rows to the CSV at `path`, created with a header where absent or empty; answers `path`.

    The rows go out in one write, after a line end where a process that was killed left none. Raises ValueError
    where the header at `path` is not that of the frame, OSError where the disk refuses: nothing is added then.
    """
    if not path.exists() or not path.stat().st_size:
        return write_csv(frame, path)
    with path.open(encoding="utf-8", newline="") as file:
        found = next(csv.reader(file), [])
    wanted = [guard(str(name)) for name in frame.columns]
    if found != wanted:
        raise ValueError(f"{path} has the columns {found}, not {wanted}: nothing was appended")
    rows = io.StringIO(newline="")
    _write(frame, rows, header=False)
    start = b"" if _ends_in_a_line_end(path) else b"\n"
    appended(start + rows.getvalue().encode("utf-8", "backslashreplace"), path)
    return path


def _ends_in_a_line_end(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, io.SEEK_END)
        return file.read(1) == b"\n"


def _write(frame: pd.DataFrame, file: IO[str], *, header: bool) -> None:
    names = [guard(str(name)) for name in frame.columns]
    for piece, first in _pieces(frame):
        columns = [_cells(piece.iloc[:, place]) for place in range(len(names))]
        # Python 3.11 leaves a lone carriage return unquoted, and readers would end the row there.
        returns = any("\r" in name for name in names) or any(map(_holds_return, columns))
        quoting: Literal[0, 2] = csv.QUOTE_NONNUMERIC if returns else csv.QUOTE_MINIMAL
        writer = csv.writer(file, lineterminator="\n", quoting=quoting)
        if header and first:
            writer.writerow(names)
        writer.writerows(zip(*columns, strict=True) if columns else [()] * len(piece))


def _pieces(frame: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, bool]]:
    for start in range(0, max(len(frame), 1), _ROWS_AT_ONCE):
        yield frame.iloc[start : start + _ROWS_AT_ONCE], start == 0


def _cells(column: "pd.Series[Any]") -> list[Any]:
    """A column's cells as `csv` takes them, its text guarded; None where a value is missing."""
    if pd.api.types.is_numeric_dtype(column.dtype):
        values: list[Any] = column.astype(object).where(column.notna(), None).tolist()
        return values
    return _each_once(column, _cell)


def _each_once(column: "pd.Series[Any]", change: Callable[[Any], Any]) -> list[Any]:
    """What a function makes of each value, worked out once for each different one of texts: most columns have few."""
    values = column.astype(object).where(column.notna(), None).to_numpy()
    kinds = set(map(type, values))
    if kinds <= _COMPARED and len(set(values[:_SAMPLE])) <= _SAMPLE / 2:
        codes, different = pd.factorize(values)
        made = [*map(change, different), None]  # the last is of what is missing: -1
        return [made[code] for code in codes.tolist()]
    if kinds == {str} and change is _cell:
        return [text if text[:1].isalnum() else guard(text) for text in values]
    return [value if value is None else change(value) for value in values]


def _objects(values: list[Any]) -> "np.ndarray[Any, np.dtype[np.object_]]":
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def _holds_return(cells: list[Any]) -> bool:
    try:
        return "\r" in "".join(cells)
    except TypeError:  # not all of them are texts
        return "\r" in "".join([cell for cell in set(cells) if isinstance(cell, str)])


def _cell(value: Any) -> Any:
    if isinstance(value, str):
        # What begins with a letter or a digit, as nearly everything does, is no formula.
        return value if value[:1].isalnum() else guard(value)
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value if isinstance(value, _PLAIN) else guard(str(value))
