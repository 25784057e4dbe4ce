"""Frames of what was read, in the columns of the port."""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import pandas as pd

from platforms.port.enrollments import ENROLLMENT_COLUMNS
from platforms.unify.enrollment_documents import Enrolled
from platforms.unify.history import History

Item = TypeVar("Item")


def instants(values: Any) -> "pd.DatetimeIndex":
    """Instants as UTC timestamps, missing ones as NaT."""
    return pd.DatetimeIndex(pd.to_datetime(list(values), utc=True))


def enrollment_frame(history: History, enrollments: Sequence[Enrolled]) -> pd.DataFrame:
    """Enrollments with how far they came: the columns of `Platform.cancelled`."""
    rows = [
        (one.email, one.sequence, one.mailbox, one.play, history.steps_done(one), one.started_at, one.ended_at)
        for one in enrollments
    ]
    return framed(rows, ENROLLMENT_COLUMNS)


def framed(rows: list[tuple[Any, ...]], columns: list[str], **types: Any) -> pd.DataFrame:
    """Rows as a frame of objects; columns named `…_at` are instants, `steps_done` and `step` whole numbers."""
    out = pd.DataFrame(rows, columns=columns, dtype=object)
    for name in columns:
        if name.endswith("_at"):
            out[name] = instants(out[name])
        elif name in ("steps_done", "step"):
            out[name] = out[name].astype("int64")
    return out.astype(types)


def in_chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """The items, so many at once."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
