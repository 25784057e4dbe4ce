"""What keeps contacts out, as masks over all of them: one for each pair of a reason and the setting that lifts it.

There are a few dozen such pairs whatever the number of contacts, and few different combinations of them. So whatever
is said of contacts is worked out once for each combination, and a million contacts cost little more than one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.names_in_frames import known_names
from models.setting_keys import SettingKey

Mask = NDArray[np.bool_]
Instants = NDArray[np.datetime64]
Proof = Callable[[Mapping[str, Any]], str]
NEVER = np.datetime64("NaT", "ns")
LONG_AGO = np.datetime64("1678-01-01", "ns")
WORD = 60  # reasons that fit into one number


@dataclass(frozen=True)
class FoundReason:
    """A reason that holds against some contacts, and the one setting that would lift it (None: none would).

    `proof` tells, given a contact's facts, the values that prove it. `lapses_at` is when it lapses by itself, for
    each contact or for all alike (UTC without a zone; NaT: never). `rule` is where it comes from, if not from the
    rule of its code (`models/reasons.py`).
    """

    code: str
    holds: Mask
    proof: Proof
    setting: SettingKey | None = None
    lapses_at: Instants | np.datetime64 = NEVER
    rule: str = ""


@dataclass
class FoundReasons:
    """The reasons against so many contacts, in the order in which a play's log looks for its one reason."""

    contacts: int
    found: list[FoundReason] = field(default_factory=list)

    def add(self, reason: FoundReason) -> None:
        """Keep a reason that holds against anybody."""
        if reason.holds.any():
            self.found.append(reason)

    def anybody(self) -> Mask:
        """The contacts that anything holds against."""
        return self._any(self.found)

    def by(self, setting: SettingKey) -> Mask:
        """The contacts that this setting's present value holds against."""
        return self._any(reason for reason in self.found if reason.setting == setting)

    def _any(self, reasons: Iterable[FoundReason]) -> Mask:
        out = np.zeros(self.contacts, dtype=bool)
        for reason in reasons:
            out |= reason.holds
        return out

    @property
    def settings(self) -> list[SettingKey]:
        """The settings that keep anybody out, sorted."""
        return sorted({reason.setting for reason in self.found if reason.setting})

    def lapse(self, setting: SettingKey | None = None) -> Instants:
        """When the last of a contact's reasons (or of those by one setting) lapses by itself; NaT: never, or none."""
        reasons = [reason for reason in self.found if setting in (None, reason.setting)]
        latest = np.full(self.contacts, LONG_AGO)
        never = ~self._any(reasons)
        for reason in reasons:
            at = np.broadcast_to(np.asarray(reason.lapses_at, dtype="datetime64[ns]"), self.contacts)
            never |= reason.holds & np.isnat(at)
            latest = np.where(reason.holds & (at > latest), at, latest)
        return np.where(never, NEVER, latest)

    def without(self, code: str) -> "FoundReasons":
        """The same contacts, one reason left out."""
        return FoundReasons(self.contacts, [reason for reason in self.found if reason.code != code])

    def combinations(self) -> "Combinations":
        """Which combination of reasons holds against each contact."""
        numbers = np.zeros(self.contacts, dtype=np.int64)
        for start in range(0, len(self.found), WORD):
            word = np.zeros(self.contacts, dtype=np.int64)
            for place, reason in enumerate(self.found[start : start + WORD]):
                word |= reason.holds.astype(np.int64) << place
            codes, different = pd.factorize(word)
            numbers, _ = pd.factorize(numbers * len(different) + codes)
        _, first = np.unique(numbers, return_index=True)
        return Combinations(numbers, [tuple(reason for reason in self.found if reason.holds[one]) for one in first])


@dataclass(frozen=True)
class Combinations:
    """For each contact the number of its combination of reasons, and the reasons of each."""

    numbers: NDArray[np.int64]
    reasons: list[tuple[FoundReason, ...]]

    def each(self, make: Callable[[tuple[FoundReason, ...]], Any]) -> NDArray[np.object_]:
        """What a function makes of each contact's reasons, worked out once for each combination."""
        made = np.empty(len(self.reasons), dtype=object)
        for number, reasons in enumerate(self.reasons):
            made[number] = make(reasons)
        return made[self.numbers]

    def which(self, holds: Callable[[tuple[FoundReason, ...]], bool]) -> Mask:
        """The contacts for whose reasons this holds."""
        return np.array([holds(reasons) for reasons in self.reasons], dtype=bool)[self.numbers]

    def counted(self) -> list[tuple[tuple[FoundReason, ...], int]]:
        """Each combination with how many contacts have it."""
        return list(zip(self.reasons, np.bincount(self.numbers, minlength=len(self.reasons)).tolist(), strict=True))


def for_all(detail: str) -> Proof:
    """A proof that is the same for every contact."""
    return lambda contact: detail


def matched(column: "pd.Series[Any]") -> dict[str, Mask]:
    """Of a column of Names, as facts have them: each name with the rows that hold it."""
    codes, different = pd.factorize(known_names(column).to_numpy())
    return {
        name: np.array([name in names for names in different], dtype=bool)[codes]
        for name in dict.fromkeys(name for names in different for name in names.each)
    }
