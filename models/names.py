"""Several names as one value: the reasons against a contact, or the exclusions that match it.

A name may hold anything, a `;` as well as a line break. So names travel as lists, and are joined only where they are
written; nothing takes the joined text apart again.
"""

from threading import Lock
from typing import Any, ClassVar, Self
from urllib.parse import quote
from weakref import WeakValueDictionary

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
