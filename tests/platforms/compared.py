"""Frames of two platforms held against each other: what one hides is left out, what has no order is put in order."""

from typing import Any

import pandas as pd


def told(frame: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    """The rows of a frame (of these columns), sorted, as plain values; whatever is missing is None."""
    chosen = frame[list(columns)] if columns else frame
    rows = [tuple(_plain(value) for value in row) for row in chosen.astype(object).itertuples(index=False, name=None)]
    return sorted(rows, key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, (tuple, list, dict)):
        return value
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if hasattr(value, "item") else value
