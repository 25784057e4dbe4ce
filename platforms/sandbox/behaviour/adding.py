"""Exclusions that people make."""

from typing import Any

from models.changes import AddExclusion
from models.records import ExclusionMatch
from models.setting_keys import SettingKey
from models.tables.workspace import ExclusionMatchRow, ExclusionRow
from platforms.sandbox.behaviour.audiences import refuse_taken
from platforms.sandbox.behaviour.removing import change_setting
from platforms.sandbox.store import Work

LISTS = ("company_domain", "person_email", "person_status", "company_status")


def add_exclusion(work: Work, change: AddExclusion) -> dict[str, Any]:
    """Make an exclusion, every ruleset's and audience's own toggle for it off. Its global toggle takes effect late, as
    a changed one does (R51)."""
    refuse_taken(work, "exclusion", change.name)
    key = work.add_one(
        ExclusionRow,
        name=change.name,
        exclude_from_sequences=False,
        last_activity_within_days=change.match.last_activity_within_days,
    )
    work.add(ExclusionMatchRow, match_rows(key, change.match))
    toggle = SettingKey.exclusion(change.name)
    takes_effect = change_setting(work, toggle, change.exclude_from_sequences)
    return {"exclusion": change.name, "takes_effect_at": takes_effect}


def match_rows(exclusion: int, match: ExclusionMatch) -> list[dict[str, Any]]:
    """The rows that say which people an exclusion matches, but for its rule of activity."""
    return [
        {"exclusion_id": exclusion, "kind": kind, "value": value} for kind in LISTS for value in getattr(match, kind)
    ]
