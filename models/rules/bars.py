"""What keeps contacts out, as masks over all of them: one for each pair of a reason and the setting that lifts it.

There are a few dozen such pairs whatever the number of contacts, and few different combinations of them. So whatever
is told of contacts is worked out once for each combination, and a million contacts cost little more than one.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.names import known_names

Mask = NDArray[np.bool_]
Instants = NDArray[np.datetime64]
Proof = Callable[[Mapping[str, Any]], str]
NEVER = np.datetime64("NaT", "ns")
LONG_AGO = np.datetime64("1678-01-01", "ns")
WORD = 60  # bars that fit into one number


@dataclass(frozen=True)
class Bar:
    """A reason that holds against some contacts, and the one setting that would lift it (None: none would).

    `proof` tells, given a contact's facts, the values that prove it. `lapses_at` is when it lapses by itself, for
    each contact or for all alike (UTC without a zone; NaT: never).
    """

    code: str
    rule: str
    holds: Mask
    proof: Proof
    setting: str | None = None
    lapses_at: Instants | np.datetime64 = NEVER


@dataclass
class Bars:
    """The bars against so many contacts, in the order in which a play's log looks for its one reason."""

    contacts: int
    found: list[Bar] = field(default_factory=list)

    def add(self, bar: Bar) -> None:
        """Keep a bar that holds against anybody."""
        if bar.holds.any():
            self.found.append(bar)

    def anybody(self) -> Mask:
        """Against whom anything holds."""
        return self._any(self.found)

    def by(self, setting: str) -> Mask:
        """Against whom this setting's present value holds."""
        return self._any(bar for bar in self.found if bar.setting == setting)

    def _any(self, bars: Iterable[Bar]) -> Mask:
        out = np.zeros(self.contacts, dtype=bool)
        for bar in bars:
            out |= bar.holds
        return out

    @property
    def settings(self) -> list[str]:
        """The settings that keep anybody out, sorted."""
        return sorted({bar.setting for bar in self.found if bar.setting})

    def lapse(self, setting: str | None = None) -> Instants:
        """When the last of a contact's bars (or of those by one setting) lapses by itself; NaT: never, or no bar."""
        bars = [bar for bar in self.found if setting in (None, bar.setting)]
        latest = np.full(self.contacts, LONG_AGO)
        never = ~self._any(bars)
        for bar in bars:
            at = np.broadcast_to(np.asarray(bar.lapses_at, dtype="datetime64[ns]"), self.contacts)
            never |= bar.holds & np.isnat(at)
            latest = np.where(bar.holds & (at > latest), at, latest)
        return np.where(never, NEVER, latest)

    def without(self, code: str) -> "Bars":
        """The same contacts, one reason left out."""
        return Bars(self.contacts, [bar for bar in self.found if bar.code != code])

    def combinations(self) -> "Combinations":
        """Which combination of bars holds against each contact."""
        numbers = np.zeros(self.contacts, dtype=np.int64)
        for start in range(0, len(self.found), WORD):
            word = np.zeros(self.contacts, dtype=np.int64)
            for place, bar in enumerate(self.found[start : start + WORD]):
                word |= bar.holds.astype(np.int64) << place
            codes, different = pd.factorize(word)
            numbers, _ = pd.factorize(numbers * len(different) + codes)
        _, first = np.unique(numbers, return_index=True)
        return Combinations(numbers, [tuple(bar for bar in self.found if bar.holds[one]) for one in first])


@dataclass(frozen=True)
class Combinations:
    """For each contact the number of its combination of bars, and the bars of each."""

    numbers: NDArray[np.int64]
    bars: list[tuple[Bar, ...]]

    def tell(self, say: Callable[[tuple[Bar, ...]], Any]) -> NDArray[np.object_]:
        """What there is to say of each contact, said once for each combination."""
        said = np.empty(len(self.bars), dtype=object)
        for number, bars in enumerate(self.bars):
            said[number] = say(bars)
        return said[self.numbers]

    def which(self, holds: Callable[[tuple[Bar, ...]], bool]) -> Mask:
        """The contacts for whose bars this holds."""
        return np.array([holds(bars) for bars in self.bars], dtype=bool)[self.numbers]

    def counted(self) -> list[tuple[tuple[Bar, ...], int]]:
        """Each combination with how many contacts have it."""
        return list(zip(self.bars, np.bincount(self.numbers, minlength=len(self.bars)).tolist(), strict=True))


def said(detail: str) -> Proof:
    """A proof that is the same for every contact."""
    return lambda contact: detail


def matched(column: "pd.Series[Any]") -> dict[str, Mask]:
    """Of a column of Names, as facts have them: each name with the rows that hold it."""
    codes, different = pd.factorize(known_names(column).to_numpy())
    return {
        name: np.array([name in names for names in different], dtype=bool)[codes]
        for name in dict.fromkeys(name for names in different for name in names.each)
    }
