"""Several names in one cell of a frame: the reasons against a contact, or the exclusions that match it.

A name may hold anything, a `;` as well as a line break. So names travel as lists, and are joined only where they are
written; nothing takes the joined text apart again.
"""

from collections.abc import Callable
from threading import Lock
from typing import Any, ClassVar, Self
from urllib.parse import quote
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd

CONTROLS = tuple(map(chr, [*range(0x20), *range(0x7F, 0xA0)]))
ENCODED = str.maketrans({character: quote(character, safe="") for character in CONTROLS})
_QUOTED = ENCODED | str.maketrans({";": "%3B", "%": "%25"})


def quoted(name: str) -> str:
    """A name as it stands among others that `;` separates: percent-encoded are `;`, `%` and control characters."""
    return name.translate(_QUOTED)


class Names:
    """Names in an order, as one value that nothing changes. No sequence: pandas would spread it over rows.

    Equal ones are one and the same object: a million rows share a few, and comparing or counting them costs no more
    than with numbers. `str()` joins them for people (docs/interface.md).
    """

    __slots__ = ("__weakref__", "_joined", "each")
    each: tuple[str, ...]
    _joined: str
    _shared: ClassVar[WeakValueDictionary[tuple[str, ...], "Names"]] = WeakValueDictionary()
    _making: ClassVar[Lock] = Lock()  # tasks run in threads, and two equal ones made at once would be two objects

    def __new__(cls, *each: str) -> Self:
        with cls._making:
            found: Any = cls._shared.get(each)
            if found is None:
                found = super().__new__(cls)
                found.each, found._joined = each, ";".join(map(quoted, each))
                cls._shared[each] = found
        one: Self = found
        return one

    def __bool__(self) -> bool:
        return bool(self.each)

    def __contains__(self, name: str) -> bool:
        return name in self.each

    def __add__(self, others: "Names") -> "Names":
        """Those of both, each once."""
        return Names(*dict.fromkeys((*self.each, *others.each)))

    def __lt__(self, other: "Names") -> bool:
        return self.each < other.each

    def __str__(self) -> str:
        return self._joined

    def __repr__(self) -> str:
        return f"Names{self.each!r}"

    def __reduce__(self) -> tuple[type["Names"], tuple[str, ...]]:
        return Names, self.each

    def without(self, name: str) -> "Names":
        """The others."""
        return Names(*(one for one in self.each if one != name))


NONE: Any = Names()


def names(*each: str) -> Any:
    """Names to put into a frame: the types of pandas know no values but its own."""
    return Names(*each)


def known_names(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """A column of Names, none where it has nothing."""
    return column.astype(object).where(column.notna(), NONE)


def each_once(column: "pd.Series[Any]", change: Callable[[Names], Any]) -> "pd.Series[Any]":
    """What a function makes of each row's Names, worked out once for each different one; what is missing has none."""
    codes, different = pd.factorize(column.to_numpy(dtype=object))
    made = [*map(change, different), change(NONE)]  # the last is of what is missing: -1
    return pd.Series(_filled(made)[codes], index=column.index, dtype=object)


def with_name(column: "pd.Series[Any]", name: str) -> "pd.Series[Any]":
    """The rows' Names, and one more for each."""
    more = Names(name)
    return each_once(column, lambda found: found + more)


def one_each(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Names of one name for each row of a column of texts; none where it has nothing."""
    codes, different = pd.factorize(column.to_numpy(dtype=object))
    named = [*(Names(name) if name else NONE for name in different), NONE]  # the last is of what is missing: -1
    return pd.Series(_filled(named)[codes], index=column.index, dtype=object)


def holding(column: "pd.Series[Any]", *names: str) -> "pd.Series[bool]":
    """The rows whose Names have any of these."""
    return each_once(column, lambda found: any(name in found for name in names)).astype(bool)


def together(one: "pd.Series[Any]", other: "pd.Series[Any]") -> "pd.Series[Any]":
    """The Names of two columns row by row, worked out once for each different pair."""
    left, ones = pd.factorize(known_names(one).to_numpy())
    right, others = pd.factorize(known_names(other).to_numpy())
    codes, pairs = pd.factorize(left * max(len(others), 1) + right)
    sums = _filled([ones[pair // len(others)] + others[pair % len(others)] for pair in pairs])
    return pd.Series(sums[codes], index=one.index, dtype=object)


def _filled(values: list[Any]) -> "np.ndarray[Any, np.dtype[np.object_]]":
    out = np.empty(len(values), dtype=object)
    for place, value in enumerate(values):
        out[place] = value
    return out
