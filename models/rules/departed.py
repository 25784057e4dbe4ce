"""What became of people who ran since the last look at the mailboxes and do not now (R1): by history.

The platform tells that an enrollment was cancelled, never why. Who ended in another way, runs somewhere, or was treated
by an operation of ours is accounted for. Who is left was cancelled by an owner's change or by hand: nobody can tell.
"""

from collections.abc import Iterator
from typing import Any, Literal

import pandas as pd

from models.names import holding
from models.rules.fallout import BURST

Fate = Literal["accounted", "waits", "out"]
BY_THEMSELVES = ("replied", "bounced", "opted_out", "excluded", "completed")  # the platform tells each of these
PUTTING_BACK = ("ownership-change", "enroll-contacts", "exclusion-rerun")  # these end no enrollment themselves
TOLD = ("blocked", "manual", "rejected")  # outcomes of whom a report says why; who failed is tried again
OF_LAST = {"sequence": "last_sequence", "mailbox": "last_mailbox", "ended_at": "fell_at", "steps_done": "step"}
COLUMNS = ["id", "email", "sequence", "mailbox", "seen_at", "fate", "last_sequence", "last_mailbox", "fell_at", "step"]


def fates(departed: pd.DataFrame, history: pd.DataFrame, treated: pd.DataFrame) -> pd.DataFrame:
    """The departed (columns `id, email, sequence, mailbox, seen_at`; a row a person) with their fate: columns COLUMNS.

    `history` is the port's since each was seen; `treated` what operations say of them (journal/departed.py). `fate`:
    `accounted`; `waits` for an operation that has not ended; or `out`: cancelled, and nobody knows why. Then
    `last_sequence`, `last_mailbox`, `fell_at` (UTC) and `step` (steps done) are of the enrollment that ended last.
    Of whom there is no history (a sequence or a person is gone, the workspace was loaded anew) nothing can be said.
    """
    last = history.sort_values("ended_at").drop_duplicates("email", keep="last").rename(columns=OF_LAST)
    found = departed.merge(last[["email", *OF_LAST.values()]], on="email", how="left")
    goes_on = history.loc[history["ended_at"].isna() | history["end"].isin(BY_THEMSELVES), "email"]
    accounted = found["email"].isin(goes_on) | found["last_sequence"].isna()
    known = found.loc[~accounted, ["id", "fell_at"]].merge(treated, on="id")
    accounted |= found["id"].isin(known.loc[_is_treated(known), "id"])
    waits = found["id"].isin(treated.loc[treated["ended"].isna(), "id"])
    fate = pd.Series("out", index=found.index).mask(waits, "waits").mask(accounted, "accounted")
    return found.assign(fate=fate)[COLUMNS]


def _is_treated(known: pd.DataFrame) -> "pd.Series[bool]":
    """Whether an operation that ended says why it left somebody out who was so by then, or ended their enrollment."""
    putting_back = known["procedure"].isin(PUTTING_BACK)
    ran_then = holding(known["reasons"], "already_enrolled")
    named = known["outcome"].isin(TOLD) & ~ran_then & known["fell_at"].le(known["began"])
    ended = ~putting_back & known["fell_at"].between(known["began"], known["ended"])
    return known["ended"].notna() & (named | ended)


def evidence(out: pd.DataFrame, ends: pd.DataFrame) -> "pd.Series[str]":
    """What is known of people of one mailbox who are out (see `fates`), in a sentence each.

    `ends` are the port's, of the mailbox from which they ran last: who was cancelled together fell out together.
    """
    return pd.Series(
        [
            f"ran in '{row.sequence}' from {row.mailbox} when last seen ({row.seen_at:%Y-%m-%d %H:%M}Z);"
            f"{_then(row)} cancelled {row.fell_at:%Y-%m-%d %H:%M}Z after step {int(row.step)},"
            f" {_together(ends, row.fell_at)}"
            for row in _rows(out)
        ],
        index=out.index, dtype=object,
    )  # fmt: skip


def _rows(out: pd.DataFrame) -> Iterator[Any]:
    yield from out.itertuples(index=False)


def _then(row: Any) -> str:
    same = (row.last_sequence, row.last_mailbox) == (row.sequence, row.mailbox)
    return "" if same else f" then in '{row.last_sequence}' from {row.last_mailbox};"


def _together(ends: pd.DataFrame, fell_at: pd.Timestamp) -> str:
    near = (ends["ended_at"] - fell_at).abs() <= BURST
    others = max(int(ends.loc[near, "enrollments"].sum()) - 1, 0)
    return f"together with {others} others" if others > 1 else "together with 1 other" if others else "alone"
