"""What has happened to contacts since they fell out: who answered, who has moved on, who was put back by us.

Asked of the platform's history (`Platform.history`), whose limits are its own: it tells that an enrollment was
cancelled, never why. So whoever was cancelled in another sequence, or again in this one, is named and not put back: a
person may have meant it. Pure.
"""

from datetime import datetime
from typing import Any

import pandas as pd

from models.names import NONE, names
from models.names_in_frames import each_once, together, with_name
from models.reasons import REENROLLMENT
from models.wording import in_utc

ANSWERED = ("replied", "bounced")
MOVED_ON = "moved_on"
UNCLEAR = "the platform does not tell whether they were paused when they fell out: look, and put them back by hand"


def since_they_fell_out(
    contacts: pd.DataFrame, history: pd.DataFrame, ours: pd.DataFrame, changes_of_owner: pd.DataFrame
) -> pd.DataFrame:
    """What there is to say of each contact since, in their order.

    `contacts` has `email, sequence` (that they fell out of), `fell_at` (UTC, or NaT: nothing is said); `history` is
    that of `Platform.history` since then. `ours` are enrollments that operations of ours made: `email, sequence, began,
    until` (between which they began). `changes_of_owner` are those that are known: `mailbox, after, until`.

    Columns `answered` (Names of codes), `moved_on` and `back` (bool), `where` (a phrase, "" where neither),
    `paused` (boolean: whether they were paused when they fell out; NA where that is hidden), `paused_until`
    (UTC or NaT). Of several enrollments since, the last decides; where one runs, nothing is said but who answered.
    Whoever is said to have fallen out and replied, or bounced, at that instant answered too.
    """
    wanted = contacts[["email", "sequence", "fell_at"]].rename(columns={"sequence": "left"}).assign(row=contacts.index)
    rows = wanted[wanted["fell_at"].notna()].merge(history, on="email")
    fallen = rows["sequence"].eq(rows["left"]) & rows["ended_at"].eq(rows["fell_at"])
    before = rows["started_at"].lt(rows["fell_at"]) & rows["ended_at"].eq(rows["fell_at"])
    later = rows[~fallen & ~before]
    out = pd.DataFrame({"answered": NONE, "moved_on": False, "back": False, "where": ""}, index=contacts.index)
    for code in ANSWERED:
        who = out.index.isin(rows.loc[rows["end"].eq(code), "row"])
        out.loc[who, "answered"] = with_name(out.loc[who, "answered"], code)
    _tell_where(out, _last_ended(later), ours, changes_of_owner)
    left = rows[fallen].drop_duplicates("row", keep="last").set_index("row")
    return out.assign(
        paused=left["paused"].reindex(out.index).where(out.index.isin(left.index), False).astype("boolean"),
        paused_until=pd.to_datetime(left["paused_until"].reindex(out.index), utc=True),
    )


def with_the_others(contacts: pd.DataFrame, asked: pd.DataFrame | None) -> pd.DataFrame:
    """What there is to say of contacts since they fell out (columns as of `since_they_fell_out`, and `undone`), where
    only some were asked about; of the others (`paused, paused_until`) nothing else is there."""
    others: dict[str, Any] = {
        "answered": pd.Series(NONE, index=contacts.index, dtype=object),
        "moved_on": False,
        "back": False,
        "where": pd.Series("", index=contacts.index, dtype=object),
        "paused": contacts["paused"].astype("boolean"),
        "paused_until": pd.to_datetime(contacts["paused_until"], utc=True),
        "undone": False,
    }
    out = pd.DataFrame(others, index=contacts.index)
    if asked is None:
        return out
    was_asked = out.index.isin(asked.index)
    return out.assign(**{name: out[name].where(~was_asked, asked[name].reindex(out.index)) for name in others})


def _last_ended(later: pd.DataFrame) -> pd.DataFrame:
    """The last enrollment since of each contact that has none running."""
    running = later.loc[later["ended_at"].isna(), "row"]
    ended = later[~later["row"].isin(running)].sort_values("started_at", kind="stable")
    return ended.drop_duplicates("row", keep="last")


def _tell_where(out: pd.DataFrame, last: pd.DataFrame, ours: pd.DataFrame, changes_of_owner: pd.DataFrame) -> None:
    made_by_us = _between(last, ours, ["email", "sequence"], "started_at", "began")
    fell_again = last["end"].eq("canceled") & _between(last, changes_of_owner, ["mailbox"], "ended_at", "after")
    here = last["sequence"].eq(last["left"])
    moved = ~made_by_us & (~here | (last["end"].eq("canceled") & ~fell_again))
    out.loc[last.loc[moved, "row"], "moved_on"] = True
    out.loc[last.loc[~moved, "row"], "back"] = True
    out.loc[last["row"], "where"] = [
        f"{'again' if again else 'ran'} in '{sequence}' from {mailbox} until {in_utc(ended)} ({end})"
        for again, sequence, mailbox, ended, end in zip(
            here, last["sequence"], last["mailbox"], last["ended_at"], last["end"], strict=True
        )
    ]


def _between(rows: pd.DataFrame, spans: pd.DataFrame, by: list[str], at: str, start: str) -> "pd.Series[bool]":
    """Whose instant `at` lies in a span of theirs, from `start` until `until` (NaT: it has not ended)."""
    found = rows[[*by, at]].assign(number=range(len(rows))).merge(spans, on=by)
    inside = found[(found[at] >= found[start]) & ~(found[at] > found["until"])]
    return pd.Series([number in set(inside["number"]) for number in range(len(rows))], index=rows.index, dtype=bool)


def with_what_happened(outlook: pd.DataFrame, since: pd.DataFrame, *, named: bool) -> pd.DataFrame:
    """A forecast (`models/rules/forecast.py`) with what has happened since, in the same order.

    Who answered is `blocked`. Who has moved on is `manual`, unless the user `named` them, or what no setting lifts
    keeps them out. Who was put back since, by us or by whoever it was, and is through or fell out of that, is
    `unchanged`.
    """
    out = outlook.copy()
    blocked = out["forecast"].eq("blocked")
    for_now = each_once(out["forecast_reasons"], lambda found: set(found.each) <= set(REENROLLMENT))
    final = blocked & ~for_now.astype(bool)
    free = ~final & ~out["forecast"].eq("unchanged")
    answered = since["answered"].ne(NONE) & (blocked | free)
    reasons = out["forecast_reasons"].where(blocked, NONE)
    put_back, moved_on = since["back"] & ~final & ~answered, since["moved_on"] & ~final & ~answered
    for mask, forecast, codes in (
        (answered, "blocked", together(reasons, since["answered"])[answered]),
        (put_back, "unchanged", NONE),
        (moved_on & (not named), "manual", names(MOVED_ON)),
    ):
        out.loc[mask, "forecast"], out.loc[mask, "forecast_reasons"] = forecast, codes
    out.loc[out["forecast"].ne("enrolled"), ["needs_same", "needs_block"]] = False
    return out


def paused_as_before(outlook: pd.DataFrame, since: pd.DataFrame, now: datetime, *, can_pause: bool) -> pd.DataFrame:
    """A forecast with whoever is to go back paused, in the same order: they were paused when they fell out, and would
    be still. Where that is unknown, or the platform cannot pause, they are `manual`.

    Adds `paused` (bool: goes back paused) and `pause` (a phrase, "" where they were not).
    """
    until = since["paused_until"]
    halted, unclear = since["paused"].eq(True) & ~until.le(now), since["paused"].isna()
    by_hand = outlook["forecast"].eq("enrolled") & (unclear | (halted if not can_pause else False))
    out = outlook.copy()
    out.loc[by_hand, "forecast"], out.loc[by_hand, "forecast_reasons"] = "manual", NONE
    out.loc[by_hand, ["needs_same", "needs_block"]] = False
    phrase = "was paused" + until.dt.strftime(" until %Y-%m-%d %H:%M UTC").fillna("")
    how = {True: " when they fell out: this platform cannot pause, put them back and pause them by hand", False: ""}
    return out.assign(
        paused=halted & out["forecast"].eq("enrolled"),
        pause=(phrase + by_hand.map(how)).where(halted, "").mask(unclear & by_hand, UNCLEAR),
    )


def nothing_known() -> dict[str, pd.DataFrame]:
    """Neither enrollments of ours nor changes of owners: where nothing has happened, nobody has to look."""
    time: Any = pd.Series([], dtype="datetime64[ns, UTC]")
    text: Any = pd.Series([], dtype=object)
    return {
        "ours": pd.DataFrame({"email": text, "sequence": text, "began": time, "until": time}),
        "changes_of_owner": pd.DataFrame({"mailbox": text, "after": time, "until": time}),
    }
