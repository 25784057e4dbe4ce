"""What proves a reason against a contact, when it lapses, and which setting lifts it (R34, R35, R45, R46).

When it holds is decided by the table in `models/rules/eligibility.py`. Each condition has one setting that lifts it, or
none; an exclusion has two toggles, and each that is on is a condition of its own (R68).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from models.reasons import EXCLUDED, REASONS, REENROLLMENT, excluded
from models.rules.found_reasons import NEVER, FoundReason, Instants, Mask, Proof, for_all, matched
from models.rules.in_force import InForce
from models.rules.sending import Senders
from models.setting_keys import SettingKey


@dataclass(frozen=True)
class Circumstances:
    """The facts of contacts (as of `with_settings`), and what else proves a reason; as of `contact_reasons`."""

    facts: pd.DataFrame
    in_force: InForce
    senders: Senders
    now: datetime
    lapses: Mapping[str, Instants]
    moves: bool


def with_proofs(code: str, holds: Mask, case: Circumstances) -> Iterator[FoundReason]:
    """A reason that holds against these contacts, as one or more: each with its proof and the setting that lifts it."""
    if code == EXCLUDED:
        yield from _exclusions(case.facts, case.in_force.toggles, holds, case.lapses)
    elif code in REENROLLMENT:
        yield from _reenrollment(code, holds, case)
    elif code == "already_enrolled":
        yield from _running(holds, case)
    elif code == "mailbox_unavailable":
        yield FoundReason(code, holds, for_all(case.senders.why_not()))
    else:
        yield FoundReason(code, holds, for_all(REASONS[code].proof))


def _running(holds: Mask, case: Circumstances) -> Iterator[FoundReason]:
    """Until the enrollment ends; where a play takes people over from another sequence, the waiting period of the
    ruleset there decides, and counts from that enrollment's start (R21 to R23, C10)."""
    facts, settings = case.facts, case.in_force.reenrollment
    ends = _naive(facts["free_at"]) if "free_at" in facts else np.full(len(facts), NEVER)
    elsewhere = (facts["running_in"].ne(facts["sequence"]) & case.moves).fillna(False).to_numpy(dtype=bool)
    yield FoundReason("already_enrolled", holds & ~elsewhere, _runs, lapses_at=ends)
    leaves = _naive(facts["running_since"] + pd.to_timedelta(facts["running_ruleset"].map(settings["block"])))
    for ruleset, concerned in _each(facts["running_ruleset"]) if case.moves else ():
        setting = SettingKey.ruleset(ruleset, "block_reenrollment")
        proof = _runs_elsewhere(ruleset, settings.at[ruleset, "block"])
        yield FoundReason("already_enrolled", holds & elsewhere & concerned, proof, setting, np.fmin(ends, leaves))


def _runs_elsewhere(ruleset: str, block: Any) -> Proof:
    if pd.isna(block):
        return lambda contact: f"{_runs(contact)}; {ruleset} there lets nobody leave for another sequence"
    days = _days(block / pd.Timedelta(days=1))
    return lambda contact: (
        f"{_runs(contact)}; {ruleset} there lets people leave for another sequence {days} after they began"
    )


def _days(number: float) -> str:
    return f"{number:g} {'day' if number == 1 else 'days'}"


def _naive(times: "pd.Series[Any]") -> Instants:
    out: Instants = times.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
    return out


def _runs(contact: Mapping[str, Any]) -> str:
    return f"runs in '{contact['running_in']}'; one enrollment at a time, until it ends"


# The re-enrollment settings


def _reenrollment(code: str, holds: Mask, case: Circumstances) -> Iterator[FoundReason]:
    """A reason for each ruleset: it is the ruleset of the sequence entered that decides."""
    lapse = _naive(case.facts["lapses_at"]) if code == "recently_enrolled" else NEVER
    for ruleset, concerned in _each(case.facts["ruleset"]):
        setting = SettingKey.ruleset(ruleset, REASONS[code].ruleset_field)
        proof = _proof_of(code, ruleset, case.in_force.reenrollment, case.now)
        yield FoundReason(code, holds & concerned, proof, setting, lapse)


def _proof_of(code: str, ruleset: str, settings: pd.DataFrame, now: datetime) -> Proof:
    match code:
        case "already_sequenced":
            return lambda contact: (
                f"was in '{contact['sequence']}' before; {ruleset} does not allow re-enrollment into the same sequence"
            )
        case "never_again":
            return lambda contact: (
                f"completed a step before, last enrollment ended {_on(contact['last_ended'])};"
                f" {ruleset} never allows re-enrollment"
            )
        case _:
            block: Any = settings.at[ruleset, "block"]
            waits = _days(block / pd.Timedelta(days=1))
            return lambda contact: (
                f"ended {_days((now - contact['last_ended']) // pd.Timedelta(days=1))} ago; {ruleset} waits {waits}"
            )


def _on(at: Any) -> str:
    return "not yet" if pd.isna(at) else f"on {at:%Y-%m-%d}"


def _each(column: "pd.Series[Any]") -> Iterator[tuple[str, Mask]]:
    """Each value of a column with the rows that have it."""
    codes, different = pd.factorize(column)
    for code, value in enumerate(different):
        yield str(value), codes == code


# The exclusions


def _exclusions(
    facts: pd.DataFrame, toggles: pd.DataFrame, concerned: Mask, lapses: Mapping[str, Instants]
) -> Iterator[FoundReason]:
    """For each exclusion a reason by the global toggle and one by each ruleset's, where they are on (R34, R35, R68)."""
    rulesets = dict(_each(facts["ruleset"]))
    matches = matched(facts["excluded_by"])
    for exclusion in toggles["exclusion"].unique():
        if exclusion not in matches:
            continue
        matching = matches[exclusion] & concerned
        rows = toggles[(toggles["exclusion"] == exclusion) & toggles["ruleset"].isin(rulesets)]
        lapse = lapses.get(exclusion, NEVER)
        holds = facts["ruleset"].isin(rows.loc[rows["everywhere"], "ruleset"]).to_numpy() & matching
        setting = SettingKey.exclusion(exclusion)
        proof = matches_exclusion(exclusion, "on for sequences everywhere")
        yield FoundReason(excluded(exclusion), holds, proof, setting, lapse, rule="R68")
        for ruleset in rows.loc[rows["here"], "ruleset"]:
            setting = SettingKey.in_ruleset(ruleset, exclusion)
            proof = matches_exclusion(exclusion, f"on in the ruleset '{ruleset}'")
            yield FoundReason(excluded(exclusion), matching & rulesets[ruleset], proof, setting, lapse, rule="R35")


def matches_exclusion(exclusion: str, where: str) -> Proof:
    """That a contact matches an exclusion, and by which way, where a fact `ways` tells it by exclusion."""

    def proof(contact: Mapping[str, Any]) -> str:
        way = contact.get("ways", {}).get(exclusion)
        by = f" ({way})" if way else ""
        return f"matches the exclusion '{exclusion}'{by}, which is {where}"

    return proof
