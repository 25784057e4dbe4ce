"""The diagnosis of contacts meant for a sequence: every reason, when it lapses, what lifts it; a row a contact."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.explanation import Blocker, Explanation, Fix
from models.names import NONE, Names, names
from models.records import PendingSetting
from models.rules.bars import Bar, Bars, Combinations, Instants
from models.rules.eligibility import NO_STEP_LEFT
from models.rules.in_force import lifting_value
from models.rules.letting_in import Others
from models.rules.smallest_fix import Candidate, candidates, smallest_fix
from models.setting_keys import SettingKey

COLUMNS = (
    "email", "sequence", "eligible", "reasons", "lapses_at", "smallest_fix", "resumes_at_step", "warnings", "unknown",
)  # fmt: skip
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
    """`facts` of contacts, a row each; the bars against them by what acts now, and by what is set; changes under way.

    Reasons, and who may be enrolled, go by what acts. Fixes go by what is set: what was changed already needs no fix,
    and its reason lapses when the change acts.
    """

    facts: pd.DataFrame
    acting: Bars
    as_set: Bars
    pending: Mapping[str, PendingSetting]
    unknown: tuple[str, ...] = ()
    """What the platform hides that may keep contacts out (words of `Platform.hidden`): against whom nothing is known
    to stand, nobody can say that they may be enrolled."""

    @cached_property
    def told(self) -> Bars:
        """The bars that act, as they are told: what a change under way lifts names no setting."""
        told = Bars(self.acting.contacts)
        for bar in self.acting.found:
            for part in self._as_changing(bar):
                told.add(part)
        return told

    def _as_changing(self, bar: Bar) -> Iterator[Bar]:
        change = self.pending.get(bar.setting or "")
        if change is None:
            yield bar
            return
        at = np.datetime64(change.takes_effect_at.astimezone(UTC).replace(tzinfo=None), "ns")
        stays = self.as_set.by(change.setting)
        later = np.maximum(at, np.where(stays, self.as_set.lapse(change.setting), at))
        lapses = np.where(np.asarray(bar.lapses_at) <= at, bar.lapses_at, later)
        yield replace(bar, holds=bar.holds & stays, lapses_at=lapses)
        lifted = f"; {change.setting} was changed already, which acts from {change.takes_effect_at:%Y-%m-%d %H:%M}Z on"
        yield replace(
            bar, holds=bar.holds & ~stays, lapses_at=lapses, setting=None,
            proof=lambda contact: bar.proof(contact) + lifted,
        )  # fmt: skip

    @cached_property
    def reasons(self) -> Combinations:
        """Which bars act against each contact."""
        return self.told.combinations()

    @cached_property
    def needs(self) -> Combinations:
        """Which bars have to be lifted for each contact."""
        return self.as_set.combinations()

    @cached_property
    def warnings(self) -> NDArray[np.object_]:
        """What keeps nobody out and is good to know: for each contact Names of codes.

        `sequence_paused` (enrollments queue), `replied` or `bounced` (how the last enrollment ended), `no_step_left`
        (they did all steps before, and begin at step 1 again: procedures leave them out), and
        `change_under_way:SETTING` where a setting was changed and will keep the contact out when it acts.
        """
        found = Bars(len(self.facts))
        marks = {"sequence_paused": self.facts["sequence_paused"].eq(True)}
        marks |= {end: self.facts["last_end"].eq(end) for end in SHOWN_ENDS}
        marks[NO_STEP_LEFT] = self.facts["no_step_left"].eq(True) & self.facts["running_in"].isna()
        for code, mark in marks.items():
            found.add(Bar(code, "", mark.to_numpy(dtype=bool), lambda contact: ""))
        for setting in self.pending:
            coming = self.as_set.by(setting) & ~self.acting.by(setting)
            found.add(Bar(f"{UNDER_WAY}:{setting}", "", coming, lambda contact: ""))
        return found.combinations().tell(lambda bars: Names(*(bar.code for bar in bars)))

    def frame(self) -> pd.DataFrame:
        """A row a contact, columns `COLUMNS`: `reasons`, `smallest_fix`, `warnings` and `unknown` are Names.

        `lapses_at` is when the last of the reasons lapses by itself, missing where one of them never does;
        `smallest_fix` is empty for whoever may be enrolled, and for whom no setting helps. `eligible` is missing where
        nobody can know it, and `unknown` says why.
        """
        barred = self.told.anybody()
        open_question = ~barred & bool(self.unknown)
        eligible = pd.Series(~barred, dtype="boolean").mask(open_question)
        fixes = self.needs.tell(lambda bars: Names(*(smallest_fix(bars) or ())))
        return pd.DataFrame({
            "email": self.facts["email"], "sequence": self.facts["sequence"],
            "eligible": eligible if self.unknown else ~barred,
            "reasons": self.reasons.tell(lambda bars: Names(*codes(bars))), "lapses_at": _utc(self.told.lapse()),
            "smallest_fix": np.where(barred, fixes, NONE),
            "resumes_at_step": self.facts["resumes_after"].fillna(0).astype("int64") + 1, "warnings": self.warnings,
            "unknown": np.where(open_question, names(*self.unknown), NONE),
        })  # fmt: skip

    def reason_counts(self) -> list[ReasonCount]:
        """Each reason with how many contacts have it, and how many have it alone; the most frequent first."""
        having, alone = Counter[str](), Counter[str]()
        for bars, number in self.reasons.counted():
            found = codes(bars)
            having.update(dict.fromkeys(found, number))
            if len(found) == 1:
                alone[found[0]] += number
        return [ReasonCount(code, number, alone[code]) for code, number in having.most_common()]

    def candidates(self, others: Others | None) -> list[Candidate]:
        """The sets of settings to lift, the one first that frees the most for the least (see `smallest_fix`)."""
        return candidates(self.needs, others, pd.Index(self.facts["email"]))

    def exclusions(self, rows: range) -> list[str]:
        """The exclusions that keep any of these contacts out."""
        concerned = {
            SettingKey.parse(bar.setting) for bar in self.acting.found
            if bar.setting and bar.holds[rows.start : rows.stop].any()
        }  # fmt: skip
        names = {key.owner if key.kind == "exclusion" else key.part for key in concerned if key.kind != "ruleset"}
        return sorted(names)

    def explanations(self, rows: range, others: Others | None, ways: list[dict[str, str]]) -> Iterator[Explanation]:
        """What there is to tell of these contacts, each with everything that proves it; `others` None: nobody knows.

        `ways` tells for each of them by which of its ways an exclusion matches, by exclusion.
        """
        facts = self.facts.iloc[rows.start : rows.stop].assign(
            ways=pd.Series(ways, index=self.facts.index[rows.start : rows.stop], dtype=object)
        )
        settings = self.told.settings if others is not None else []
        prices = {setting: others.each(setting, facts["email"]) for setting in settings if others is not None}
        for place, (row, contact) in enumerate(zip(rows, facts.to_dict("records"), strict=True)):
            also = {setting: int(number[place]) for setting, number in prices.items()}
            blockers = tuple(_blocker(bar, row, contact, also) for bar in self.told.found if bar.holds[row])
            needed = [bar for bar in self.as_set.found if bar.holds[row]]
            open_question = not blockers and bool(self.unknown)
            yield Explanation(
                email=contact["email"], sequence=_text(contact["sequence"]), blockers=blockers,
                eligible=None if open_question else not blockers, unknown=self.unknown if open_question else (),
                resumes_at_step=int(contact["resumes_after"]) + 1,
                warnings=self.warnings[row].each,
                smallest_fix=smallest_fix(needed) if blockers else (None if open_question else ()),
            )  # fmt: skip


def codes(bars: tuple[Bar, ...]) -> list[str]:
    """The different reason codes of bars, in their order: an exclusion's two toggles are one reason."""
    return list(dict.fromkeys(bar.code for bar in bars))


def _blocker(bar: Bar, row: int, contact: Mapping[Any, Any], also: Mapping[str, int]) -> Blocker:
    lapses_at = bar.lapses_at[row] if isinstance(bar.lapses_at, np.ndarray) else bar.lapses_at
    lapse = None if np.isnat(lapses_at) else pd.Timestamp(lapses_at, tz="UTC").to_pydatetime()
    fix = None
    if bar.setting is not None:
        fix = Fix(setting=bar.setting, value=lifting_value(bar.setting), also_lets_in=also.get(bar.setting))
    return Blocker(code=bar.code, rule=bar.rule, detail=bar.proof(contact), lapses_at=lapse, fix=fix)


def _text(value: Any) -> str:
    return "" if pd.isna(value) else str(value)


def _utc(instants: Instants) -> "pd.Series[Any]":
    out: pd.Series[Any] = pd.Series(instants).dt.tz_localize("UTC")
    return out
