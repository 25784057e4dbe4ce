"""Settings that take effect late: what is set, what acts, and from when.

The tables hold what is set. While a change is under way, `pending_setting` holds what still acts; what acts is
therefore the pending row's `was` where there is one, else what is set.
"""

import json
from dataclasses import dataclass
from random import Random
from typing import Any

from pydantic import ValidationError

from models.errors import InvalidInput
from models.records import Interval, Record, TaskAssignment
from models.setting_keys import RULESET_SETTINGS, SettingKey, SettingKind
from models.tables.workspace import AudienceExclusionRow, PendingSettingRow, RulesetExclusionRow
from platforms.sandbox.lookup import named
from platforms.sandbox.store import Work, from_json

# Minutes until a change acts, by the help article (R42, R51).
EXCLUSION_DELAY = (15, 45)  # R51
REENROLLMENT_DELAY = (30, 60)  # R42, C1b
REENROLLMENT_FIELDS = ("allow_same_sequence_reenrollment", "block_reenrollment")
OBJECTS: dict[str, type[Record]] = {"block_reenrollment": Interval, "task_assignment": TaskAssignment}


@dataclass(frozen=True)
class _Place:
    """Where a setting is kept: a row of a table, one column."""

    table: str
    column: str
    row_id: int


def set_setting(work: Work, key: SettingKey, value: Any) -> None:
    """Set it now; it acts after a delay drawn from the help article's range. Setting it to what it is does nothing."""
    value = _fitting(work, key, value)
    acting, as_set = acting_value(work, key), set_value(work, key)
    if value == as_set:
        return
    _store(work, key, value)
    work.run("DELETE FROM pending_setting WHERE setting = :setting", setting=str(key))
    delay = _delay(work, key)
    if delay and value != acting:
        work.add_one(PendingSettingRow, setting=str(key), was=acting, value=value, takes_effect_at=work.now + delay)


def set_value(work: Work, key: SettingKey) -> Any:
    """The value that is set, as JSON. Raises InvalidInput where the workspace has no such setting."""
    place = _place(work, key)
    if place is None:
        return False  # a toggle that nobody ever touched is off
    return _json(work.value(f"SELECT {place.column} FROM {place.table} WHERE id = :id", id=place.row_id), key)


def acting_value(work: Work, key: SettingKey) -> Any:
    """The value that acts at this instant, as JSON."""
    pending = work.one(
        "SELECT was FROM pending_setting WHERE setting = :setting AND takes_effect_at > :now", setting=str(key)
    )
    return set_value(work, key) if pending is None else _json(pending["was"], key)


def _fitting(work: Work, key: SettingKey, value: Any) -> Any:
    """The value as JSON, refused where the setting cannot take it."""
    takes = OBJECTS.get(key.part) if key.kind == "ruleset" else None
    if takes is None:
        if not isinstance(value, bool):
            raise InvalidInput(key, f"takes true or false, not {value!r}", "Nothing was changed")
        return value
    if value is None and takes is Interval:
        return None
    try:
        record = takes.model_validate(value)
    except ValidationError as error:
        raise InvalidInput(key, f"takes no {value!r}", "Nothing was changed") from error
    if isinstance(record, TaskAssignment) and record.user:
        named(work, "user_account", f"{key}.user", record.user)
    return record.model_dump(mode="json")


def _place(work: Work, key: SettingKey) -> _Place | None:
    owner = {"ruleset": "ruleset", "ruleset_exclusion": "ruleset", "exclusion": "exclusion"}.get(key.kind, "audience")
    owner_id = _id_of(work, owner, key.owner)
    if key.kind == "exclusion":
        return _Place("exclusion", "exclude_from_sequences", owner_id)
    if key.kind == "ruleset":
        if key.part not in (*REENROLLMENT_FIELDS, "task_assignment"):
            raise InvalidInput(key, f"a ruleset has no setting '{key.part}'", RULESET_SETTINGS)
        return _Place("ruleset", key.part, owner_id)
    exclusion_id = _id_of(work, "exclusion", key.part)
    row = work.value(
        f"SELECT id FROM {key.kind} WHERE {owner}_id = :owner AND exclusion_id = :exclusion",
        owner=owner_id,
        exclusion=exclusion_id,
    )
    return _Place(key.kind, "enabled", row) if row is not None else None


def _id_of(work: Work, table: str, name: str) -> int:
    found = work.value(f"SELECT id FROM {table} WHERE name = :name", name=name)
    if found is None:
        raise InvalidInput("setting", f"there is no {table} '{name}'", "See `handoff sandbox state`")
    return int(found)


def _store(work: Work, key: SettingKey, value: Any) -> None:
    place = _place(work, key)
    if place is None:
        owner = "ruleset" if key.kind == "ruleset_exclusion" else "audience"
        table = RulesetExclusionRow if key.kind == "ruleset_exclusion" else AudienceExclusionRow
        ids = {f"{owner}_id": _id_of(work, owner, key.owner), "exclusion_id": _id_of(work, "exclusion", key.part)}
        work.add_one(table, enabled=value, **ids)
        return
    stored = value if isinstance(value, bool) else json.dumps(value)
    cast = ":value" if isinstance(value, bool) or work.connection.dialect.name == "sqlite" else "CAST(:value AS json)"
    since = ", task_assignment_set_at = :now" if place.column == "task_assignment" else ""  # R92 asks for it
    work.run(f"UPDATE {place.table} SET {place.column} = {cast}{since} WHERE id = :id", value=stored, id=place.row_id)


def _json(value: Any, key: SettingKey) -> Any:
    """A stored value as JSON: the drivers give booleans as 0 and 1, and JSON columns as text or parsed."""
    value = from_json(value)
    return value if key.kind == "ruleset" and key.part in OBJECTS else bool(value)


def _delay(work: Work, key: SettingKey) -> int:
    """Seconds until a change of this setting acts, drawn by the workspace's seed."""
    if key.kind != "ruleset":
        return _draw(work, *EXCLUSION_DELAY)
    if key.part not in REENROLLMENT_FIELDS:
        return 0  # task assignment acts on the next enrollment (R92)
    return _draw(work, *REENROLLMENT_DELAY)


def _draw(work: Work, least: int, most: int) -> int:
    own = work.one("SELECT seed, draws FROM workspace") or {}
    work.run("UPDATE workspace SET draws = draws + 1")
    return Random(f"{own['seed']}:{own['draws']}").randint(least * 60, most * 60)


def acting_ruleset(work: Work, sequence_id: int) -> dict[str, Any]:
    """What acts for a sequence's enrollments: `id`, `name`, `allow_same` and `block` ({value, unit} or None)."""
    row = work.one(
        "SELECT r.id, r.name FROM sequence s JOIN ruleset r ON r.id = COALESCE(s.ruleset_id,"
        " (SELECT id FROM ruleset ORDER BY is_default DESC, id LIMIT 1)) WHERE s.id = :id",
        id=sequence_id,
    )
    if row is None:
        raise InvalidInput("sequence", f"there is no sequence number {sequence_id}")
    allow, block = (acting_value(work, SettingKey.ruleset(row["name"], field)) for field in REENROLLMENT_FIELDS)
    return row | {"allow_same": allow, "block": block}


def acting_toggles(work: Work, kind: SettingKind, name: str) -> list[dict[str, Any]]:
    """What acts of each exclusion (`id`, `name`): `everywhere`, the global toggle, and `here`, the toggle of this kind
    that the ruleset or audience of this name has."""
    owner = "ruleset" if kind == "ruleset_exclusion" else "audience"
    under_way = {
        row["setting"]: bool(from_json(row["was"]))
        for row in work.rows(
            "SELECT setting, was FROM pending_setting WHERE takes_effect_at > :now AND setting LIKE '%exclusion%'"
        )
    }
    found = work.rows(
        "SELECT x.id, x.name, x.exclude_from_sequences AS everywhere, t.enabled AS here FROM exclusion x LEFT JOIN"
        f" (SELECT k.exclusion_id, k.enabled FROM {kind} k JOIN {owner} o ON o.id = k.{owner}_id"
        " WHERE o.name = :name) AS t ON t.exclusion_id = x.id ORDER BY x.id",
        name=name,
    )
    for row in found:
        everywhere = SettingKey.exclusion(row["name"])
        here = SettingKey(kind, name, row["name"])
        row["everywhere"] = under_way.get(everywhere, bool(row["everywhere"]))
        row["here"] = under_way.get(here, bool(row["here"]))
    return found


def acting_exclusions(work: Work, ruleset: str) -> list[int]:
    """The exclusions that act on a ruleset's sequences now: the global toggle or the ruleset's own is on (R68, C4)."""
    return [row["id"] for row in acting_toggles(work, "ruleset_exclusion", ruleset) if row["here"] or row["everywhere"]]


def acting_audience_exclusions(work: Work, audience: str) -> list[int]:
    """The exclusions that keep people from entering a play by the audience's own toggles (R33)."""
    return [row["id"] for row in acting_toggles(work, "audience_exclusion", audience) if row["here"]]
