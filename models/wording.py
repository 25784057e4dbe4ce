"""Figures with their nouns, times, and names of any characters, wherever something is said to people."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime

# What a terminal or a browser would obey (control characters, turned directions, line separators), what UTF-8 cannot
# hold, and what nobody would see. Zero-width joiners stay: Persian, Hindi and emoji need them.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def one_line(text: object) -> str:
    """A name, or a line with names in it, every sign that would be obeyed written out: `\\x1b`, `\\n`, `\\u202e`."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode(), str(text))


def lines_of(text: str) -> str:
    """The same for a text of several lines."""
    return "\n".join(map(one_line, text.split("\n")))


def capitalized(words: str) -> str:
    """The words with a capital first: the rest stays as it is, so that names keep theirs."""
    return words[:1].upper() + words[1:]


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 contact`, `1,200 contacts`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def in_utc(at: datetime) -> str:
    """`2026-11-02 09:00 UTC`; a time without a zone is UTC."""
    return f"{at.astimezone(UTC) if at.tzinfo else at:%Y-%m-%d %H:%M} UTC"


def text_in_utc(instant: str | None, otherwise: str = "") -> str:
    """The same of a time as JSON has it; `otherwise` where there is none."""
    return in_utc(datetime.fromisoformat(instant)) if instant else otherwise


def first_of(names: Sequence[str], number: int | None = None, most: int = 5) -> str:
    """`ana, bo and 3 more`: the first few of these names; `number` is how many there are, where not all are given."""
    left = (len(names) if number is None else number) - len(names[:most])
    return ", ".join(names[:most]) + (f" and {left:,} more" if left > 0 else "")
