"""Whose doing is it? What came of enrollments that were written down before they were made, by the platform's history.

A run may die between the platform's commit and our note of it, and the new enrollment may have ended before anybody
looks: who runs now says nothing then. An enrollment in the sequence that was meant, from a mailbox that was meant, and
by the play where one was (by none, where it was enrolled directly), that began after the platform's time noted with the
intent, is ours, running or ended. Pure: nothing is read here.
"""

from typing import Any

import numpy as np
import pandas as pd

SLACK = pd.Timedelta(seconds=2)  # a platform tells its time in whole seconds; what we learn of it is up to one late
CAME = ["came", "sequence", "mailbox", "steps_done", "version", "started_at", "ended_at", "end"]
RANKS = ("ours", "others", "left", "out", "stays")


def what_came_of(history: pd.DataFrame, intended: pd.DataFrame) -> pd.DataFrame:
    """What came of each intent; columns CAME, with the index of `intended`.

    `intended` has a row a person: `email`, `sequence` (where they were to be enrolled), `mailboxes` (a tuple: any of
    them; empty: whichever), `play` (its name; None: directly), `since` (UTC, when it was written down), `leaves` (the
    sequence that they ran in and were to be taken out of; None: none). `history` is what `Platform.history` tells of
    these people since then. `came` is, the first that holds:

    - `ours`: the enrollment is there, or was. So is one that was moved to one of the mailboxes in its place.
    - `others`: something else began since, in whatever sequence; the latest.
    - `left`: nothing began since, and the enrollment that they were to leave ended for a reason that shows.
    - `out`: the same, and it was cancelled: by us, or by a person; the platform tells no difference.
    - `stays`: nothing began since, and the enrollment that they were to leave runs.
    - "": none of these; then the other columns are empty. Else they are that enrollment's, as in `history`.
    """
    meant = intended.rename(columns={"sequence": "meant", "play": "by"})
    seen = history.drop(columns="since").merge(meant, on="email")
    # Nobody runs in two sequences (R20): what somebody was to leave is the first that they had since.
    first = ~seen["email"].duplicated()
    left = first & seen["sequence"].eq(seen["leaves"]) & ~seen["started_at"].gt(seen["since"] + SLACK)
    began = ~left & ~seen["started_at"].lt(seen["since"] - SLACK)  # a draft has no start, and is new all the same
    there = seen["sequence"].eq(seen["meant"])
    one_of_them = _any_of(seen["mailbox"], seen["mailboxes"])
    may_be = one_of_them | seen["mailbox"].isna() | seen["mailboxes"].map(len).eq(0)
    by_it = seen["play"].astype(object).fillna("").eq(seen["by"].astype(object).fillna(""))
    ours = there & ((began & may_be & by_it) | (left & one_of_them))
    ended, cancelled = seen["ended_at"].notna(), seen["end"].eq("canceled")
    rank = np.select([ours, began, left & ended & ~cancelled, left & ended, left], range(len(RANKS)), default=-1)
    latest_last = np.where(ours, seen.index, -seen.index)  # of ours the first, of others' the latest
    seen = seen.assign(came=rank, order=latest_last)[rank >= 0].sort_values(["came", "order"])
    seen = seen.drop_duplicates("email").set_index("email")
    found = seen.assign(came=[RANKS[one] for one in seen["came"]])[CAME].reindex(intended["email"])
    return found.set_axis(intended.index).assign(came=found["came"].astype(object).fillna("").to_numpy())


def _any_of(mailboxes: "pd.Series[str]", meant: "pd.Series[Any]") -> "pd.Series[bool]":
    found = [mailbox in wanted for mailbox, wanted in zip(mailboxes, meant, strict=True)]
    return pd.Series(found, index=mailboxes.index, dtype=bool)
