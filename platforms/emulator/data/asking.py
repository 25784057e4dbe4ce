"""A record query as the contract's BulkApiObjectRecordsQuery, checked and put into SQL."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import RowMapping

from platforms.emulator import ids
from platforms.emulator.data.attributes import Attribute, Kind
from platforms.emulator.data.conditions import ROOT, Conditions, known
from platforms.emulator.data.reading import kind_of
from platforms.emulator.data.refused import Path, wrong
from platforms.emulator.data.values import value_json
from platforms.emulator.world import iso
from platforms.sandbox.store import Work

DEEPEST_SELECT = 3  # levels, the root's counted (SearchRecordsSelect)
BOUNDS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}
EXCLUSIVE = (("gt", "gte"), ("lt", "lte"))
METADATA = ("created_at", "updated_at")
ORDERS = {"ASCENDING": "ASC", "DESCENDING": "DESC"}


@dataclass(frozen=True)
class Selected:
    """The attributes that a query reads of a record, and those of the records that its references lead to."""

    kind: Kind
    alias: str
    plain: tuple[Attribute, ...] = ()
    nested: tuple[tuple[Attribute, "Selected"], ...] = ()

    def columns(self) -> list[str]:
        """The columns to read, each under a name of its own."""
        names = ("id", *METADATA, *(one.column for one in self.plain))
        own = [f"{self.alias}.{name} AS {self.alias}_{name}" for name in dict.fromkeys(names)]
        return own + [column for _, other in self.nested for column in other.columns()]

    def record_json(self, row: RowMapping) -> dict[str, Any] | None:
        """A row as BulkApiObjectRecordResult: what is null is left out. None where a reference leads nowhere."""
        key = row[f"{self.alias}_id"]
        if key is None:
            return None
        values = {one.api_name: value_json(one, row[f"{self.alias}_{one.column}"]) for one in self.plain}
        values |= {one.api_name: other.record_json(row) for one, other in self.nested}
        return {
            "object": self.kind.api_name,
            "id": ids.uuid_of(self.kind.api_name, key),
            **{name: iso(row[f"{self.alias}_{name}"]) for name in METADATA},
            "attributes": {name: value for name, value in values.items() if value is not None},
        }


@dataclass(frozen=True)
class RecordQuery:
    """A query that was found correct: its SQL without an order, and how its rows are read."""

    selected: Selected
    sql: str
    order: str
    values: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, kind: Kind, query: Any) -> "RecordQuery":
        """From a request's `query`. Raises Problem, a 400 that names the place of the mistake."""
        query = _object(query, ("query",))
        conditions = Conditions(kind)
        if "select" not in query:
            raise wrong("missing_required_field", "is required", ("query", "select"), kind.api_name)
        selected = _select(kind, ROOT, query["select"], conditions, ("query", "select"))
        if "where" in query:
            _where(kind, ROOT, query["where"], conditions, ("query", "where"))
        if "metadata" in query:
            _metadata(_object(query["metadata"], ("query", "metadata")), conditions)
        order = _order(query["sort_by"]) if "sort_by" in query else f"{ROOT}.id"
        return cls(selected, conditions.sql(", ".join(selected.columns())), order, conditions.values)

    def rows(self, work: Work) -> Iterator[dict[str, Any]]:
        """The records that match, in the query's order."""
        found = work.run(f"{self.sql} ORDER BY {self.order}", **self.values).mappings()
        return (one for row in found if (one := self.selected.record_json(row)) is not None)


class AskingRecords:
    """The request of a query job for the records of an object: see `jobs.Asking`."""

    def check(self, params: Mapping[str, str], body: Any) -> RecordQuery:
        """The query, checked. Raises Problem: 400, or 404 where there is no such object."""
        kind = kind_of(params["object_name"], "not_found")
        return RecordQuery.of(kind, _object(body, ("body",)).get("query"))

    def rows(self, work: Work, query: RecordQuery) -> Iterator[dict[str, Any]]:
        """The rows, as BulkApiObjectRecordResult."""
        return query.rows(work)


def _object(raw: Any, path: Path) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise wrong("invalid_value", "must be an object", path)
    return raw


def _select(kind: Kind, alias: str, raw: Any, conditions: Conditions, path: Path, depth: int = 1) -> Selected:
    if depth > DEEPEST_SELECT:
        raise wrong("select_too_deep", f"selects go at most {DEEPEST_SELECT} levels deep", path, kind.api_name)
    plain, nested = [], []
    for name, chosen in _object(raw, path).items():
        attribute, at = known(kind, name, path), (*path, name)
        if chosen is True:
            plain.append(attribute)
            continue
        if not isinstance(chosen, dict) or "select" not in chosen:
            raise wrong("invalid_value", "must be true or {select}", at, kind.api_name, name)
        other = _through(kind, alias, attribute, conditions, at)
        related = attribute.leads_to
        nested.append((attribute, _select(related, other, chosen["select"], conditions, (*at, "select"), depth + 1)))
    return Selected(kind, alias, tuple(plain), tuple(nested))


def _where(kind: Kind, alias: str, raw: Any, conditions: Conditions, path: Path) -> None:
    for name, condition in _object(raw, path).items():
        attribute, at = known(kind, name, path), (*path, name)
        if "equals" in _object(condition, at):
            if condition["equals"] is None:
                raise wrong("invalid_value", "null is no value here", (*at, "equals"), kind.api_name, name)
            conditions.equal(kind, alias, attribute, condition["equals"], (*at, "equals"))
        else:
            other = _through(kind, alias, attribute, conditions, at)
            _where(attribute.leads_to, other, condition, conditions, at)


def _through(kind: Kind, alias: str, attribute: Attribute, conditions: Conditions, path: Path) -> str:
    if attribute.related is None:
        raise wrong("not_a_reference", "is no reference", path, kind.api_name, attribute.api_name)
    return conditions.through(alias, attribute)


def _metadata(raw: dict[str, Any], conditions: Conditions) -> None:
    for name in METADATA:
        if name not in raw:
            continue
        path = ("query", "metadata", name)
        bounds = _object(raw[name], path)
        given = [bound for bound in BOUNDS if bound in bounds]
        if not given:
            raise wrong("invalid_value", f"needs at least one of {', '.join(BOUNDS)}", path)
        if any(set(pair) <= set(given) for pair in EXCLUSIVE):
            raise wrong("invalid_value", "takes one lower and one upper bound at most", path)
        for bound in given:
            conditions.add(f"{ROOT}.{name} {BOUNDS[bound]} {{value}}", _seconds(bounds[bound], (*path, bound)))


def _seconds(raw: Any, path: Path) -> float:
    """A datetime as seconds since 1970; one without a zone is UTC."""
    try:
        at = datetime.fromisoformat(raw)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (TypeError, ValueError, OverflowError) as error:
        raise wrong("invalid_value", "must be a datetime in ISO 8601", path) from error


def _order(raw: Any) -> str:
    path = ("query", "sort_by")
    field_name, direction = (_object(raw, path).get(name) for name in ("field", "direction"))
    if field_name not in ("id", *METADATA):
        raise wrong("invalid_value", "must be id, created_at or updated_at", (*path, "field"))
    if not isinstance(direction, str) or direction not in ORDERS:
        raise wrong("invalid_value", f"must be {' or '.join(ORDERS)}", (*path, "direction"))
    way = ORDERS[direction]
    return f"{ROOT}.{field_name} {way}" + ("" if field_name == "id" else f", {ROOT}.id {way}")
