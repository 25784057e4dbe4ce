"""The re-enrollment settings in force, worked out in this one place, as the rules take them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from models.rules.reenrollment import as_set, settings_frame, stricter
from models.setting_keys import SettingKey
from platforms.port import Platform

if TYPE_CHECKING:  # it loads Prefect, and `handoff explain` does without
    from tasks.operation import Operation


@dataclass(frozen=True)
class Settings:
    """The re-enrollment settings that may be relied on: what acts now, and what is set (JSON, by setting)."""

    acting: pd.DataFrame
    as_set: dict[SettingKey, object]


def acting_settings(platform: Platform) -> pd.DataFrame:
    """What acts in the workspace at this moment, loans included: for what comes about there without an operation."""
    values = as_set(platform.rulesets())
    return settings_frame(values | {p.key: p.was for p in platform.pending() if p.key in values})


def lasting_settings(operation: "Operation") -> Settings:
    """What an operation may rely on for the contacts that it enrolls.

    A loan that is out counts as given back: who relies on it has to hold it too, or it would go while they need it.
    """
    platform, out = operation.platform, operation.on_loan()
    values = as_set(platform.rulesets())
    values |= {setting: was for setting, was in out.items() if setting in values}
    acting = values | {p.key: p.was for p in platform.pending() if p.key in values and p.key not in out}
    # A change under way may come to act at any moment: what keeps a contact out now or then has to be lifted.
    return Settings(stricter(settings_frame(acting), settings_frame(values)), values)
