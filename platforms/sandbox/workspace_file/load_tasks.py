"""The tasks of a workspace file into the sandbox's table."""

from collections.abc import Mapping

from models.records import RUNNING, RepTask
from models.tables.workspace import RepTaskRow
from models.workspace import Workspace
from platforms.sandbox.clock import seconds
from platforms.sandbox.store import Work


def load_tasks(work: Work, workspace: Workspace, ids: Mapping[str, Mapping[str | None, int | None]]) -> None:
    """Insert the tasks; `ids` are the keys of what they name, by section and name."""
    running = {
        (enrollment.person, enrollment.sequence): enrollment_id
        for enrollment_id, enrollment in enumerate(workspace.enrollments, 1)
        if enrollment.state in RUNNING
    }
    work.add(
        RepTaskRow,
        [
            {
                "person_id": ids["people"][task.person],
                "type": task.type,
                "status": task.status,
                "assignee_id": ids["users"][task.assignee],
                "sequence_id": ids["sequences"][task.sequence],
                "mailbox_id": ids["mailboxes"][task.mailbox],
                "enrollment_id": running.get((task.person, task.sequence or ""))
                if task.type != "REPLY_TO_EMAIL"
                else None,
                "due_at": None if task.due_at is None else seconds(task.due_at),
                "ended_at": None if task.ended_at is None else seconds(task.ended_at),
                "priority": task.priority,
                "note": task.note,
                "created_at": _came(task, work.now),
            }
            for task in workspace.tasks
        ],
    )


def _came(task: RepTask, now: int) -> int:
    """When a task was made: a file does not say, and a sequence makes it when it is due."""
    return min([now, *(seconds(at) for at in (task.due_at, task.ended_at) if at is not None)])
