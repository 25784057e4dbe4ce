"""What became of people who ran since the last look at the mailboxes and do not now (R1): by history.

The platform tells that an enrollment was cancelled, never why. Who ended in another way, runs somewhere, or was treated
by an operation of ours is accounted for. Who is left was cancelled by an owner's change or by hand: nobody can tell.
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from models.names_in_frames import holding
from models.outcomes import DONE, ENDING, TAKEN_OUT
from models.rules.fallout import BURST
from models.wording import in_utc

BY_THEMSELVES = ("replied", "bounced", "opted_out", "excluded", "completed")  # the platform shows each of these
EXPLAINED = ("blocked", "manual", "rejected")  # a report says why these are not done; who failed is tried again
OF_LAST = {"sequence": "last_sequence", "mailbox": "last_mailbox", "ended_at": "fell_at", "steps_done": "step"}
NOW = {"sequence": "now_sequence", "mailbox": "now_mailbox", "started_at": "now_since"}
COLUMNS = [
    "id",
    "email",
    "sequence",
    "mailbox",
    "seen_at",
    "fate",
    "last_sequence",
    "last_mailbox",
    "fell_at",
    "step",
    *NOW.values(),
]
GOES_ON = "left there: whoever enrolled them chose so"
"""How the evidence ends for contacts that nobody has to look at."""


def fates(departed: pd.DataFrame, history: pd.DataFrame, treated: pd.DataFrame) -> pd.DataFrame:
    """The departed (columns `id, email, sequence, mailbox, seen_at`; a row a person) with their fate: columns COLUMNS.

    `history` is the port's since each was seen; `treated` what operations say of them (journal/departed.py). `fate`:
    `accounted`; `waits` for an operation that has not ended; `out`: cancelled, and nobody knows why; or `elsewhere`:
    the same, and somebody else than an operation of ours enrolled them in another sequence since, where they run. Then
    `last_sequence`, `last_mailbox`, `fell_at` (UTC) and `step` (steps done) are of the enrollment that was cancelled
    last, and NOW of the one that runs. Where there is no history (a sequence or a person is gone, the workspace was
    loaded anew) nothing can be said.
    """
    ended, runs = history[history["ended_at"].notna()], history[history["ended_at"].isna()]
    last = ended.sort_values("ended_at").drop_duplicates("email", keep="last").rename(columns=OF_LAST)
    now = runs.drop_duplicates("email", keep="last").rename(columns=NOW)
    found = departed.merge(last[["email", *OF_LAST.values()]], on="email", how="left").merge(
        now[["email", *NOW.values()]], on="email", how="left"
    )
    goes_on = found["now_sequence"].notna()
    accounted = found["email"].isin(history.loc[history["end"].isin(BY_THEMSELVES), "email"])
    accounted |= found["last_sequence"].isna() | (goes_on & found["now_sequence"].eq(found["last_sequence"]))
    known = found.loc[~accounted, ["id", "fell_at", "last_sequence"]].merge(treated, on="id")
    accounted |= found["id"].isin(known.loc[_is_treated(known), "id"])
    accounted |= goes_on & found["id"].isin(known.loc[_put_in(known), "id"])
    waits = found["id"].isin(treated.loc[treated["ended"].isna(), "id"])
    fate = pd.Series("out", index=found.index).mask(goes_on, "elsewhere").mask(waits, "waits")
    return found.assign(fate=fate.mask(accounted, "accounted"))[COLUMNS]


def _put_in(known: pd.DataFrame) -> "pd.Series[bool]":
    """Whether an operation that goes on after the end, or ended after it, put somebody in where they run, or said why
    it left them there."""
    put_in = known["outcome"].isin(DONE) | known["outcome"].isin(EXPLAINED) & _is_about_it(known)
    return put_in & ~known["ended"].lt(known["fell_at"])


def _is_about_it(known: pd.DataFrame) -> "pd.Series[bool]":
    """Whether an operation speaks of the sequence that somebody fell out of: a report on
    somebody who could not be put into another one does not say that they fell out of this one."""
    return known["procedure"].eq("ownership-change") | known["sequence"].eq(known["last_sequence"])


def _is_treated(known: pd.DataFrame) -> "pd.Series[bool]":
    """Whether an operation that ended says why it left somebody out who was so by then, or ended their enrollment."""
    ran_then = holding(known["reasons"], "already_enrolled")
    named = known["outcome"].isin(EXPLAINED) & _is_about_it(known) & ~ran_then & known["fell_at"].le(known["began"])
    ended = known["procedure"].isin(ENDING) & known["outcome"].isin(TAKEN_OUT)
    ended &= known["fell_at"].between(known["began"], known["ended"])
    return known["ended"].notna() & (named | ended)


def evidence(out: pd.DataFrame, ends: pd.DataFrame) -> "pd.Series[str]":
    """What is known of people of one mailbox who are out (see `fates`), in a sentence each.

    `ends` are the port's, of the mailbox from which they ran last: who was cancelled together fell out together.
    """
    return pd.Series(
        [
            f"ran in '{row.sequence}' from {row.mailbox} when last seen ({in_utc(row.seen_at)});"
            f"{_then(row)} cancelled {in_utc(row.fell_at)} after step {int(row.step)},"
            f" {_together(ends, row.fell_at)}{_since(row)}"
            for row in _rows(out)
        ],
        index=out.index,
        dtype=object,
    )


def _rows(out: pd.DataFrame) -> Iterator[Any]:
    yield from out.itertuples(index=False)


def _then(row: Any) -> str:
    same = (row.last_sequence, row.last_mailbox) == (row.sequence, row.mailbox)
    return "" if same else f" then in '{row.last_sequence}' from {row.last_mailbox};"


def _since(row: Any) -> str:
    if row.fate != "elsewhere":
        return ""
    began = "" if pd.isna(row.now_since) else f" since {in_utc(row.now_since)}"
    return f"; runs in '{row.now_sequence}' from {row.now_mailbox}{began}, {GOES_ON}"


def _together(ends: pd.DataFrame, fell_at: pd.Timestamp) -> str:
    near = (ends["ended_at"] - fell_at).abs() <= BURST
    others = max(int(ends.loc[near, "enrollments"].sum()) - 1, 0)
    return f"together with {others} others" if others > 1 else "together with 1 other" if others else "alone"
