"""Records as the Data API tells them: one by its key, or by what matches."""

from collections.abc import Mapping
from typing import Any

from platforms.emulator import ids
from platforms.emulator.data.attributes import KINDS, Kind
from platforms.emulator.data.conditions import ROOT, Conditions
from platforms.emulator.data.refused import Path
from platforms.emulator.data.values import value_json
from platforms.emulator.problems import not_found
from platforms.emulator.world import iso
from platforms.sandbox.store import Work


def kind_of(name: str, status: str = "object_not_found") -> Kind:
    """The object of that API name. Raises Problem, a 404 of that status."""
    found = KINDS.get(name)
    if found is None:
        raise not_found(f"There is no object '{name}'; there are {', '.join(KINDS)}", status)
    return found


def key_of(work: Work, kind: Kind, record_id: str) -> int:
    """The key of a record that exists. Raises Problem, a 404."""
    key = ids.key_of(kind.api_name, record_id)
    if key is None or work.value(f"SELECT id FROM {kind.table} WHERE id = :id", id=key) is None:
        raise not_found(f"There is no {kind.api_name} with this id", "record_not_found")
    return key


def find(work: Work, kind: Kind, match: Mapping[str, Any], path: Path = ("match",)) -> int | None:
    """The key of the one record that has all of these values, or None. Raises Problem on what cannot match."""
    conditions = Conditions(kind)
    conditions.match(kind, ROOT, match, path)
    found: int | None = work.value(conditions.sql(f"{ROOT}.id"), **conditions.values)
    return found


def record(work: Work, kind: Kind, key: int) -> dict[str, Any]:
    """A record as the contract's UObjectRecord: every attribute, null where it has none."""
    row = work.one(f"SELECT * FROM {kind.table} WHERE id = :id", id=key) or {}
    return {
        "object": kind.api_name,
        "id": ids.uuid_of(kind.api_name, key),
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["updated_at"]),
        "attributes": {one.api_name: value_json(one, row[one.column]) for one in kind.attributes},
    }
