"""Frames of what a query reads."""

from typing import Any

import pandas as pd

from platforms.sandbox.store import Work

INSTANTS = ("running_since", "last_ended", "last_started_here", "since")


def frame(work: Work, sql: str, columns: list[str], **values: object) -> pd.DataFrame:
    """A query's rows as a frame of these columns; those named `…_at` and `INSTANTS` are instants (UTC)."""
    rows = work.run(sql, **values).fetchall()
    out = pd.DataFrame.from_records([tuple(row) for row in rows], columns=columns)
    for name in columns:
        if name.endswith("_at") or name in INSTANTS:
            out[name] = instants(out[name])
    return out


def instants(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Seconds since 1970 as UTC timestamps, missing ones as NaT."""
    return pd.to_datetime(pd.to_numeric(column).astype("Float64"), unit="s", utc=True)
