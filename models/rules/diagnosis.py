"""The diagnosis of contacts meant for a sequence: every reason, when it lapses, what lifts it; a row a contact."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.explanation import ExplainedReason, Explanation, Fix
from models.names import NONE, Names, names
from models.reasons import NO_STEP_LEFT, reason_of
from models.records import PendingSetting
from models.rules.found_reasons import Combinations, FoundReason, FoundReasons, Instants
from models.rules.in_force import lifting_value
from models.rules.letting_in import Others
from models.rules.smallest_fix import Candidate, candidates, smallest_fix
from models.setting_keys import SettingKey
from models.setting_words import in_words
from models.wording import in_utc

UNDER_WAY = "change_under_way"
SHOWN_ENDS = ("replied", "bounced")


@dataclass(frozen=True)
class ReasonCount:
    """How many contacts have a reason, and how many have it alone."""

    code: str
    contacts: int
    alone: int


@dataclass(frozen=True)
class Diagnosis:
    """`facts` of contacts, a row each; the reasons against them by what acts now and by what is set; changes under way.

    Reasons, and who may be enrolled, go by what acts. Fixes go by what is set: what was changed already needs no fix,
    and its reason lapses when the change acts.
    """

    facts: pd.DataFrame
    acting: FoundReasons
    as_set: FoundReasons
    pending: Mapping[SettingKey, PendingSetting]
    unknown: tuple[str, ...] = ()
    """What the platform hides that may keep contacts out (words of `Platform.hidden`): nobody can say that a contact
    may be enrolled, even where no reason against it is known."""

    @cached_property
    def shown(self) -> FoundReasons:
        """The reasons that act, as they are shown: what a change under way lifts names no setting."""
        shown = FoundReasons(self.acting.contacts)
        for reason in self.acting.found:
            for part in self._as_changing(reason):
                shown.add(part)
        return shown

    def _as_changing(self, reason: FoundReason) -> Iterator[FoundReason]:
        change = self.pending.get(reason.setting) if reason.setting else None
        if change is None:
            yield reason
            return
        at = np.datetime64(change.takes_effect_at.astimezone(UTC).replace(tzinfo=None), "ns")
        stays = self.as_set.by(change.key)
        later = np.maximum(at, np.where(stays, self.as_set.lapse(change.key), at))
        lapses = np.where(np.asarray(reason.lapses_at) <= at, reason.lapses_at, later)
        yield replace(reason, holds=reason.holds & stays, lapses_at=lapses)
        lifted = (
            f"; {in_words(change.setting)} was changed already, which acts from {in_utc(change.takes_effect_at)} on"
        )
        yield replace(
            reason,
            holds=reason.holds & ~stays,
            lapses_at=lapses,
            setting=None,
            proof=lambda contact: reason.proof(contact) + lifted,
        )

    @cached_property
    def reasons(self) -> Combinations:
        """Which reasons act against each contact."""
        return self.shown.combinations()

    @cached_property
    def needs(self) -> Combinations:
        """Which reasons have to be lifted for each contact."""
        return self.as_set.combinations()

    @cached_property
    def warnings(self) -> NDArray[np.object_]:
        """What keeps nobody out and is good to know: for each contact Names of codes.

        `sequence_paused` (enrollments queue), `replied` or `bounced` (how the last enrollment ended), `no_step_left`
        (they did all steps before, and begin at step 1 again: procedures leave them out), and
        `change_under_way:SETTING` where a setting was changed and will keep the contact out when it acts.
        """
        found = FoundReasons(len(self.facts))
        marks = {"sequence_paused": self.facts["sequence_paused"].eq(True)}
        marks |= {end: self.facts["last_end"].eq(end) for end in SHOWN_ENDS}
        marks[NO_STEP_LEFT] = self.facts["no_step_left"].eq(True) & self.facts["running_in"].isna()
        for code, mark in marks.items():
            found.add(FoundReason(code, mark.to_numpy(dtype=bool), lambda contact: ""))
        for setting in self.pending:
            coming = self.as_set.by(setting) & ~self.acting.by(setting)
            found.add(FoundReason(f"{UNDER_WAY}:{setting}", coming, lambda contact: ""))
        return found.combinations().each(lambda reasons: Names(*(reason.code for reason in reasons)))

    def frame(self) -> pd.DataFrame:
        """A row a contact, of `facts`: `reasons`, `smallest_fix`, `warnings` and `unknown` are Names.

        `lapses_at` is when the last of the reasons lapses by itself, missing where one of them never does;
        `smallest_fix` is empty for whoever may be enrolled, and where no setting helps. `eligible` is missing where
        nobody can know it, and `unknown` says why.
        """
        kept_out = self.shown.anybody()
        open_question = ~kept_out & bool(self.unknown)
        eligible = pd.Series(~kept_out, dtype="boolean").mask(open_question)
        fixes = self.needs.each(lambda reasons: Names(*(smallest_fix(reasons) or ())))
        return pd.DataFrame(
            {
                "email": self.facts["email"],
                "sequence": self.facts["sequence"],
                "eligible": eligible if self.unknown else ~kept_out,
                "reasons": self.reasons.each(lambda reasons: Names(*codes(reasons))),
                "lapses_at": _utc(self.shown.lapse()),
                "smallest_fix": np.where(kept_out, fixes, NONE),
                "resumes_at_step": self.facts["resumes_after"].fillna(0).astype("int64") + 1,
                "warnings": self.warnings,
                "unknown": np.where(open_question, names(*self.unknown), NONE),
            }
        )

    def reason_counts(self) -> list[ReasonCount]:
        """Each reason with how many contacts have it, and how many have it alone; the most frequent first."""
        having, alone = Counter[str](), Counter[str]()
        for reasons, number in self.reasons.counted():
            found = codes(reasons)
            having.update(dict.fromkeys(found, number))
            if len(found) == 1:
                alone[found[0]] += number
        return [ReasonCount(code, number, alone[code]) for code, number in having.most_common()]

    def candidates(self, others: Others | None) -> list[Candidate]:
        """The sets of settings to lift, the one first that frees the most for the least (see `smallest_fix`)."""
        return candidates(self.needs, others, pd.Index(self.facts["email"]))

    def lifted_by(self, settings: Iterable[SettingKey]) -> list[str]:
        """The reason codes that these settings stand behind, of contacts kept out now or once a change acts."""
        lifted = set(settings)
        return list(dict.fromkeys(reason.code for reason in self.as_set.found if reason.setting in lifted))

    def kept_out_later(self, setting: SettingKey) -> int:
        """How many contacts a setting does not keep out now and will once its change acts."""
        return int((self.as_set.by(setting) & ~self.acting.by(setting)).sum())

    def exclusions(self, rows: range) -> list[str]:
        """The exclusions that keep any of these contacts out."""
        concerned = {
            reason.setting
            for reason in self.acting.found
            if reason.setting and reason.holds[rows.start : rows.stop].any()
        }
        names = {key.owner if key.kind == "exclusion" else key.part for key in concerned if key.kind != "ruleset"}
        return sorted(names)

    def explanations(self, rows: range, others: Others | None, ways: list[dict[str, str]]) -> Iterator[Explanation]:
        """What there is to tell of these contacts, each with everything that proves it; `others` None: nobody knows.

        `ways` tells for each of them by which of its ways an exclusion matches, by exclusion.
        """
        facts = self.facts.iloc[rows.start : rows.stop].assign(
            ways=pd.Series(ways, index=self.facts.index[rows.start : rows.stop], dtype=object)
        )
        settings = self.shown.settings if others is not None else []
        prices = {setting: others.each(setting, facts["email"]) for setting in settings if others is not None}
        for place, (row, contact) in enumerate(zip(rows, facts.to_dict("records"), strict=True)):
            also = {setting: int(number[place]) for setting, number in prices.items()}
            blockers = tuple(_explained(reason, row, contact, also) for reason in self.shown.found if reason.holds[row])
            needed = [reason for reason in self.as_set.found if reason.holds[row]]
            open_question = not blockers and bool(self.unknown)
            yield Explanation(
                email=contact["email"],
                sequence=_text(contact["sequence"]),
                blockers=blockers,
                eligible=None if open_question else not blockers,
                unknown=self.unknown if open_question else (),
                resumes_at_step=int(contact["resumes_after"]) + 1,
                warnings=self.warnings[row].each,
                smallest_fix=smallest_fix(needed) if blockers else (None if open_question else ()),
            )


def codes(reasons: tuple[FoundReason, ...]) -> list[str]:
    """The different reason codes of reasons, in their order: an exclusion's two toggles are one reason."""
    return list(dict.fromkeys(reason.code for reason in reasons))


def _explained(
    reason: FoundReason, row: int, contact: Mapping[Any, Any], also: Mapping[SettingKey, int]
) -> ExplainedReason:
    lapses_at = reason.lapses_at[row] if isinstance(reason.lapses_at, np.ndarray) else reason.lapses_at
    lapse = None if np.isnat(lapses_at) else pd.Timestamp(lapses_at, tz="UTC").to_pydatetime()
    fix = None
    if reason.setting is not None:
        fix = Fix(setting=reason.setting, value=lifting_value(reason.setting), also_lets_in=also.get(reason.setting))
    rule = reason.rule or reason_of(reason.code).rule
    return ExplainedReason(code=reason.code, rule=rule, detail=reason.proof(contact), lapses_at=lapse, fix=fix)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _utc(instants: Instants) -> "pd.Series[Any]":
    out: pd.Series[Any] = pd.Series(instants).dt.tz_localize("UTC")
    return out
