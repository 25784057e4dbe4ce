"""Why contacts are not enrolled: facts gathered, rules asked, and whom else each fix would let in.

Free of Prefect, so that `handoff explain` answers at once.
"""

import pandas as pd

from models.explanation import Blocker, Explanation
from models.nearest import known
from models.rules.explaining import explain, lifted_by
from models.rules.reenrollment import as_set, settings_frame
from platforms.port import Platform


def explain_contacts(platform: Platform, emails: list[str], sequence: str) -> list[Explanation]:
    """An explanation for each contact, in order. Raises InvalidInput where the sequence does not exist."""
    name = known("sequence", sequence, list(platform.sequences()["sequence"]), "sequence")
    facts = platform.facts(pd.DataFrame({"email": [email.strip().lower() for email in emails], "sequence": name}))
    rulesets = platform.sequences().set_index("sequence")["ruleset"]
    facts["ruleset"] = rulesets[name]
    settings, toggles = acting_settings(platform), platform.exclusion_toggles()
    found = explain(facts, settings, toggles, platform.now())
    others = _Others(platform, settings, toggles)
    return [_priced(explanation, others) for explanation in found]


def acting_settings(platform: Platform) -> pd.DataFrame:
    """The re-enrollment settings that act now, as the rules take them."""
    values = as_set(platform.rulesets())
    return settings_frame(values | {p.setting: p.was for p in platform.pending() if p.setting in values})


class _Others:
    """Who waits at published plays, to count whom a fix would let in besides."""

    def __init__(self, platform: Platform, settings: pd.DataFrame, toggles: pd.DataFrame) -> None:
        self._platform, self._settings, self._toggles = platform, settings, toggles
        self._facts: pd.DataFrame | None = None
        self._lifted: dict[str, set[str]] = {}

    def let_in(self, setting: str, besides: str) -> int:
        if setting not in self._lifted:
            facts = self._waiting()
            lifted = lifted_by(facts, self._settings, self._toggles, setting, self._platform.now())
            self._lifted[setting] = set(facts.loc[lifted, "email"])
        return len(self._lifted[setting] - {besides})

    def _waiting(self) -> pd.DataFrame:
        if self._facts is None:
            members = self._platform.waiting_at_published_plays()
            self._facts = self._platform.facts(members[["email", "sequence"]].drop_duplicates().reset_index(drop=True))
        return self._facts


def _priced(explanation: Explanation, others: _Others) -> Explanation:
    def priced(blocker: Blocker) -> Blocker:
        if blocker.fix is None:
            return blocker
        number = others.let_in(blocker.fix.setting, explanation.email)
        return blocker.model_copy(update={"fix": blocker.fix.model_copy(update={"also_lets_in": number})})

    return explanation.model_copy(update={"blockers": tuple(priced(blocker) for blocker in explanation.blockers)})
