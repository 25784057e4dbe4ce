"""Who gets a task: the sequence's own choice (R83), else its ruleset's for the way the contact was enrolled."""

from typing import Any

from platforms.sandbox.propagation import acting_ruleset
from platforms.sandbox.store import Work, from_json


def assignee(work: Work, enrollment: dict[str, Any]) -> int | None:
    """The user who gets the next task of an enrollment (row of `_due`), or None where nobody fits."""
    mode, user = _choice(work, enrollment)
    if mode == "ASSIGN_TO_USER":
        return _number(work, "SELECT id FROM user_account WHERE email = :email", email=user)
    if mode == "ASSIGN_TO_ENROLLER" and enrollment["enroller_id"]:
        return int(enrollment["enroller_id"])
    if mode == "ASSIGN_TO_RECORD_OWNER":
        return _number(
            work, "SELECT COALESCE(p.owner_id, c.owner_id) FROM person p LEFT JOIN company c ON c.id = p.company_id"
            " WHERE p.id = :id", id=enrollment["person_id"],
        )  # fmt: skip
    # The mailbox's owner; the sender is the same here, where a mailbox has one owner at a time (R84, R86).
    return _number(work, "SELECT owner_id FROM mailbox WHERE id = :id", id=enrollment["mailbox_id"])


def _choice(work: Work, enrollment: dict[str, Any]) -> tuple[str, str | None]:
    own = from_json(work.value("SELECT task_assignment FROM sequence WHERE id = :id", id=enrollment["sequence_id"]))
    if own:
        return own["mode"], own["user"]
    ruleset = acting_ruleset(work, enrollment["sequence_id"])
    chosen = from_json(work.value("SELECT task_assignment FROM ruleset WHERE id = :id", id=ruleset["id"]))
    return chosen["manual" if enrollment["play_id"] is None else "automatic"], chosen["user"]


def _number(work: Work, sql: str, **values: object) -> int | None:
    found = work.value(sql, **values)
    return int(found) if found is not None else None
