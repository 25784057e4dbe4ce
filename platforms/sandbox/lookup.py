"""Finding nouns by the names that people use; a misspelt one is answered with the nearest."""

import json
from typing import Any
from uuid import UUID

from models.errors import InvalidInput, Refused
from models.nearest import known
from models.records import Behaviour
from models.tables.workspace.columns import RUNNING_SQL
from platforms.sandbox.store import Work, from_json

GONE = dict.fromkeys(("sequence", "play"), "NOT deleted")  # history keeps a deleted one, nobody names it any more
KEYS = {"user_account": "email", "mailbox": "email", "person": "email"}


def behaviour_of(work: Work) -> Behaviour:
    """How the workspace resolves the sources' conflicts."""
    return Behaviour.model_construct(**from_json(work.value("SELECT behaviour FROM workspace")))


def named(work: Work, table: str, field: str, name: str) -> dict[str, Any]:
    """The row of that name. Raises InvalidInput that names the field and the nearest names."""
    key, there = KEYS.get(table, "name"), GONE.get(table, "1 = 1")
    row = work.one(f"SELECT * FROM {table} WHERE {key} = :name AND {there}", name=name)
    if row is None:
        names = [entry[key] for entry in work.rows(f"SELECT {key} FROM {table} WHERE {there} ORDER BY id LIMIT 10000")]
        name = known(field, name, names, table.split("_", maxsplit=1)[0])
        row = work.one(f"SELECT * FROM {table} WHERE {key} = :name", name=name)
    return row or {}


def sequence_by_name(work: Work, name: str) -> dict[str, Any]:
    """A sequence's row with the `length` of its present version in steps."""
    return sequence_by_id(work, named(work, "sequence", "sequence", name)["id"])


def sequence_by_id(work: Work, sequence_id: int) -> dict[str, Any]:
    """A sequence's row with the `length` of its present version in steps."""
    row = work.one(
        "SELECT s.*, (SELECT COUNT(*) FROM sequence_step t WHERE t.sequence_id = s.id AND t.version = s.version)"
        " AS length"
        " FROM sequence s WHERE s.id = :id",
        id=sequence_id,
    )
    return row or {}


def running_in(work: Work, person: str, sequence: str) -> dict[str, Any]:
    """The enrollment of a person that runs in a sequence: see `running_anywhere`."""
    person_row, where = named(work, "person", "person", person), sequence_by_name(work, sequence)
    found = _running(work, person_row)
    if found is None or found["sequence_id"] != where["id"]:
        raise Refused(
            "not_enrolled", f"{person_row['email']} is not running in '{where['name']}'", "Nothing was changed"
        )
    return found


def running_anywhere(work: Work, person: str) -> dict[str, Any]:
    """The enrollment of a person that runs: a row with the name of its `sequence`. Raises Refused where none does."""
    person_row = named(work, "person", "person", person)
    found = _running(work, person_row)
    if found is None:
        raise Refused("not_enrolled", f"{person_row['email']} is not running in any sequence", "Nothing was changed")
    return found


def _running(work: Work, person: dict[str, Any]) -> dict[str, Any] | None:
    return work.one(
        "SELECT e.*, s.name AS sequence FROM enrollment e JOIN sequence s ON s.id = e.sequence_id"
        f" WHERE e.person_id = :person AND e.{RUNNING_SQL}",
        person=person["id"],
    )


def task_by_number(work: Work, number: int | UUID) -> dict[str, Any]:
    """A task's row. Raises InvalidInput where there is none."""
    row = work.one("SELECT * FROM rep_task WHERE id = :id", id=number) if isinstance(number, int) else None
    if row is None:
        raise InvalidInput("task", f"there is no task number {number}", "See `handoff sandbox dump`")
    return row


def listed(work: Work) -> str:
    """A table `j` of the texts of a list that is given as JSON, `:listed`: columns `value` and `key`, from 0 on. Joined
    by CROSS JOIN it is where SQLite begins."""
    return _LISTED[work.connection.dialect.name]


_LISTED = {
    "sqlite": "json_each(:listed) AS j",
    "postgresql": "(SELECT value, number - 1 AS key FROM json_array_elements_text(CAST(:listed AS JSON))"
    " WITH ORDINALITY AS t(value, number)) AS j",
}


def stage(work: Work, emails: list[str]) -> None:
    """Put the people with these addresses into `entrant`, for queries to join; unknown addresses are left out.

    SQLite takes all tables for equally long: joined by `entrant.person_id + 0`, it goes through the few and looks the
    others up.
    """
    work.run("DELETE FROM entrant")
    if emails:
        theirs = f"SELECT p.id FROM {listed(work)} CROSS JOIN person p WHERE p.email = j.value ORDER BY p.id"
        work.run(f"INSERT INTO entrant (person_id) {theirs}", listed=json.dumps(emails))
