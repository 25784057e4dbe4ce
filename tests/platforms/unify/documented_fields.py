"""Writes the vendor's documented fields from its contract: `python -m tests.platforms.unify.documented_fields`.

A kind of document is a mapping of paths (`mailbox.user.email`) to whether the field is always there. Lists do not show
in a path. What a document holds within itself again, and what has names of its own (attributes), is not followed.
"""

import json
from collections.abc import Iterator
from typing import Any

from platforms.unify.examination.contract import DOCUMENTED, KINDS
from tests.platforms.unify.contract import CONTRACTS


def documented() -> dict[str, dict[str, bool]]:
    """The fields of every kind of document that is compared."""
    return {name: dict(sorted(_fields_of(kind.api, name).items())) for name, kind in sorted(KINDS.items())}


def _fields_of(api: str, name: str) -> dict[str, bool]:
    schemas = json.loads((CONTRACTS / f"{api}.openapi.json").read_text(encoding="utf-8"))["components"]["schemas"]
    return dict(_below(schemas, {"$ref": f"#/components/schemas/{name}"}, (), ""))


def _below(schemas: Any, schema: Any, above: tuple[str, ...], place: str) -> Iterator[tuple[str, bool]]:
    properties, required, refs = _object(schemas, schema)
    if set(refs) & set(above):
        return
    for name, inner in properties.items():
        yield f"{place}{name}", name in required
        yield from _below(schemas, inner, (*above, *refs), f"{place}{name}.")


def _object(schemas: Any, schema: Any) -> tuple[dict[str, Any], set[str], tuple[str, ...]]:
    """The properties of what a schema is in the end, those that each of its variants has, and the names on the way."""
    if (ref := schema.get("$ref")) is not None:
        name = ref.rpartition("/")[2]
        properties, required, refs = _object(schemas, schemas[name])
        return properties, required, (name, *refs)
    if schema.get("type") == "array":
        return _object(schemas, schema["items"])
    properties, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
    refs: tuple[str, ...] = ()
    for part in schema.get("allOf", ()):
        more, needed, names = _object(schemas, part)
        properties, required, refs = properties | more, required | needed, (*refs, *names)
    variants = [_object(schemas, part) for part in schema.get("anyOf", ())]
    for more, _, names in variants:
        properties = {name: _either(properties.get(name), inner) for name, inner in {**properties, **more}.items()}
        refs = (*refs, *names)
    if variants:
        required |= set.intersection(*(needed for _, needed, _ in variants))
    return properties, required, refs


def _either(one: Any, other: Any) -> Any:
    """A field that variants have each in its own way."""
    return other if one is None or one == other else {"anyOf": [*(one.get("anyOf") or [one]), other]}


if __name__ == "__main__":
    DOCUMENTED.write_text(json.dumps(documented(), indent=1) + "\n", encoding="utf-8")
