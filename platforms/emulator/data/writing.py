"""Records created, changed, upserted and deleted, and the references that they are written with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from models.errors import Refused
from platforms.emulator import ids
from platforms.emulator.data.attributes import Attribute, Kind
from platforms.emulator.data.conditions import unrecognized
from platforms.emulator.data.reading import find
from platforms.emulator.data.refused import Path, mistake, refused, wrong
from platforms.emulator.data.values import Reference, Unfit, read
from platforms.emulator.problems import conflict
from platforms.sandbox.behaviour.record_writes import add_record, change_record, remove_record
from platforms.sandbox.store import Work

Groups = Mapping[str, Mapping[str, Any]]

# The contract's precedence: the first group that has the attribute decides.
ON_CREATE = ("create", "create_or_update", "create_or_update_if_empty")
ON_UPDATE = ("update", "create_or_update", "update_if_empty", "create_or_update_if_empty")


@dataclass(frozen=True)
class Writing:
    """Writes within one transaction. With `lenient` (validation_mode ignore_invalid) attributes that are not known,
    and values that their attribute cannot hold, are left out where the attribute is not required."""

    work: Work
    lenient: bool = False

    def create(self, kind: Kind, data: Mapping[str, Any], path: Path = ("data",)) -> int:
        """Make a record; give its key. Raises Problem: 400 or 409."""
        _refuse_unless_writable(kind)
        columns = self._columns(kind, self._readable(kind, data, path), path)
        missing = [one for one in kind.attributes if one.required and one.column not in columns]
        if missing:
            raise refused(
                [
                    mistake("missing_required_field", "is required", (*path, one.api_name), kind.api_name, one.api_name)
                    for one in missing
                ],
                "record_missing_required_field",
            )
        self._refuse_duplicate(kind, columns, None)
        return add_record(self.work, kind.table, columns)

    def update(self, kind: Kind, key: int, data: Mapping[str, Any], path: Path = ("data",)) -> None:
        """Change what is named of a record. Raises Problem: 400 or 409."""
        _refuse_unless_writable(kind)
        columns = self._columns(kind, self._readable(kind, data, path), path)
        self._refuse_duplicate(kind, columns, key)
        change_record(self.work, kind.table, key, columns)

    def upsert(self, kind: Kind, match: Mapping[str, Any], groups: Groups, path: Path = ()) -> int:
        """Change the record that matches, or make one; give its key. Raises Problem: 400 or 409."""
        key = find(self.work, kind, match, (*path, "match"))
        if key is None and not groups.keys() & set(ON_CREATE):
            words = f"give at least one of {', '.join(ON_CREATE)}"
            raise wrong("missing_property_group", words, (*path, "create"), kind.api_name)
        # All groups are looked at, whether or not they come to apply: a mistake is reported at once.
        parts = {name: self._readable(kind, groups[name], (*path, name)) for name in groups}
        if key is None:
            return self.create(kind, _first_of(parts, ON_CREATE), (*path, "create"))
        self.update(kind, key, self._applying(kind, key, parts), (*path, "update"))
        return key

    def delete(self, kind: Kind, key: int) -> None:
        """Delete a record. Raises Problem, a 400, where the sandbox keeps what the record left behind."""
        _refuse_unless_writable(kind)
        try:
            remove_record(self.work, kind.table, key)
        except Refused as error:
            words = f"{error.problem}. {error.remedy}"
            raise wrong(error.code, words, ("record_id",), kind.api_name) from error

    def _applying(self, kind: Kind, key: int, parts: Groups) -> dict[str, Any]:
        """What of an upsert's groups changes an existing record: `…_if_empty` only where it has no value."""
        row = self.work.one(f"SELECT * FROM {kind.table} WHERE id = :id", id=key) or {}
        empty = {one.api_name for one in kind.attributes if row[one.column] is None or row[one.column] == one.empty}
        allowed = {
            group: {name: raw for name, raw in data.items() if not group.endswith("_if_empty") or name in empty}
            for group, data in parts.items()
        }
        return _first_of(allowed, ON_UPDATE)

    def _readable(self, kind: Kind, data: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """The raw values that their attributes can hold. Raises Problem with every mistake, unless lenient."""
        mistakes, kept = [], {}
        for name, raw in data.items():
            attribute = kind.attribute(name)
            if attribute is None:
                if not self.lenient:
                    mistakes.append(unrecognized(kind, name, path))
                continue
            try:
                read(attribute, raw)
                kept[name] = raw
            except Unfit as error:
                if attribute.required or not self.lenient:
                    mistakes.append(mistake("invalid_value", error.words, (*path, name), kind.api_name, name))
        if mistakes:
            raise refused(mistakes)
        return kept

    def _columns(self, kind: Kind, data: Mapping[str, Any], path: Path) -> dict[str, Any]:
        """What the columns are to hold, references looked up (or made)."""
        columns: dict[str, Any] = {}
        for attribute in kind.attributes:
            if attribute.api_name in data:
                value = read(attribute, data[attribute.api_name])
                if isinstance(value, Reference):
                    value = self._resolved(attribute, value, (*path, attribute.api_name))
                columns[attribute.column] = value
        return columns

    def _resolved(self, attribute: Attribute, reference: Reference, path: Path) -> int | None:
        """The key of the record that a reference names; None where a match finds nobody."""
        related = attribute.leads_to
        if reference.id is not None:
            key = ids.key_of(related.api_name, reference.id)
            if key is None or not self.work.value(f"SELECT id FROM {related.table} WHERE id = :id", id=key):
                missing = mistake(
                    "referenced_record_not_found",
                    f"there is no {related.api_name} with this id",
                    path,
                    related.api_name,
                    attribute.api_name,
                )
                raise refused([missing], "referenced_record_not_found")
            return key
        match, groups = reference.match or {}, reference.groups or {}
        if groups.keys() & set(ON_CREATE):
            return self.upsert(related, match, groups, path)
        return find(self.work, related, match, (*path, "match"))

    def _refuse_duplicate(self, kind: Kind, columns: Mapping[str, Any], key: int | None) -> None:
        for attribute in kind.attributes:
            if attribute.unique and attribute.column in columns:
                sql = f"SELECT id FROM {kind.table} WHERE {attribute.column} = :value"
                other = self.work.value(sql, value=columns[attribute.column])
                if other is not None and other != key:
                    raise conflict(f"Another {kind.api_name} has this {attribute.api_name} already", "record_conflict")


def _first_of(parts: Groups, order: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for group in order:
        found = {**parts.get(group, {}), **found}
    return found


def _refuse_unless_writable(kind: Kind) -> None:
    if not kind.writable:
        words = f"records of '{kind.api_name}' are managed in the workspace's settings, not by the API"
        raise wrong("object_not_writable", words, ("object_name",), kind.api_name)
