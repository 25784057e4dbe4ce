"""Whom an exclusion removes from the sequences they run in when its sequence-level toggle comes to act (R61, R62)."""

import pandas as pd

from models.names import names
from models.rules.toggles import in_effect


def removed(
    running: pd.DataFrame, matches: pd.DataFrame, before: pd.DataFrame, after: pd.DataFrame, settled: str | None
) -> pd.DataFrame:
    """Who is removed at the instant at which the toggles act as `after` and no longer as `before`.

    `running` are enrollments that run (queued or active) with columns `email, sequence, ruleset`; `matches` those of
    `Platform.matches`, with the exclusion's name as `exclusion`; `before` and `after` as `Platform.exclusion_toggles`.
    `settled` is how conflict C18 is: under `keeps` nobody is removed; where nobody knows (None) it is taken for
    `removes`, the more dangerous way. Columns `email, sequence, removed_by` (Names of exclusions), a row each.

    An exclusion that acts already removes nobody again: not by its second toggle (R68), and not whom it matched before.
    Whoever starts to match while it acts is removed too, whatever C18: that is no matter of a toggle (R66).
    """
    newly = frozenset() if settled == "keeps" else in_effect(after) - in_effect(before)
    matching = matches[["email", "exclusion"]].drop_duplicates()
    found = running[["email", "sequence", "ruleset"]].merge(matching, on="email")
    acts = [pair in newly for pair in zip(found["ruleset"], found["exclusion"], strict=True)]
    found = found[pd.Series(acts, index=found.index, dtype=bool)].rename(columns={"exclusion": "removed_by"})
    return found.groupby(["email", "sequence"], sort=False)["removed_by"].agg(lambda each: names(*each)).reset_index()
