"""Whom else a setting lets in once it is lifted: through the plays that are published now."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.rules.found_reasons import Combinations, FoundReason, Mask
from models.setting_keys import SettingKey


@dataclass(frozen=True)
class PublishedPlay:
    """The members of a published play's audience: the address of each, what will keep it out of the play's next run
    (its cool-down aside), and whether it was never enrolled in anything."""

    emails: "pd.Series[str]"
    reasons: Combinations
    never_enrolled: Mask


class Others:
    """The people whom published plays would take in by themselves, were settings lifted: the price of a fix.

    Counted are people, each once, in whichever of the published plays they are members. A play takes in a member whom
    nothing keeps out any more: neither its audience's own toggles (R33), nor the person's own record, nor a setting
    that stays as it is. What is set counts, not what acts: a change under way acts by the time that a further one does.

    - Of exclusions' toggles (the global one, a ruleset's, an audience's): the platform takes in by itself, at once and
      without a run of the play, whoever was never enrolled and was kept out by a toggle that is lifted (R44; conflict
      C11 decided as `enrolls_later`, which is assumed where the platform does not say). That a run-once play has seen
      them does not matter: it never enrolled them. Where the platform is known not to retry, toggles are as the
      settings below.
    - Of re-enrollment settings: whoever the plays' next runs would take in and would not take in without the change.
      A play that runs once takes nobody whom it has seen (R55); a cool-down only puts the run off.

    Lifted together, settings let in people whom all of them kept out: more than the sum of each alone.
    """

    def __init__(self, plays: Collection[PublishedPlay], *, enrolls_later: bool = True) -> None:
        self._plays = list(plays)
        self._enrolls_later = enrolls_later
        everybody = [play.emails for play in self._plays]
        members = pd.concat(everybody, ignore_index=True) if everybody else pd.Series(dtype="str")
        numbers, different = pd.factorize(members)
        self._people = pd.Index(different)
        ends = np.cumsum([len(emails) for emails in everybody])
        self._numbers = np.split(numbers, ends[:-1]) if everybody else []
        self._counts: dict[frozenset[SettingKey], Mask] = {}

    def let_in(self, settings: Collection[SettingKey]) -> "pd.Index[str]":
        """Who would be let in by lifting all of these settings."""
        found: pd.Index[str] = self._people[self._mask(frozenset(settings))]
        return found

    def count(self, settings: Collection[SettingKey], besides: "Sequence[str] | pd.Index[str]") -> int:
        """How many would be let in by lifting all of these settings, the contacts `besides` not counted."""
        mask = self._mask(frozenset(settings))
        own = self._people.get_indexer(pd.Index(besides).unique())
        return int(mask.sum() - mask[own[own >= 0]].sum())

    def each(self, setting: SettingKey, contacts: "pd.Series[str]") -> NDArray[np.int64]:
        """For each of these contacts, how many others would be let in by lifting this setting."""
        mask = self._mask(frozenset([setting]))
        own = self._people.get_indexer(pd.Index(contacts))
        counts = np.full(len(contacts), mask.sum(), dtype=np.int64)
        counts[own >= 0] -= mask[own[own >= 0]]
        return counts

    def _mask(self, settings: frozenset[SettingKey]) -> Mask:
        if settings not in self._counts:
            self._counts[settings] = self._taken_in(settings)
        return self._counts[settings]

    def _taken_in(self, settings: frozenset[SettingKey]) -> Mask:
        exclusions = frozenset(setting for setting in settings if self._enrolls_later and setting.kind != "ruleset")
        taken = np.zeros(len(self._people), dtype=bool)
        anyway = np.zeros(len(self._people), dtype=bool)
        for numbers, play in zip(self._numbers, self._plays, strict=True):
            at_once = play.never_enrolled & play.reasons.which(lambda reasons: _freed(reasons, exclusions))
            taken[numbers[at_once]] = True
            if settings != exclusions:
                taken[numbers[play.reasons.which(lambda reasons: bool(reasons) and _lifted(reasons, settings))]] = True
                anyway[numbers[play.reasons.which(lambda reasons: not reasons)]] = True
        return taken & ~anyway


def _freed(reasons: tuple[FoundReason, ...], exclusions: frozenset[SettingKey]) -> bool:
    """Whether somebody never enrolled is taken in at once: toggles that are lifted kept them out, nothing else does."""
    left = tuple(reason for reason in reasons if reason.code != "play_runs_once")
    return bool(left) and _lifted(left, exclusions)


def _lifted(reasons: tuple[FoundReason, ...], settings: frozenset[SettingKey]) -> bool:
    return all(reason.setting in settings for reason in reasons)
