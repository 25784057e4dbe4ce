"""Figures with their nouns, and names of which there may be many, wherever something is said to people."""

from collections.abc import Sequence


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 contact`, `1,200 contacts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def first_of(names: Sequence[str], number: int | None = None, most: int = 5) -> str:
    """`ana, bo and 3 more`: the first few of these names; `number` is how many there are, where not all are given."""
    left = (len(names) if number is None else number) - len(names[:most])
    return ", ".join(names[:most]) + (f" and {left:,} more" if left > 0 else "")
