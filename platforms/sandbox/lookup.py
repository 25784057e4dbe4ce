"""Finding nouns by the names that people use; a misspelt one is answered with the nearest."""

from typing import Any

from sqlalchemy import text

from models.nearest import known
from platforms.sandbox.store import Work

GONE = {"sequence": "NOT deleted"}  # history keeps a deleted sequence, nobody names it any more
KEYS = {"user_account": "email", "mailbox": "email", "person": "email"}


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
        " FROM sequence s WHERE s.id = :id", id=sequence_id,
    )  # fmt: skip
    return row or {}


def stage(work: Work, emails: list[str]) -> None:
    """Put the people with these addresses into `entrant`, for queries to join; unknown addresses are left out."""
    work.run("DELETE FROM entrant")
    if emails:
        work.connection.execute(
            text("INSERT INTO entrant (person_id) SELECT id FROM person WHERE email = :email"),
            [{"email": email} for email in emails],
        )
