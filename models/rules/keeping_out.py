"""Through which plays an exclusion's toggles, once they are off, could let somebody in, at whatever time.

`blast_radius` names those whom published plays take in at the very instant. This is wider, for declined people: any
play with an audience counts, published or not, since a person may publish or run it meanwhile; and whatever else keeps
them out now may lapse while the exclusion is off, a waiting period as well as a sequence that they still run in.
"""

from collections.abc import Collection

import pandas as pd

from models.rules.toggles import in_effect, turned
from models.setting_keys import SettingKey

WAYS = ["email", "play", "sequence", "audience"]


def opened(with_loans_returned: pd.DataFrame, as_set: pd.DataFrame, lifted: Collection[SettingKey]) -> frozenset[str]:
    """The rulesets whose sequences an exclusion closes by right, and no longer once these toggles are off (R68).

    Both frames as `Platform.exclusion_toggles`, with the values that are set, since what is under way acts by then:
    once with every toggle that is out on loan as it goes back, once as it is now. So what two operations open only
    together counts for the one that comes second. `lifted` are the keys of the toggles that come off, of one exclusion.
    """
    on = turned(with_loans_returned, dict.fromkeys(lifted, True))
    off = turned(as_set, dict.fromkeys(lifted, False))
    return frozenset(ruleset for ruleset, _ in in_effect(on) - in_effect(off))


def ways_in(plays: pd.DataFrame, members: pd.DataFrame, rulesets: Collection[str]) -> pd.DataFrame:
    """Every way by which members of audiences could get into sequences of these rulesets: a row a person and play.

    `plays` as `Platform.plays` with the `ruleset` of the play's sequence beside it; `members` has columns `audience,
    email`. Columns `email, play, sequence, audience`, in the order of the plays.
    """
    through = plays[plays["ruleset"].isin(list(rulesets)) & plays["audience"].notna()]
    return through[["play", "sequence", "audience"]].merge(members, on="audience")[WAYS]


def guards(shield: SettingKey, toggles: Collection[SettingKey]) -> bool:
    """Whether an audience's toggle keeps out people whom one of these toggles, off or not acting yet, would let in.

    Both by their keys. Only an exclusion's global toggle and a ruleset's let anybody in; any other setting guards none.
    """
    return shield.kind == "audience_exclusion" and any(shield.part == exclusion_of(setting) for setting in toggles)


def exclusion_of(key: SettingKey) -> str | None:
    """The exclusion whose sequence-level toggle a setting is, the global one or a ruleset's; None: it is none."""
    if key.kind == "exclusion":
        return key.owner
    return key.part if key.kind == "ruleset_exclusion" else None
