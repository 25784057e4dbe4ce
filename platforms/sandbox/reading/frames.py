"""Frames of what a query reads."""

from collections.abc import Sequence
from types import NoneType
from typing import Any

import numpy as np
import pandas as pd

from platforms.sandbox.store import Work

NUMBERS = {int, NoneType}
INSTANTS = ("running_since", "last_ended", "last_started_here", "since")


def frame(work: Work, sql: str, columns: list[str], **values: object) -> pd.DataFrame:
    """A query's rows as a frame of these columns; those named `…_at` and `INSTANTS` are instants (UTC)."""
    rows = work.run(sql, **values).fetchall()
    lists = zip(*rows, strict=True) if rows else [()] * len(columns)
    out = pd.DataFrame({name: _column(cells) for name, cells in zip(columns, lists, strict=True)}, copy=False)
    for name in columns:
        if name.endswith("_at") or name in INSTANTS:
            out[name] = instants(out[name])
    return out


def _column(cells: Sequence[Any]) -> "pd.Series[Any]":
    """Texts as they are: the type of pandas' own for them takes longer over each than all the rest. Numbers become an
    array at once: pandas would look at each for what else it may be."""
    kinds = set(map(type, cells))
    if kinds <= NUMBERS and int in kinds:
        return pd.Series(np.array(cells, dtype="float64" if NoneType in kinds else "int64"))
    return pd.Series(list(cells), dtype=object if str in kinds or not cells else None)


def instants(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Seconds since 1970 as UTC timestamps, missing ones as NaT."""
    return pd.to_datetime(pd.to_numeric(column).astype("Float64"), unit="s", utc=True)
