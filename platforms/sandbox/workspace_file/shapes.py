"""Which keys a file spelled out, so that a dump gives the same file back.

A shape mirrors a mapping: its keys in the file's order, each with the shape of what is under it. A dump writes
the keys of the shape, and beyond them only what differs from its default.
"""

import json
from datetime import datetime
from functools import cache
from typing import Any

from models.records import Record

Shape = Any  # dict[str, Shape] for a mapping, list[Shape] for a list of mappings, NULL for a null, None for the rest
NULL = "null"
SCALARS = (str, int, bool, datetime)


def shape_of(raw: Any) -> Shape:
    """The shape of a value as YAML gave it."""
    if isinstance(raw, dict):
        return {str(key): shape_of(value) for key, value in raw.items()}
    if isinstance(raw, list) and any(isinstance(item, dict) for item in raw):
        return [shape_of(item) for item in raw]
    return NULL if raw is None else None


def _kind_of(entry: Any, seen: dict[tuple[Any, ...], str]) -> str:
    """The shape of an entry as text; that of a mapping without others in it is found by its keys and nulls."""
    if not isinstance(entry, dict):
        return json.dumps(shape_of(entry))
    types = [*map(type, entry.values())]
    if dict in types or list in types:
        return json.dumps(shape_of(entry))
    key = *entry, *types
    kind = seen.get(key)
    if kind is None:
        kind = seen[key] = json.dumps(shape_of(entry))
    return kind


class Shapes:
    """The shapes of a section's entries; equal ones are kept once (thousands of people share a few)."""

    def __init__(self, kept: dict[str, Any] | None = None) -> None:
        self._kinds: list[str] = list(kept["kinds"]) if kept else []
        self._of: list[int] = list(kept["of"]) if kept else []
        self._parsed = [json.loads(kind) for kind in self._kinds]

    @classmethod
    def of(cls, entries: list[Any]) -> "Shapes":
        """The shapes of the entries of a section."""
        shapes, numbers, seen = cls(), dict[str, int](), dict[tuple[Any, ...], str]()
        for entry in entries:
            kind = _kind_of(entry, seen)
            shapes._of.append(numbers.setdefault(kind, len(numbers)))
        shapes._kinds = list(numbers)
        shapes._parsed = [json.loads(kind) for kind in shapes._kinds]
        return shapes

    def kept(self) -> dict[str, Any]:
        """As JSON."""
        return {"kinds": self._kinds, "of": self._of}

    def __len__(self) -> int:
        return len(self._of)

    def __getitem__(self, index: int) -> Shape:
        """The shape of the entry at `index`; empty for those that came after the file."""
        return self._parsed[self._of[index]] if index < len(self._of) else {}


@cache
def _fields(kind: type[Record]) -> tuple[frozenset[str], dict[str, Any]]:
    """The names of a record's fields that are required, and the defaults of all, in order."""
    fields = kind.model_fields
    required = frozenset(name for name, field in fields.items() if field.is_required())
    return required, {name: field.get_default(call_default_factory=True) for name, field in fields.items()}


def emit(record: Record, shape: Shape, derived: dict[str, Any] | None = None) -> dict[str, Any]:
    """The record as a mapping: what the shape spells out, and what differs from the default.

    `derived` are defaults that depend on the rest of the workspace, in place of the record's own.
    """
    required, usual = _fields(type(record))
    defaults = {**usual, **derived} if derived else usual
    said: dict[str, Shape] = shape if isinstance(shape, dict) else {}
    out: dict[str, Any] = {}
    for name in dict.fromkeys([*(key for key in said if key in usual), *usual]) if said else usual:
        value = getattr(record, name)
        if value != defaults[name]:
            out[name] = value if isinstance(value, SCALARS) else _plain(value, said.get(name))
        elif name in said or name in required:
            out[name] = None if said.get(name) == NULL else _plain(value, said.get(name))
    return out


def _plain(value: Any, shape: Shape) -> Any:
    if isinstance(value, Record):
        return emit(value, shape)
    if isinstance(value, tuple):
        shapes = shape if isinstance(shape, list) else []
        return [_plain(item, shapes[at] if at < len(shapes) else None) for at, item in enumerate(value)]
    return value
