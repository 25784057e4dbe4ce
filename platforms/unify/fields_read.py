"""Which fields of the vendor's documents a dataclass reads, by their paths: read from the dataclass itself."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo


def paths_read(kind: type, above: tuple[type, ...] = ()) -> frozenset[str]:
    """`mailbox.user.email`, and so on; lists on the way do not show. A kind within itself is not followed again."""
    return frozenset(_paths(kind, (*above, kind)))


def _paths(kind: type, above: tuple[type, ...]) -> Iterator[str]:
    hints = get_type_hints(kind, include_extras=True)
    for field in fields(kind):
        hint = hints[field.name]
        place = _place(hint) or field.name
        yield place
        for inner in _dataclasses(hint):
            if inner not in above:
                yield from (f"{place}.{below}" for below in paths_read(inner, above))


def _place(hint: Any) -> str | None:
    """Where `path` says that a field stands (`platforms/unify/fields.py`)."""
    if get_origin(hint) is not Annotated:
        return None
    said = (one.title for one in get_args(hint)[1:] if isinstance(one, FieldInfo))
    return next((place.replace("?", "") for place in said if place), None)


def _dataclasses(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and is_dataclass(hint):
        yield hint
    for inner in get_args(hint):
        yield from _dataclasses(inner)
