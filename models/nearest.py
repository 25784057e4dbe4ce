"""A misspelt name is answered with the nearest ones."""

from collections.abc import Collection
from difflib import get_close_matches

from models.errors import NoSuchName


def known(field: str, name: str, names: Collection[str], noun: str) -> str:
    """The name as the workspace spells it, case aside. Raises NoSuchName that names the nearest otherwise."""
    by_folded = {candidate.casefold(): candidate for candidate in names}
    found = by_folded.get(name.strip().casefold())
    if found is not None:
        return found
    raise no_such_name(field, name, names, noun)


def no_such_name(field: str, name: str, names: Collection[str], noun: str) -> NoSuchName:
    """The error for a name that there is not. It names the nearest: case or blanks may be all of the difference."""
    by_folded = {candidate.casefold(): candidate for candidate in names}
    near = [by_folded[match] for match in nearest_of(name.strip().casefold(), by_folded)]
    if near:
        remedy = "Did you mean " + " or ".join(f"'{match}'" for match in near) + "?"
    elif names:
        some = ", ".join(sorted(names)[:5])
        remedy = f"There are {len(names)}: {some}" + (", …" if len(names) > 5 else "")
    else:
        remedy = "There are none"
    return NoSuchName(field, f"there is no {noun} '{name}'", remedy)


def nearest_of(name: str, names: Collection[str]) -> list[str]:
    """Up to three of these names that are much like it, the nearest first."""
    return get_close_matches(name, names, n=3, cutoff=0.5)
