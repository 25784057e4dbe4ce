"""The part of the contract that is about settings: rulesets, exclusions, and what of them does not act yet."""

from typing import Any, Protocol

import pandas as pd

from models.records import PendingSetting
from models.setting_keys import SettingKey

RULESET_COLUMNS = [
    "ruleset",
    "allow_same",  # bool
    "block",  # an `Interval`, or None: never
]
EXCLUSION_COLUMNS = [
    "exclusion",
    "exclude_from_sequences",  # the global toggle as it is set
    "kinds",  # of match that it has, joined by newlines
    "last_activity_within_days",  # or NA
]
TOGGLE_COLUMNS = [
    "exclusion",
    "ruleset",
    "everywhere",  # the global toggle
    "here",
]
MATCH_COLUMNS = [
    "email",
    "by",  # company_domain, company_status, person_status, person_email or last_activity
    "value",  # the domain, status or address; the number of days
    "since",  # UTC; NaT where nobody knows
]


class Settings(Protocol):
    """What is set, and what acts. Changing it: `Changes.apply`."""

    def rulesets(self) -> pd.DataFrame:
        """Columns `RULESET_COLUMNS`: the values that are set. Where rulesets show by their sequences alone, those
        without any are left out."""

    def pending(self) -> tuple[PendingSetting, ...]:
        """Settings known not to act yet. Empty where the platform does not tell."""

    def setting(self, key: SettingKey) -> Any:
        """The value that is set, as JSON. Raises InvalidInput where there is no such setting."""

    def exclusions(self) -> pd.DataFrame:
        """Columns `EXCLUSION_COLUMNS`."""

    def exclusion_toggles(self) -> pd.DataFrame:
        """What acts of each exclusion in each ruleset: columns `TOGGLE_COLUMNS`."""

    def matches(self, exclusion: str, emails: list[str] | None = None) -> pd.DataFrame:
        """Those of these people whom an exclusion matches, a row a person and way of matching: columns `MATCH_COLUMNS`.

        Raises InvalidInput where there is no such exclusion.
        """
