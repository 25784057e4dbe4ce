"""Representatives' tasks."""

from typing import ClassVar
from uuid import UUID

from models.changes.change import Change
from models.records import Email


class ReassignTask(Change):
    action: ClassVar[str] = "reassign_task"
    task: int | UUID
    assignee: Email


class FinishTask(Change):
    """Complete an open task; the enrollment that waits for it goes on."""

    action: ClassVar[str] = "finish_task"
    task: int | UUID
