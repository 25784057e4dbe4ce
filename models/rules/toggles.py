"""The toggles of exclusions at the sequence level: which exclusion is in effect in which ruleset, and after a change.

`toggles` are those of `Platform.exclusion_toggles`: columns `exclusion, ruleset, everywhere, here`.
"""

from collections.abc import Mapping

import pandas as pd

from models.setting_keys import SettingKey

InEffect = frozenset[tuple[str, str]]
"""Pairs of a ruleset and an exclusion that keeps people out of its sequences."""


def turned(toggles: pd.DataFrame, settings: Mapping[SettingKey, bool]) -> pd.DataFrame:
    """The toggles once these settings act, values by key. Keys of other settings, such as audiences', turn nothing."""
    everywhere = [
        settings.get(SettingKey.exclusion(exclusion), on)
        for exclusion, on in zip(toggles["exclusion"], toggles["everywhere"], strict=True)
    ]
    here = [
        settings.get(SettingKey.in_ruleset(ruleset, exclusion), on)
        for ruleset, exclusion, on in zip(toggles["ruleset"], toggles["exclusion"], toggles["here"], strict=True)
    ]
    return toggles.assign(everywhere=everywhere, here=here).astype({"everywhere": bool, "here": bool})


def in_effect(toggles: pd.DataFrame) -> InEffect:
    """Which exclusions are in effect under which rulesets: by the global toggle or the ruleset's own (R68, C4)."""
    on = toggles[toggles["everywhere"] | toggles["here"]]
    return frozenset(zip(on["ruleset"], on["exclusion"], strict=True))
