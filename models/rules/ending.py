"""When an enrollment that runs can complete at the earliest: the steps that are left, their waits, the send days."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from models.rules.found_reasons import Instants
from models.rules.hold import EMAIL, next_slot

HOURS_OF_A_WEEK = 7 * 24
A_MONDAY = datetime(1970, 1, 5)  # noqa: DTZ001 - an hour of the week, in no zone
HOUR: Any = np.timedelta64(1, "h")


def earliest_ends(places: pd.DataFrame, steps: pd.DataFrame, send_days: Collection[str], now: datetime) -> Instants:
    """For each enrollment the earliest end, UTC without a zone; NaT where it is not known when its next step is due.

    `places` has `step` (the next one) and `due_at` (UTC, or NaT); `steps` are those of `Platform.steps`. Emails leave
    on the hour on send days (H26), a mailbox's limit may put them off; other steps are done at once at the earliest.
    """
    at: Instants = places["due_at"].dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
    at = np.maximum(at, np.datetime64(now.replace(tzinfo=None), "ns"))
    for number, kind, wait in steps[["number", "type", "wait_days"]].itertuples(index=False):
        left = (places["step"] <= number).to_numpy()
        begun = (places["step"] < number).to_numpy()
        due = np.where(begun, at + np.timedelta64(int(wait), "D"), at)
        at = np.where(left, _slots(due, send_days) if kind == EMAIL else due, at)
    return at


def _slots(due: Instants, send_days: Collection[str]) -> Instants:
    """The first full hour from each instant on at which an email may leave: as `next_slot`, of many at once."""
    offsets = np.array(
        [
            (next_slot(hour, send_days) - hour) // timedelta(hours=1)
            for hour in (A_MONDAY + timedelta(hours=number) for number in range(HOURS_OF_A_WEEK))
        ]
    )
    monday = np.datetime64(A_MONDAY, "ns")
    known = np.where(np.isnat(due), monday, due)
    hours: Any = -((monday - known) // HOUR)  # rounded up
    return np.where(np.isnat(due), due, monday + (hours + offsets[hours % HOURS_OF_A_WEEK]) * HOUR)
