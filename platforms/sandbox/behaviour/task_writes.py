"""Tasks made, changed, completed and deleted one at a time, as the platform's API does it.

A rep's are those assigned to them (D5); the caller refuses those who ask for another's.
"""

from datetime import datetime
from typing import Any, NamedTuple

from models.tables.workspace import RepTaskRow
from platforms.sandbox.behaviour.advancing import complete_task_of_step
from platforms.sandbox.behaviour.reassigning import reassign
from platforms.sandbox.clock import seconds
from platforms.sandbox.store import Work

OPEN = ("NOT_READY", "READY")


class NewTask(NamedTuple):
    """A task that somebody makes: of a person, by hand, so of no sequence."""

    person_id: int
    type: str
    priority: str
    due_at: datetime | None
    note: str | None
    mailbox_id: int | None


def add_task(work: Work, task: NewTask) -> int:
    """Make a task, assigned to who makes it; give its number."""
    due_at = None if task.due_at is None else seconds(task.due_at)
    values = task._asdict() | {"due_at": due_at, "assignee_id": work.user_id, "created_at": work.now}
    return work.add_one(RepTaskRow, **values)


def change_task(work: Work, task: dict[str, Any], values: dict[str, Any]) -> str | None:
    """Set `assignee_id`, `priority` or `due_at` of a task, a row of its table; the reason where that is refused.

    The reasons are those of `reassigning.py`. Setting what is so already is no change.
    """
    if task["status"] not in OPEN:
        return "task_closed"
    rest = {name: value for name, value in values.items() if name != "assignee_id" and task[name] != value}
    if rest:
        sets = ", ".join(f"{name} = :{name}" for name in rest)
        work.run(f"UPDATE rep_task SET {sets}, changed_at = :now WHERE id = :id", id=task["id"], **rest)
    if "assignee_id" not in values:
        return None
    return reassign(work, [task["id"]], values["assignee_id"])[task["id"]]


def complete_task(work: Work, task: dict[str, Any]) -> bool:
    """Complete a task that is open; the enrollment that waits for it goes on. False where it was closed."""
    if task["status"] not in OPEN:
        return False
    work.run("UPDATE rep_task SET status = 'COMPLETED', ended_at = :now WHERE id = :id", id=task["id"])
    if task["enrollment_id"] is not None:
        complete_task_of_step(work, task["enrollment_id"])
    return True


def delete_task(work: Work, task_id: int) -> None:
    """Take a task away. A step that waits for it is still a person's, and done when its day is over."""
    work.run("DELETE FROM rep_task WHERE id = :id", id=task_id)
