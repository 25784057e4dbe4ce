"""The rows behind tasks, selected by conditions in SQL."""

from typing import Any

from platforms.emulator.filters import NONE
from platforms.emulator.world import is_admin
from platforms.sandbox.store import Work

# What happened to a task last: it was made, given somebody else, another priority or date, or ended.
UPDATED = "MAX(t.created_at, COALESCE(t.changed_at, 0), COALESCE(t.ended_at, 0))"


def updated_of(work: Work) -> str:
    """When a task last changed, as SQL: of two instants the later is `MAX` here and `GREATEST` there."""
    return UPDATED if work.connection.dialect.name == "sqlite" else UPDATED.replace("MAX(", "GREATEST(")


def visible(work: Work) -> str:
    """The condition on t, the tasks, of those that the key's user sees: an admin all, a rep their own (D5)."""
    if is_admin(work):
        return "1 = 1"
    return NONE if work.user_id is None else f"t.assignee_id = {work.user_id}"


def tasks(work: Work, where: str, order: str = "t.id", limit: int | None = None, **values: Any) -> list[dict[str, Any]]:
    """The tasks for which a condition on them, as t, and on the person, as p, holds."""
    few = "" if limit is None else f" LIMIT {limit}"
    return work.rows(
        f"SELECT t.*, {updated_of(work)} AS updated_at FROM rep_task t JOIN person p ON p.id = t.person_id"
        f" WHERE {where} ORDER BY {order}{few}",
        **values,
    )
