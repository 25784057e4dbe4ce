"""The settings that decide who is enrolled, as they stand at one moment: those that act, or those that are set.

A change acts some time after it is made (R42, R51). What keeps a contact out now is what acts; what a further change
would do is judged by what is set, since that acts by the time the change does.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from models.records import Interval, PendingSetting
from models.setting_keys import SettingKey
from models.setting_words import in_words, value_in_words

LIFTED: dict[str, Any] = {"allow_same_sequence_reenrollment": True, "block_reenrollment": "0 DAY"}
"""What a field of a ruleset has to be to keep nobody out (R14), as reports print it; a toggle has to be off."""


@dataclass(frozen=True)
class InForce:
    """`reenrollment`: index `ruleset`; `allow_same`, `block` (timedelta; NaT: never). `toggles`: as
    `Platform.exclusion_toggles`. `audiences`: audiences' toggles that are changing, by key; of the others the
    platform shows the people kept out, and does not name the toggles."""

    reenrollment: pd.DataFrame
    toggles: pd.DataFrame
    audiences: Mapping[SettingKey, bool]

    @classmethod
    def acting(cls, reenrollment: pd.DataFrame, toggles: pd.DataFrame, pending: Iterable[PendingSetting]) -> "InForce":
        """What acts now, while these changes are under way."""
        changing = {p.key: p.was for p in pending if p.key.kind == "audience_exclusion"}
        return cls(reenrollment, toggles, changing)

    def after(self, pending: Iterable[PendingSetting]) -> "InForce":
        """As it stands when the changes that are under way act."""
        reenrollment, toggles, audiences = self.reenrollment.copy(), self.toggles.copy(), dict(self.audiences)
        for change in pending:
            key = change.key
            match key.kind:
                case "ruleset" if key.part == "block_reenrollment":
                    length = None if change.value is None else Interval.model_validate(change.value).length
                    reenrollment.loc[key.owner, "block"] = pd.Timedelta(length) if length is not None else pd.NaT
                case "ruleset" if key.part == "allow_same_sequence_reenrollment":
                    reenrollment.loc[key.owner, "allow_same"] = change.value
                case "exclusion":
                    toggles.loc[toggles["exclusion"] == key.owner, "everywhere"] = change.value
                case "ruleset_exclusion":
                    concerned = (toggles["exclusion"] == key.part) & (toggles["ruleset"] == key.owner)
                    toggles.loc[concerned, "here"] = change.value
                case "audience_exclusion":
                    audiences[key] = change.value
                case _:
                    pass  # task assignment keeps nobody out
        return InForce(reenrollment, toggles, audiences)


def lifting_value(key: SettingKey) -> Any:
    """The value that a setting needs to keep nobody out, as docs/interface.md prints it."""
    return LIFTED[key.part] if key.kind == "ruleset" else False


def lifting_in_words(key: SettingKey) -> str:
    """A setting and that value, for people: they set it so."""
    return f"{in_words(key)}, to {value_in_words(lifting_value(key))}"
