"""Who enters a play when it runs: its cool-down, the audience's own toggles, and those a run-once play has seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from models.names_in_frames import known_names
from models.rules.found_reasons import NEVER, FoundReason, FoundReasons, Instants, for_all, matched
from models.rules.reason_proofs import matches_exclusion
from models.setting_keys import SettingKey
from models.wording import in_utc


@dataclass(frozen=True)
class PlayFacts:
    """A play (a row of `Platform.plays`), and what it has to do with contacts: a row each, in their order.

    `contacts` has `member` (of its audience), `kept_out_by` and `seen` as `Platform.entrants` tells them.
    """

    play: Mapping[str, Any]
    contacts: pd.DataFrame

    @property
    def name(self) -> str:
        return str(self.play["play"])

    @property
    def audience(self) -> str | None:
        name: str | None = None if pd.isna(self.play["audience"]) else self.play["audience"]
        return name

    @classmethod
    def of(cls, play: Mapping[str, Any], entrants: pd.DataFrame, emails: "pd.Series[Any]") -> "PlayFacts":
        """What the play has to do with contacts of these addresses; `entrants` are those of `Platform.entrants`."""
        found = entrants.set_index("email").reindex(emails.to_numpy()).reset_index(drop=True)
        facts = {"member": found["seen"].notna(), "seen": found["seen"].eq(True)}
        return cls(play, pd.DataFrame(facts).assign(kept_out_by=known_names(found["kept_out_by"])))


def entry_reasons(
    facts: PlayFacts,
    toggles: Mapping[SettingKey, bool],
    now: datetime,
    lapses: Mapping[str, Instants] = MappingProxyType({}),
) -> FoundReasons:
    """Why contacts do not enter when the play runs next.

    `toggles` are those of the audience that are changing, as they stand; `lapses` is when a match of an exclusion
    lapses by itself, for each contact, by exclusion.

    `play_cooldown` (R15, R16) keeps out everybody until it lapses. `not_in_audience` keeps out who is no member, and
    those whom one of the audience's own toggles excludes (R33). `play_runs_once` keeps out those with whom a play that
    runs once per record has started (R55). No setting makes a member, ends a cool-down or lets a play run again.
    """
    reasons = FoundReasons(len(facts.contacts))
    everybody = np.ones(reasons.contacts, dtype=bool)
    if in_cooldown(facts.play, now):
        free_at = _free_at(facts.play)
        detail = (
            f"'{facts.name}' ran at {in_utc(facts.play['last_run_at'])} and may run again at"
            f" {in_utc(free_at)}; a duplicate of it may run at once"
        )
        over = np.datetime64(free_at.tz_localize(None))
        reasons.add(FoundReason("play_cooldown", everybody, for_all(detail), lapses_at=over))
    outside = f"is not in the audience '{facts.audience}'" if facts.audience else f"'{facts.name}' has no audience"
    reasons.add(FoundReason("not_in_audience", ~facts.contacts["member"].to_numpy(), for_all(outside)))
    for exclusion, holds in matched(facts.contacts["kept_out_by"]).items():
        setting = SettingKey.in_audience(str(facts.audience), exclusion)
        if toggles.get(setting, True):
            where = f"on in the audience '{facts.audience}' itself"
            proof, lapse = matches_exclusion(exclusion, where), lapses.get(exclusion, NEVER)
            reasons.add(FoundReason("not_in_audience", holds, proof, setting, lapse, rule="R33"))
    if not facts.play["allow_reruns"]:
        detail = f"'{facts.name}' runs once for each contact and has run for this one; a duplicate of it would"
        seen = facts.contacts["seen"].to_numpy()
        reasons.add(FoundReason("play_runs_once", seen, for_all(detail)))
    return reasons


def in_cooldown(play: Mapping[str, Any], now: datetime) -> bool:
    """Whether a play ran so lately that it may not run again."""
    return isinstance(play["last_run_at"], pd.Timestamp) and _free_at(play) > now


def _free_at(play: Mapping[str, Any]) -> pd.Timestamp:
    free_at: pd.Timestamp = play["last_run_at"] + timedelta(days=int(play["cooldown_days"]))
    return free_at
