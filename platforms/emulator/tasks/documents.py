"""Tasks as the Tasks API writes them, from rows of the sandbox. Pure."""

from collections.abc import Mapping
from typing import Any

from platforms.emulator.ids import maybe, uuid_of
from platforms.emulator.world import iso

Row = Mapping[str, Any]


def task(row: Row) -> dict[str, Any]:
    """The synchronous object: a row of a query job with its note."""
    return bulk_task(row) | {"note_content": row["note"]}


def bulk_task(row: Row) -> dict[str, Any]:
    """A row of a query job. Nothing tells of what sequence or enrollment a task came."""
    return {
        "id": uuid_of("task", row["id"]),
        "type": row["type"],
        "status": row["status"],
        "priority": row["priority"],
        "person_id": uuid_of("person", row["person_id"]),
        "assigned_user_id": maybe("user", row["assignee_id"]),
        "due_at": iso(row["due_at"]),
        "ended_at": iso(row["ended_at"]),
        "created_at": iso(row["created_at"]),
        "updated_at": iso(row["updated_at"]),
    }
