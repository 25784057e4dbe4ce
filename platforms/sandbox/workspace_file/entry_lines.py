"""The short way to write and read the entries of a long workspace file: a line each, of plain words, numbers and times.

YAML proper takes some 0.1 ms for an entry, several times what the rest of loading takes, because PyYAML makes an object
of each word and decides in Python what it means. What this file does not know for sure goes by PyYAML: both give the
same (tests compare them on any text).
"""

import json
import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

# What YAML 1.1 takes for true, false or null (https://yaml.org/type/bool.html); only what a dump writes is read here.
NO_TEXT = frozenset(("true", "false", "yes", "no", "on", "off", "null", "y", "n"))
TIME = "@time"  # no word of a file begins so
CONSTANTS = frozenset(("true", "false", "null"))
_WORDS = r"[A-Za-z][A-Za-z0-9_.@+-]*(?: [A-Za-z0-9_.@+-]+)*"
_PLAIN = re.compile(_WORDS)
# A time; words, perhaps with the colon of a key; a number that nothing is glued to; a colon that separates nothing.
_SCALAR = re.compile(
    rf"(?P<time>\d{{4}}-\d\d-\d\dT\d\d:\d\d:\d\dZ)|(?P<words>{_WORDS})(?P<key>: )?|-?\d+(?![\w.:+-])|(?P<no>:)",
    re.ASCII,
)


class NotPlain(ValueError):
    """A line, or a value, that YAML proper has to read or write."""


def written(value: Any) -> str:
    """A value as YAML between brackets. Raises NotPlain where it takes more than words, numbers and times."""
    if isinstance(value, str):
        return _word(value)
    if value is None or isinstance(value, bool):
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join([f"{_word(name)}: {written(one)}" for name, one in value.items()]) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join([written(one) for one in value]) + "]"
    if isinstance(value, datetime):
        return in_iso(value)
    raise NotPlain


def in_iso(at: datetime) -> str:
    """A time as a file has it: in UTC, to the second."""
    return f"{(at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat()[:19]}Z"


@lru_cache(maxsize=50_000)
def _word(text: str) -> str:
    if len(text) > 100 or not _PLAIN.fullmatch(text) or text.lower() in NO_TEXT:
        raise NotPlain
    return text


def read(line: str) -> Any:
    """What a line holds that is a mapping in brackets. Raises NotPlain where it holds what only YAML proper can read, a
    key twice, or a mistake."""
    try:
        return _DECODER.decode(_SCALAR.sub(_as_json, line))
    except (ValueError, RecursionError) as error:
        raise NotPlain from error


def _as_json(found: re.Match[str]) -> str:
    match found.lastgroup:
        case "key":
            return _key(found[0])
        case "words":
            text = found[0]
            return text if text in CONSTANTS else _quoted(text)
        case "time":
            return f'{{"{TIME}": "{found[0]}"}}'
        case "no":
            raise NotPlain
        case _:
            return found[0]


@lru_cache(maxsize=1_000)
def _key(text: str) -> str:
    return f"{_quoted(text.removesuffix(': '))}: "


def _quoted(text: str) -> str:
    if len(text) < 6 and text.lower() in NO_TEXT:
        raise NotPlain
    return f'"{text}"'


def _mapping(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if TIME in found:
        return datetime.fromisoformat(found[TIME])
    if len(found) < len(pairs):
        raise NotPlain
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_mapping)
