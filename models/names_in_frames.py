"""Columns of a frame whose cells are Names (`models/names.py`), worked out once for each different value."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from models.names import NONE, Names


def known_names(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A column of Names, none where it has nothing."""
    return column.astype(object).where(column.notna(), NONE)


def each_once(column: "pd.Series[Any]", change: Callable[[Names], Any]) -> "pd.Series[Any]":
    """What a function makes of each row's Names, worked out once for each different one; what is missing has none."""
    codes, different = pd.factorize(column.to_numpy(dtype=object))
    made = [*map(change, different), change(NONE)]  # the last is of what is missing: -1
    return pd.Series(_filled(made)[codes], index=column.index, dtype=object)


def with_name(column: "pd.Series[Any]", name: str) -> "pd.Series[Any]":
    """The rows' Names, and one more for each."""
    more = Names(name)
    return each_once(column, lambda found: found + more)


def one_each(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Names of one name for each row of a column of texts; none where it has nothing."""
    codes, different = pd.factorize(column.to_numpy(dtype=object))
    named = [*(Names(name) if name else NONE for name in different), NONE]  # the last is of what is missing: -1
    return pd.Series(_filled(named)[codes], index=column.index, dtype=object)


def holding(column: "pd.Series[Any]", *names: str) -> "pd.Series[bool]":
    """The rows whose Names have any of these."""
    return each_once(column, lambda found: any(name in found for name in names)).astype(bool)


def together(one: "pd.Series[Any]", other: "pd.Series[Any]") -> "pd.Series[Any]":
    """The Names of two columns row by row, worked out once for each different pair."""
    left, ones = pd.factorize(known_names(one).to_numpy())
    right, others = pd.factorize(known_names(other).to_numpy())
    codes, pairs = pd.factorize(left * max(len(others), 1) + right)
    sums = _filled([ones[pair // len(others)] + others[pair % len(others)] for pair in pairs])
    return pd.Series(sums[codes], index=one.index, dtype=object)


def _filled(values: list[Any]) -> "np.ndarray[Any, np.dtype[np.object_]]":
    out = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        out[place] = value
    return out
