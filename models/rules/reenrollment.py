"""Which re-enrollment settings these contacts really need, and what becomes of each contact with them.

A setting is needed by somebody whom it alone (with the other) keeps out: who has opted out, say, needs none (R43).
"""

from datetime import datetime, timedelta
from typing import Any

import pandas as pd

from models.names import NONE
from models.names_in_frames import holding
from models.plan import SettingLoan
from models.records import Interval
from models.rules.eligibility import reasons
from models.setting_keys import SettingKey


def as_set(rulesets: pd.DataFrame) -> dict[SettingKey, Any]:
    """The re-enrollment settings of `Platform.rulesets`, as JSON by setting."""
    values: dict[SettingKey, Any] = {}
    for ruleset, allow, block in rulesets[["ruleset", "allow_same", "block"]].itertuples(index=False):
        stored = block.model_dump(mode="json") if isinstance(block, Interval) else None
        values[SettingKey.ruleset(ruleset, "allow_same_sequence_reenrollment")] = bool(allow)
        values[SettingKey.ruleset(ruleset, "block_reenrollment")] = stored
    return values


def settings_frame(values: dict[SettingKey, Any]) -> pd.DataFrame:
    """Settings (as `as_set`) as the rules take them: index `ruleset`, `allow_same`, `block` (timedelta; NaT: never)."""
    allow: dict[str, bool] = {}
    block: dict[str, Any] = {}
    for key, value in values.items():
        if key.part == "block_reenrollment":
            block[key.owner] = pd.NaT if value is None else Interval.model_validate(value).length
        else:
            allow[key.owner] = value
    frame = pd.DataFrame(
        {"allow_same": pd.Series(allow, dtype=bool), "block": pd.Series(block, dtype="timedelta64[ns]")}
    )
    return frame.rename_axis("ruleset")


def stricter(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    """Of two states of the settings (as `settings_frame`), the stricter one, field by field; never is strictest."""
    longest = pd.Timedelta.max
    block = one["block"].fillna(longest).combine(other["block"].fillna(longest), max)
    return one.assign(allow_same=one["allow_same"] & other["allow_same"], block=block.mask(block == longest))


def lifted(settings: pd.DataFrame, waiting: timedelta) -> pd.DataFrame:
    """The settings with both re-enrollment options open, and no waiting period longer than `waiting` (R7, R8, R14)."""
    block = settings["block"]
    return settings.assign(allow_same=True, block=block.where(block <= waiting, pd.Timedelta(waiting)))


def judge(facts: pd.DataFrame, settings: pd.DataFrame, waiting: timedelta, now: datetime) -> pd.DataFrame:
    """What stands against each contact now and with the settings lifted, and which of the two it needs.

    Columns `reasons_now`, `reasons_lifted` (as `reasons`), `needs_same`, `needs_block` (bool).
    """
    at_present = reasons(facts, settings, now)
    afterwards = reasons(facts, lifted(settings, waiting), now)
    helped = afterwards.eq(NONE) & at_present.ne(NONE)
    return pd.DataFrame(
        {
            "reasons_now": at_present,
            "reasons_lifted": afterwards,
            "needs_same": helped & holding(at_present, "already_sequenced"),
            "needs_block": helped & holding(at_present, "never_again", "recently_enrolled"),
        }
    )


def count_needs(facts: pd.DataFrame, judged: pd.DataFrame) -> dict[SettingKey, int]:
    """How many contacts need each setting, by its key."""
    counts: dict[SettingKey, int] = {}
    for column, field in (("needs_same", "allow_same_sequence_reenrollment"), ("needs_block", "block_reenrollment")):
        for ruleset, number in facts.loc[judged[column], "ruleset"].value_counts(sort=False).items():
            counts[SettingKey.ruleset(str(ruleset), field)] = int(number)
    return counts


def needs(counts: dict[SettingKey, int], as_set: dict[SettingKey, Any], waiting_days: int) -> list[SettingLoan]:
    """The loans to take for these counts: settings not set as needed. `as_set` are values (JSON) by setting."""
    found = []
    for setting in sorted(counts):
        was = as_set[setting]
        set_to: Any = True
        if setting.part == "block_reenrollment":
            set_to = {"value": waiting_days, "unit": "DAY"}
        if not suffices(was, set_to):
            found.append(SettingLoan(setting=setting, was=was, set_to=set_to, contacts=counts[setting]))
    return found


def suffices(value: Any, wanted: Any) -> bool:
    """Whether a value serves as well as the wanted one: the same, or a shorter waiting period."""
    if isinstance(value, dict) and isinstance(wanted, dict):
        return Interval.model_validate(value).length <= Interval.model_validate(wanted).length
    return bool(value == wanted)
