"""Who fell out of sequences because a mailbox changed its owner (R1).

Neither the platform's pages nor its API say why an enrollment was cancelled. What can be seen is when: an
owner change cancels everything that runs from the mailbox at one instant. Where a snapshot from before the change
names a contact, that is certain; else being cancelled at the moment of the change is the evidence.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import pandas as pd

from models.wording import counted, in_utc

BURST = timedelta(minutes=5)  # the platform cancels a mailbox's enrollments in one go, which may take some minutes
AROUND = timedelta(minutes=60)  # how far from a `changed_at` that a person gave an end still counts as candidate
NOTABLE = 0.2  # a later burst counts as the change if it is at least this share of the largest one


@dataclass(frozen=True)
class ChangeMoment:
    """When the owner changed, as far as can be seen, and how many enrollments from the mailbox ended then."""

    at: datetime
    earliest: datetime
    latest: datetime
    enrollments: int
    given: bool

    def __str__(self) -> str:
        how = "given" if self.given else "told from the enrollments that ended together"
        number = counted(self.enrollments, "enrollment was", "enrollments were")
        return f"{in_utc(self.at)} ({how}; {number} cancelled then)"


def moment_of_change(
    ends: pd.DataFrame,
    given: datetime | None,
    since: datetime | None,
    until: datetime | None = None,
    recorded: "Callable[[], pd.Series[pd.Timestamp]] | None" = None,
) -> ChangeMoment | None:
    """The moment of the change: as given, else the latest notable burst of cancellations since `since`, the last look
    before the change, and until `until`, the first look after it, which may have come in the middle of the burst.

    `ends` has columns `ended_at` (UTC) and `enrollments`, by time. `recorded` says when those were cancelled who
    ran at that last look: where the latest notable burst has nobody of them, and an earlier one that is as large
    has, that is the change, and the later ones were taken out by hand. None where nothing was cancelled.
    """
    if given is not None:
        near = ends[(ends["ended_at"] >= given - AROUND) & (ends["ended_at"] <= given + AROUND)]
        return ChangeMoment(given, given - AROUND, given + AROUND, int(near["enrollments"].sum()), given=True)
    if since is not None:
        ends = ends[ends["ended_at"] >= since]  # who ran then, and ended within the same second
    if until is not None:
        ends = ends[ends["ended_at"] <= until + BURST]  # who is taken out later by hand did not fall out
    if ends.empty:
        return None
    bursts = (ends["ended_at"].diff() > BURST).cumsum()
    sizes = ends.groupby(bursts)["enrollments"].sum()
    notable = sizes[sizes >= sizes.max() * NOTABLE]
    chosen = notable.index[-1]
    if recorded is not None and len(notable) > 1:
        known = notable[notable.index.isin(bursts[ends["ended_at"].isin(recorded())])]
        if chosen not in known.index and (larger := known[known >= notable.iloc[-1]]).size:
            chosen = larger.index[-1]
    times = ends.loc[bursts == chosen, "ended_at"]
    first, last = times.iloc[0].to_pydatetime(), times.iloc[-1].to_pydatetime()
    return ChangeMoment(first, first, last, int(sizes.loc[chosen]), given=False)


def without(ends: pd.DataFrame, instants: "pd.Series[pd.Timestamp]") -> pd.DataFrame:
    """`ends` (columns as of `moment_of_change`) without one enrollment for each of these instants."""
    left = ends["enrollments"] - ends["ended_at"].map(instants.value_counts()).fillna(0).astype("int64")
    return ends.assign(enrollments=left)[left.gt(0)].reset_index(drop=True)


def fell_out(cancelled: pd.DataFrame, moment: ChangeMoment, recorded: Collection[str]) -> pd.DataFrame:
    """Those of `cancelled` (see the port) who fell out at the moment, with the evidence.

    Adds `certain` (bool: a snapshot from before the change had them running) and `evidence` (a phrase).
    """
    ended = cancelled["ended_at"]
    found = cancelled[(ended >= moment.earliest) & (ended <= moment.latest)].copy()
    found["certain"] = found["email"].isin(recorded)
    minutes = ((found["ended_at"] - moment.at).dt.total_seconds() / 60).round().astype("int64").astype(str)
    evidence = "cancelled " + minutes + " min from the change, after step " + found["steps_done"].astype(str)
    found["evidence"] = evidence + found["certain"].map({True: "; running before it", False: ""})
    return found
