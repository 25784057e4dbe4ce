"""Figures with their nouns, wherever something is said to people."""


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 contact`, `1,200 contacts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
