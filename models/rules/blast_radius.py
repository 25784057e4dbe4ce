"""People whom published plays take in by themselves once toggles of exclusions come off (R44, C11 `enrolls_later`)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import pandas as pd

from models.names import NONE, Names
from models.names_in_frames import known_names
from models.rules.eligibility import reasons
from models.rules.toggles import in_effect, turned
from models.setting_keys import SettingKey

LET_IN = ["email", "play", "sequence", "audience"]
KEPT_OUT = ["ruleset", "audience", "excluded_by", "kept_out_by"]


def let_in(
    members: pd.DataFrame, settings: pd.DataFrame, toggles: pd.DataFrame, lifted: Collection[SettingKey], now: datetime
) -> pd.DataFrame:
    """Of the members of published plays, those whom each takes in at the instant at which these toggles come off.

    `members` are `Platform.facts` of each member for the play's sequence, by play in the platform's order, with `play,
    audience`, `kept_out_by, never_enrolled` (as `Platform.entrants`) and `mailbox_ok` (whether a mailbox of the play
    can send); `settings` as `reasons` takes them; `toggles` as `Platform.exclusion_toggles`; `lifted` are keys of
    toggles, of any level. Taken in is who was never enrolled and was kept out by what comes off and by nothing else;
    that a run-once play has seen them does not matter (R55).

    Columns `email, play, sequence, audience`: a row a person and play that could, since a play that is kept from
    somebody leaves them to the next one. See `by_first_play` for who then does.
    """
    kept_out = members[KEPT_OUT].assign(**{name: known_names(members[name]) for name in ("excluded_by", "kept_out_by")})
    kept_out = kept_out.merge(_afterwards(kept_out.drop_duplicates(), toggles, lifted), on=KEPT_OUT, how="left")
    against = reasons(members.assign(excluded_by=kept_out["still_excluded_by"].to_numpy()), settings, now)
    found = members[members["never_enrolled"] & kept_out["freed"].to_numpy() & against.eq(NONE)]
    return found[LET_IN].reset_index(drop=True)


def by_first_play(found: pd.DataFrame) -> pd.DataFrame:
    """Of those whom plays could take in (`let_in`), who is then taken in by which: each person once (R20)."""
    return found.drop_duplicates("email").reset_index(drop=True)


def _afterwards(kept_out: pd.DataFrame, toggles: pd.DataFrame, lifted: Collection[SettingKey]) -> pd.DataFrame:
    """Of each combination of what keeps people out: `still_excluded_by`, and whether the audience's side is `freed` or
    was, something having come off."""
    on_sequences = in_effect(toggles) - in_effect(turned(toggles, dict.fromkeys(lifted, False)))
    on_audiences = {(key.owner, key.part) for key in lifted if key.kind == "audience_exclusion"}
    still, freed = list[Any](), []
    for ruleset, audience, excluded_by, kept_out_by in kept_out[KEPT_OUT].itertuples(index=False):
        left = Names(*(name for name in excluded_by.each if (ruleset, name) not in on_sequences))
        own_left = Names(*(name for name in kept_out_by.each if (audience, name) not in on_audiences))
        still.append(left)
        freed.append(not own_left and (left, own_left) != (excluded_by, kept_out_by))
    return kept_out.assign(still_excluded_by=still, freed=pd.Series(freed, index=kept_out.index, dtype=bool))
