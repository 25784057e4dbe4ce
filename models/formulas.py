"""Text that a spreadsheet would run as a formula: an apostrophe keeps it from that, and is taken off again."""

import re

# What a spreadsheet takes for the start of a formula, also after space it trims and in East Asian full width.
_FORMULA = re.compile(r"[\s\x00-\x1f\u200b\u2060\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r]")


def guard(text: str) -> str:
    """The text, with an apostrophe in front where a spreadsheet would run it as a formula."""
    return "'" + text if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The reverse of `guard`: takes off an apostrophe that stands in front of what would be a formula."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text, 1) else text
