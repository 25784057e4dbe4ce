"""The smallest set of settings that lets a contact in, and the sets that let in the most of many for the least.

Each reason is lifted by one setting or by none, and an exclusion's two toggles are two reasons (R68). So there is never
a choice between two sets of one size: what a contact needs are the settings of all its reasons, no more and no fewer.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from models.rules.found_reasons import Combinations, FoundReason
from models.rules.letting_in import Others
from models.setting_keys import SettingKey


def smallest_fix(reasons: Iterable[FoundReason]) -> tuple[SettingKey, ...] | None:
    """The settings to lift, sorted: an exclusion's global toggle before a ruleset's (R34, R35). None: none help."""
    settings = {reason.setting for reason in reasons}
    return None if None in settings else tuple(sorted(setting for setting in settings if setting))


@dataclass(frozen=True)
class Candidate:
    """A set of settings to lift: how many of the contacts in question it frees, and how many others it lets in (None:
    the platform hides the plays that would)."""

    settings: tuple[SettingKey, ...]
    frees: int
    lets_in: int | None

    @property
    def worth(self) -> float:
        """Contacts freed for each contact let in besides (and one, so that to let in nobody is worth most)."""
        return self.frees / (1 + (self.lets_in or 0))


def candidates(needs: Combinations, others: Others | None, emails: "pd.Index[str]") -> list[Candidate]:
    """Every set of settings that some contact needs, and every single one, that frees anybody: the best first.

    Better is what frees more contacts for each other one that it lets in (`Candidate.worth`); then fewer settings, then
    fewer others, then by name. `needs` are the reasons of the contacts `emails`, by what is set.
    """
    wanted: Counter[frozenset[SettingKey]] = Counter()
    for reasons, number in needs.counted():
        if reasons and (needed := smallest_fix(reasons)) is not None:
            wanted[frozenset(needed)] += number
    singles = {frozenset([setting]) for settings in wanted for setting in settings}
    found = []
    for settings in wanted.keys() | singles:
        frees = sum(number for needs_of, number in wanted.items() if needs_of <= settings)
        if frees:
            lets_in = others.count(settings, emails) if others is not None else None
            found.append(Candidate(tuple(sorted(settings)), frees, lets_in))
    return sorted(found, key=lambda one: (-one.worth, len(one.settings), one.lets_in or 0, one.settings))
