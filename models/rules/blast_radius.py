"""Whom published plays take in by themselves while an exclusion is off (R44, C11 settled as `enrolls_later`)."""

from collections.abc import Collection
from datetime import datetime

import pandas as pd

from models.rules.eligibility import reasons
from models.setting_keys import SettingKey


def bars_after(toggles: pd.DataFrame, exclusion: str, lifted: Collection[str]) -> dict[str, bool]:
    """Whether an exclusion bars each ruleset's sequences once settings are lifted (R68).

    `toggles` as `Platform.exclusion_toggles`, `lifted` are setting keys.
    """
    own = toggles[toggles["exclusion"] == exclusion]
    everywhere = own["everywhere"] & (str(SettingKey("exclusion", exclusion, "exclude_from_sequences")) not in lifted)
    here = [
        bool(on) and str(SettingKey("ruleset_exclusion", ruleset, exclusion)) not in lifted
        for ruleset, on in zip(own["ruleset"], own["here"], strict=True)
    ]
    return dict(zip(own["ruleset"], everywhere | pd.Series(here, index=own.index, dtype=bool), strict=True))


def taken_in(
    members: pd.DataFrame, settings: pd.DataFrame, exclusion: str, bars: dict[str, bool], now: datetime
) -> pd.DataFrame:
    """Of the members of published plays, those taken in once the exclusion bars only what `bars` says.

    `members` are `Platform.facts` of each member for the play's sequence, with `play, audience, kept_out_by` and
    `mailbox_ok`, by play; `settings` as `reasons` takes them. Taken in is who was never enrolled and is kept out by
    this exclusion and by nothing else. Columns `email, play, sequence, audience`; each once, by the first play.
    """
    names = members["excluded_by"].fillna("").str.split("\n")
    concerned = names.map(lambda found: exclusion in found).astype(bool)
    open_now = ~members["ruleset"].map(bars).fillna(False).astype(bool)
    lifted = members.assign(excluded_by=names.map(lambda found: "\n".join(name for name in found if name != exclusion)))
    never_enrolled = members["last_ended"].isna() & members["running_in"].isna()
    entering = members["kept_out_by"].eq("") & never_enrolled & concerned & open_now
    found = members[entering & reasons(lifted, settings, now).eq("")]
    return found.drop_duplicates("email")[["email", "play", "sequence", "audience"]].reset_index(drop=True)
