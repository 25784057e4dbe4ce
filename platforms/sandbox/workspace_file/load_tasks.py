"""The tasks of a workspace into the sandbox's table."""

from models.records import RepTask
from models.tables.workspace import RepTaskRow
from models.tables.workspace.columns import RUNNING_SQL
from platforms.sandbox.clock import seconds
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.loading import Ids, Many

TASK = (
    "person_id",
    "type",
    "status",
    "assignee_id",
    "sequence_id",
    "mailbox_id",
    "due_at",
    "ended_at",
    "priority",
    "note",
    "created_at",
)
OF_WHAT_RUNS = f"""
    UPDATE rep_task SET enrollment_id = (SELECT e.id FROM enrollment e WHERE e.person_id = rep_task.person_id
        AND e.sequence_id = rep_task.sequence_id AND e.{RUNNING_SQL}) WHERE type <> 'REPLY_TO_EMAIL'"""


def load_tasks(work: Work, many: Many, ids: Ids) -> None:
    """Insert the tasks, those of a person's running enrollment linked to it."""
    people, users, sequences, mailboxes = (ids[name] for name in ("people", "users", "sequences", "mailboxes"))
    work.add_many(
        RepTaskRow,
        TASK,
        (
            (
                people[task.person],
                task.type,
                task.status,
                users[task.assignee],
                sequences[task.sequence],
                mailboxes[task.mailbox],
                None if task.due_at is None else seconds(task.due_at),
                None if task.ended_at is None else seconds(task.ended_at),
                task.priority,
                task.note,
                _came(task, work.now),
            )
            for task in many.tasks
        ),
    )
    work.run(OF_WHAT_RUNS)


def _came(task: RepTask, now: int) -> int:
    """When a task was made: a file does not say, and a sequence makes it when it is due."""
    return min([now, *(seconds(at) for at in (task.due_at, task.ended_at) if at is not None)])
