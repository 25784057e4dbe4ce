"""Conditions on records as SQL: equality of attributes, also of records that a single reference leads to."""

from collections.abc import Mapping
from typing import Any

from platforms.emulator import ids
from platforms.emulator.data.attributes import Attribute, Kind
from platforms.emulator.data.refused import Path, mistake, refused, wrong
from platforms.emulator.data.values import Reference, Unfit, read

ROOT = "r"
NOTHING = "1 = 0"


class Conditions:
    """Grows the joins, conditions and values of one query over a kind of record (alias `r`)."""

    def __init__(self, kind: Kind) -> None:
        self._tables = [f"{kind.table} {ROOT}"]
        self._aliases: dict[tuple[str, str], str] = {}
        self._where: list[str] = []
        self.values: dict[str, Any] = {}

    def sql(self, columns: str) -> str:
        """SELECT of these columns, without an order."""
        where = f" WHERE {' AND '.join(self._where)}" if self._where else ""
        return f"SELECT {columns} FROM {' '.join(self._tables)}{where}"

    def through(self, alias: str, attribute: Attribute) -> str:
        """The alias of the record that a reference leads to."""
        key = (alias, attribute.api_name)
        if key not in self._aliases:
            other = f"r{len(self._tables)}"
            table = attribute.leads_to.table
            self._tables.append(f"LEFT JOIN {table} {other} ON {other}.id = {alias}.{attribute.column}")
            self._aliases[key] = other
        return self._aliases[key]

    def add(self, condition: str, value: Any = None) -> None:
        """A condition; `{value}` in it stands for the value."""
        name = f"v{len(self.values)}"
        if "{value}" in condition:
            self.values[name] = value
        self._where.append(condition.format(value=f":{name}"))

    def equal(self, kind: Kind, alias: str, attribute: Attribute, raw: Any, path: Path) -> None:
        """The attribute has this value; null asks for those without one. Raises Problem."""
        column = f"{alias}.{attribute.column}"
        if raw is None:
            self.add(f"{column} IS NULL" if attribute.empty is None else f"{column} = {{value}}", attribute.empty)
            return
        try:
            value = read(attribute, raw)
        except Unfit as error:
            raise wrong("invalid_value", error.words, path, kind.api_name, attribute.api_name) from error
        if not isinstance(value, Reference):
            self.add(f"{column} = {{value}}", value)
        elif value.id is not None:
            key = ids.key_of(attribute.leads_to.api_name, value.id)
            self.add(NOTHING if key is None else f"{column} = {{value}}", key)
        elif value.groups:
            words = "a nested upsert finds nothing: give {id} or {match}"
            raise wrong("invalid_value", words, path, kind.api_name, attribute.api_name)
        else:
            related = attribute.leads_to
            self.match(related, self.through(alias, attribute), value.match or {}, (*path, "match"))

    def match(self, kind: Kind, alias: str, match: Mapping[str, Any], path: Path) -> None:
        """All of these attributes have these values, one of them a unique attribute's. Raises Problem."""
        known = {name: kind.attribute(name) for name in match}
        if unknown := [unrecognized(kind, name, path) for name, found in known.items() if found is None]:
            raise refused(unknown)
        if not any(found and found.unique and match[name] is not None for name, found in known.items()):
            unique = ", ".join(one.api_name for one in kind.attributes if one.unique)
            words = f"must include a unique attribute of '{kind.api_name}': {unique}"
            raise wrong("missing_unique_attribute", words, path, kind.api_name)
        for name, found in known.items():
            if found:
                self.equal(kind, alias, found, match[name], (*path, name))


def unrecognized(kind: Kind, name: str, path: Path) -> dict[str, Any]:
    """The mistake of naming an attribute that the object does not have."""
    words = f"'{kind.api_name}' has no attribute of this name"
    return mistake("unrecognized_attribute", words, (*path, name), kind.api_name, name)


def known(kind: Kind, name: str, path: Path) -> Attribute:
    """The attribute of that name. Raises Problem."""
    found = kind.attribute(name)
    if found is None:
        raise refused([unrecognized(kind, name, path)])
    return found
