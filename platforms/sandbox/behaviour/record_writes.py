"""People and companies written one at a time, as records: what else happens in the workspace happens with it.

Whoever opts out leaves every sequence (D1, H29). Whoever comes to match an exclusion that acts on a sequence they run
in is removed from it, as in `removing.py` (R62). Nobody is taken in by a record that changed: plays poll when an
exclusion changes.
"""

from typing import Any

from sqlmodel import SQLModel

from models.errors import Refused
from models.tables.workspace import CompanyRow, PersonRow
from platforms.sandbox.behaviour.enrolling import end_enrollments
from platforms.sandbox.behaviour.matching import matches
from platforms.sandbox.behaviour.removing import remove_who_came_to_match
from platforms.sandbox.store import Work

TABLES: dict[str, type[SQLModel]] = {"person": PersonRow, "company": CompanyRow}

# What a person leaves behind that is nobody else's to forget: who deletes the person would falsify it.
KEPT = {"enrollments": "enrollment", "tasks": "rep_task", "entries in plays' logs": "play_log"}


def add_record(work: Work, table: str, values: dict[str, Any]) -> int:
    """Insert a person or a company; give its key."""
    return work.add_one(TABLES[table], **values, **work.stamps)


def change_record(work: Work, table: str, key: int, values: dict[str, Any]) -> None:
    """Set columns of a person or a company. What is so already leaves no trace, nor a newer `updated_at`."""
    before = work.one(f"SELECT * FROM {table} WHERE id = :id", id=key) or {}
    changed = {name: value for name, value in values.items() if before[name] != value}
    if not changed:
        return
    if table == "company":
        changed["listed"] = True  # somebody said something of it, so a dump has to
    matched = _matches(work, table, key)
    sets = ", ".join(f"{name} = :{name}" for name in changed)
    work.run(f"UPDATE {table} SET {sets}, updated_at = :now WHERE id = :id", id=key, **changed)
    if changed.get("email_opt_out"):
        end_enrollments(work, "person_id = :person", "opted_out", person=key)
    if came := _matches(work, table, key) - matched:
        remove_who_came_to_match(work, came)


def _matches(work: Work, table: str, key: int) -> set[tuple[int, int]]:
    """Pairs (person, exclusion) that match because of a person's or a company's record, by keys."""
    if not work.value("SELECT 1 FROM exclusion LIMIT 1"):
        return set()
    people = ":id" if table == "person" else "SELECT id FROM person WHERE company_id = :id"
    found = work.rows(
        f"SELECT person_id, exclusion_id FROM ({matches(work)}) AS m WHERE person_id IN ({people})", id=key
    )
    return {(row["person_id"], row["exclusion_id"]) for row in found}


def remove_record(work: Work, table: str, key: int) -> None:
    """Delete a person or a company. Raises Refused where a person's history stands in the way: then nothing changed.

    People of a deleted company stay, without a company; audiences lose a deleted person.
    """
    if table == "person":
        counts = {
            words: work.value(f"SELECT COUNT(*) FROM {name} WHERE person_id = :id", id=key)
            for words, name in KEPT.items()
        }
        if history := ", ".join(f"{words}: {count}" for words, count in counts.items() if count):
            raise Refused(
                "record_in_use", f"the person has a history ({history})", "Only people without one can be deleted"
            )
        work.run("DELETE FROM audience_member WHERE person_id = :id", id=key)
    else:
        work.run("UPDATE person SET company_id = NULL, updated_at = :now WHERE company_id = :id", id=key)
    work.run(f"DELETE FROM {table} WHERE id = :id", id=key)
