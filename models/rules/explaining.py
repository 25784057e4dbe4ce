"""Every reason against one contact, with its proof, when it lapses by itself, and the setting that would lift it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd

from models.explanation import Blocker, Explanation, Fix
from models.rules.eligibility import EXCLUDED, lapses_at, reasons, with_settings
from models.setting_keys import SettingKey


def explain(facts: pd.DataFrame, settings: pd.DataFrame, toggles: pd.DataFrame, now: datetime) -> list[Explanation]:
    """An explanation for each row of `facts`; `settings` as in `reasons`, `toggles` as `Platform.exclusion_toggles`."""
    whole = with_settings(facts, settings)
    whole["reasons"], whole["lapses_at"] = reasons(facts, settings, now), lapses_at(whole)
    return [_explained(row, toggles, now) for row in whole.to_dict("records")]


def _explained(row: dict[Any, Any], toggles: pd.DataFrame, now: datetime) -> Explanation:
    blockers = tuple(
        blocker for code in filter(None, row["reasons"].split(";")) for blocker in _blockers(code, row, toggles, now)
    )
    fixes = sorted({blocker.fix.setting for blocker in blockers if blocker.fix})
    liftable = all(blocker.fix for blocker in blockers)
    return Explanation(
        email=row["email"], sequence=row["sequence"], eligible=not blockers, blockers=blockers,
        resumes_at_step=int(row["resumes_after"]) + 1, warnings=("sequence_paused",) if row["sequence_paused"] else (),
        smallest_fix=tuple(fixes) if liftable else None,
    )  # fmt: skip


def _blockers(code: str, row: dict[Any, Any], toggles: pd.DataFrame, now: datetime) -> Iterator[Blocker]:
    ruleset = row["ruleset"]
    match code.split(":", 1):
        case [name, exclusion] if name == EXCLUDED:
            yield from _exclusion(code, exclusion, ruleset, toggles)
        case ["already_sequenced"]:
            detail = f"was in '{row['sequence']}' before; {ruleset} does not allow re-enrollment into the same sequence"
            yield Blocker(
                code=code, rule="R12", detail=detail, fix=_fix(ruleset, "allow_same_sequence_reenrollment", True)
            )
        case ["never_again"]:
            detail = f"completed a step before; {ruleset} never allows re-enrollment"
            yield Blocker(code=code, rule="R13", detail=detail, fix=_fix(ruleset, "block_reenrollment", "0 DAY"))
        case ["recently_enrolled"]:
            days = (now - row["last_ended"]) // pd.Timedelta(days=1)
            detail = f"ended {days} days ago; {ruleset} waits {row['block'] / pd.Timedelta(days=1):g} days"
            yield Blocker(
                code=code, rule="R26", detail=detail, lapses_at=row["lapses_at"].to_pydatetime(),
                fix=_fix(ruleset, "block_reenrollment", "0 DAY"),
            )  # fmt: skip
        case ["already_enrolled"]:
            detail = f"runs in '{row['running_in']}'; one enrollment at a time, until it ends"
            yield Blocker(code=code, rule="R20", detail=detail)
        case _:
            yield Blocker(code=code, rule=PLAIN[code][0], detail=PLAIN[code][1])


PLAIN = {
    "opted_out": ("R29", "opted out of email; an opt-out is never lifted"),
    "do_not_email": ("R29", "is marked 'Do Not Email'; that is never lifted"),
    "unknown_contact": ("R3", "nobody in the workspace has this address"),
    "unknown_sequence": ("R5", "no sequence is known for this contact"),
}


def _fix(ruleset: str, field: str, value: Any) -> Fix:
    return Fix(setting=str(SettingKey("ruleset", ruleset, field)), value=value)


def _exclusion(code: str, exclusion: str, ruleset: str, toggles: pd.DataFrame) -> Iterator[Blocker]:
    """A blocker for each of the toggles that is on: both have to go (R34, R35, R68)."""
    row = toggles[(toggles["exclusion"] == exclusion) & (toggles["ruleset"] == ruleset)].iloc[0]
    if row["everywhere"]:
        key = SettingKey("exclusion", exclusion, "exclude_from_sequences")
        detail = f"matches the exclusion '{exclusion}', which is on for sequences everywhere"
        yield Blocker(code=code, rule="R68", detail=detail, fix=Fix(setting=str(key), value=False))
    if row["here"]:
        key = SettingKey("ruleset_exclusion", ruleset, exclusion)
        detail = f"matches the exclusion '{exclusion}', which is on in the ruleset '{ruleset}'"
        yield Blocker(code=code, rule="R35", detail=detail, fix=Fix(setting=str(key), value=False))


def lifted_by(
    facts: pd.DataFrame, settings: pd.DataFrame, toggles: pd.DataFrame, setting: str, now: datetime
) -> "pd.Series[bool]":
    """Which contacts may not be enrolled now and could be, were this one setting lifted."""
    key = SettingKey.parse(setting)
    changed, changed_facts = settings.copy(), facts
    if key.kind == "ruleset":
        column, value = ("allow_same", True) if key.part.startswith("allow") else ("block", pd.Timedelta(0))
        changed.loc[key.owner, column] = value
    else:
        changed_facts = facts.assign(excluded_by=_without(facts, toggles, key))
    return reasons(facts, settings, now).ne("") & reasons(changed_facts, changed, now).eq("")


def _without(facts: pd.DataFrame, toggles: pd.DataFrame, key: SettingKey) -> "pd.Series[Any]":
    """`excluded_by` after one toggle was turned off: the exclusion goes where the other toggle is off too."""
    exclusion = key.owner if key.kind == "exclusion" else key.part
    other = "here" if key.kind == "exclusion" else "everywhere"
    held = set(toggles.loc[(toggles["exclusion"] == exclusion) & toggles[other], "ruleset"])
    concerned = set(toggles["ruleset"]) - held if key.kind == "exclusion" else {key.owner} - held

    def rest(told: Any, ruleset: Any) -> Any:
        if not isinstance(told, str) or ruleset not in concerned:
            return told
        return "\n".join(name for name in told.split("\n") if name != exclusion)

    pairs = zip(facts["excluded_by"], facts["ruleset"], strict=True)
    return pd.Series([rest(told, ruleset) for told, ruleset in pairs], index=facts.index, dtype=object)
