"""Rows of another platform into a workspace table: those that are here already are changed, the others added."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, update
from sqlmodel import SQLModel

from models.tables.workspace import (
    CompanyRow,
    EnrollmentRow,
    MailboxRow,
    PersonRow,
    PlayRow,
    RepTaskRow,
    RulesetRow,
    SequenceRow,
    UserRow,
)
from platforms.sandbox.copying.ledger import Keys, as_json, keys, note_keys
from platforms.sandbox.store import Work

Row = dict[str, Any]


@dataclass(frozen=True)
class Kind:
    """A kind of object: its table, and the column that names it (if any).

    One that `adopts` takes a row of the same name where its id is not known: somebody deleted it and made it anew, or
    it was known by its name alone.
    """

    name: str
    table: type[SQLModel]
    named_by: str = ""
    adopts: bool = False


USER = Kind("user", UserRow, "email", adopts=True)
MAILBOX = Kind("mailbox", MailboxRow, "email", adopts=True)
COMPANY = Kind("company", CompanyRow, "domain", adopts=True)
PERSON = Kind("person", PersonRow, "email", adopts=True)
RULESET = Kind("ruleset", RulesetRow, "name")
SEQUENCE = Kind("sequence", SequenceRow, "name")
PLAY = Kind("play", PlayRow, "name", adopts=True)
ENROLLMENT = Kind("enrollment", EnrollmentRow)
TASK = Kind("task", RepTaskRow)


def merge(work: Work, kind: Kind, rows: list[Row], new: Row | None = None) -> Keys:
    """Change or add rows; `id` is the other platform's, the rest are columns. `new` are columns of those added alone.

    Gives the key that each id has. Of several rows with one id the last counts. Names are unique in a sandbox: one
    that somebody else held before is theirs no more.
    """
    latest = {row["id"]: row for row in rows}
    known = {str(one): key for one, key in keys(work, kind.name, latest).items()}
    added = _given_keys(work, kind, [row for one, row in latest.items() if one not in known])
    all_keys = known | added
    _free_names(work, kind, latest, all_keys)
    before = _keys_there(work, kind, list(added.values()))
    changed, fresh = dict[int, Row](), dict[int, Row]()
    for one, row in latest.items():
        columns = {name: value for name, value in row.items() if name != "id"}
        (changed if one in known or all_keys[one] in before else fresh)[all_keys[one]] = columns
    work.add(kind.table, [{"id": key} | (new or {}) | columns for key, columns in fresh.items()])
    _change(work, kind, changed)
    note_keys(work, kind.name, added)
    return dict(all_keys.items())


def _given_keys(work: Work, kind: Kind, rows: list[Row]) -> dict[str, int]:
    """The keys of rows whose ids are not known: of one that has the name, else new ones."""
    by_name: dict[Any, int] = {}
    if kind.adopts and rows:
        by_name = {row["name"]: row["id"] for row in _named(work, kind, [row[kind.named_by] for row in rows])}
    last = int(work.value(f"SELECT COALESCE(MAX(id), 0) FROM {kind.table.__tablename__}"))
    found: dict[str, int] = {}
    for row in rows:
        key = by_name.get(row[kind.named_by]) if kind.adopts else None
        if key is None:
            last += 1
            key = last
            if kind.adopts:
                by_name[row[kind.named_by]] = key
        found[row["id"]] = key
    return found


def _named(work: Work, kind: Kind, names: list[Any]) -> list[Row]:
    return work.rows(
        f"SELECT id, {kind.named_by} AS name FROM {kind.table.__tablename__}"
        f" WHERE {kind.named_by} IN (SELECT value FROM json_each(:names))",
        names=as_json(names),
    )


def _free_names(work: Work, kind: Kind, rows: dict[str, Row], found: dict[str, int]) -> None:
    """Take names away from rows that have them no more: whose they were is gone, or gets another one below."""
    if not kind.named_by:
        return
    wanted = {row[kind.named_by]: found[one] for one, row in rows.items()}
    for holder in _named(work, kind, list(wanted)):
        if wanted[holder["name"]] != holder["id"]:
            work.run(
                f"UPDATE {kind.table.__tablename__} SET {kind.named_by} = :name WHERE id = :id",
                id=holder["id"],
                name=f"gone-{holder['id']}-{holder['name']}",
            )


def _keys_there(work: Work, kind: Kind, wanted: list[int]) -> set[int]:
    found = work.run(
        f"SELECT id FROM {kind.table.__tablename__} WHERE id IN (SELECT value FROM json_each(:keys))",
        keys=as_json(wanted),
    )
    return {row[0] for row in found}


def _change(work: Work, kind: Kind, rows: dict[int, Row]) -> None:
    if rows:
        table = SQLModel.metadata.tables[str(kind.table.__tablename__)]
        columns: dict[str, Any] = {name: bindparam(name) for name in next(iter(rows.values()))}
        statement = update(table).where(table.c.id == bindparam("which")).values(columns)
        work.connection.execute(statement, [{"which": key} | row for key, row in rows.items()])


def known(work: Work, kind: Kind, rows: list[Row], by: str, name: str, new: Row) -> Keys:
    """The keys of what rows refer to; what is not here is added under its name."""
    found = keys(work, kind.name, (row[by] for row in rows))
    missing = [{"id": row[by], kind.named_by: row[name]} for row in rows if row[by] not in found]
    return {**found, **merge(work, kind, missing, new)} if missing else found


def came(work: Work) -> Row:
    """When a row came of which nobody tells."""
    return {"created_at": work.now, "updated_at": work.now}
