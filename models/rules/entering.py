"""Who enters a play when it runs: its cool-down, the audience's own toggles, and whom a run-once play has seen.

`entrants` are those of `Platform.entrants`, one row a member of the play's audience.
"""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd


def entry_reasons(entrants: pd.DataFrame, play: "pd.Series[Any]", now: datetime) -> "pd.Series[str]":
    """Why each member does not enter, codes joined by `;`; "" for who does. `play` is a row of `Platform.plays`.

    `play_cooldown` (R15, R16) keeps out everybody, `not_in_audience` whom the audience's own toggles exclude (R33),
    `play_runs_once` whom a play that runs once per record has started with (R55).
    """
    out = pd.Series("", index=entrants.index, dtype=object)
    if in_cooldown(play, now):
        out += ";play_cooldown"
    out = out.where(entrants["kept_out_by"].eq(""), out + ";not_in_audience")
    if not play["allow_reruns"]:
        out = out.where(~entrants["seen"], out + ";play_runs_once")
    return out.str.removeprefix(";")


def in_cooldown(play: "pd.Series[Any]", now: datetime) -> bool:
    """Whether a play ran so lately that it may not run again."""
    last = play["last_run_at"]
    return isinstance(last, pd.Timestamp) and last + timedelta(days=int(str(play["cooldown_days"]))) > now
