"""What a task-reassignment is asked to do, checked against the workspace before anything is begun."""

from typing import Annotated, get_args

from pydantic import Field

from models.errors import InvalidInput
from models.nearest import known
from models.records import RepTaskStatus, RepTaskType
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.named_tasks import PastedTasks, TasksCsv, TasksOfSequence, named_tasks
from tasks.request import Request, once

OPEN: tuple[str, ...] = ("NOT_READY", "READY")


class TaskReassignmentRequest(Request):
    """Hand tasks over to another user. Emails linked to them keep the mailbox that they leave from."""

    procedure = "task-reassignment"

    to_user: Annotated[str, shared.USER] = Field(
        title="To user",
        description="Who gets them: a user of the workspace, by email.",
        min_length=1,
        examples=["bo@acme.test"],
    )
    from_user: Annotated[str | None, shared.USER] = Field(
        None,
        title="From user",
        description="Whose tasks, by email. Left out: whoever has the tasks that are named.",
        examples=["ana@acme.test"],
    )
    types: list[RepTaskType] | None = Field(
        None, title="Types of task", description="Only tasks of these types. Left out: of every type."
    )
    statuses: list[RepTaskStatus] | None = Field(
        None,
        title="Statuses of task",
        description="NOT_READY, READY or both (where nothing is chosen). Closed tasks stay where they are.",
        json_schema_extra={"items": {"enum": ["NOT_READY", "READY"], "type": "string"}},
    )
    sequence: TasksOfSequence = None
    tasks: PastedTasks = None
    tasks_csv: TasksCsv = None

    @once
    def check(self, platform: Platform) -> "TaskReassignment":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        users = list(platform.users()["user"])
        giver = known("from_user", self.from_user, users, "user") if self.from_user else None
        taker = known("to_user", self.to_user, users, "user")
        if giver == taker:
            raise InvalidInput("to_user", f"{taker} has them already", "Name another user")
        numbers = named_tasks(platform, self.tasks_csv, self.tasks)
        if giver is None and numbers is None and not self.sequence:
            raise InvalidInput("from_user", "is missing", "Name whose tasks, or a sequence, or the tasks (tasks_csv)")
        kinds = [known("types", kind, get_args(RepTaskType), "type of task") for kind in self.types or []]
        stands = [
            known("statuses", status, get_args(RepTaskStatus), "status of a task") for status in self.statuses or OPEN
        ]
        if closed := [status for status in stands if status not in OPEN]:
            raise InvalidInput("statuses", f"{', '.join(closed)} tasks are closed", "They stay with who had them")
        return self.checked_as(
            TaskReassignment,
            from_user=giver,
            to_user=taker,
            only_types=tuple(kinds),
            only_statuses=tuple(stands),
            sequence=checking.sequence(platform, "sequence", self.sequence) if self.sequence else None,
            numbers=numbers,
        )


class TaskReassignment(TaskReassignmentRequest):
    """The request with names as the workspace spells them. `numbers` None: every task that the other parameters name;
    `only_types` empty: of every type."""

    only_types: tuple[str, ...]
    only_statuses: tuple[str, ...]
    numbers: tuple[int | str, ...] | None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.from_user or self.sequence or "named tasks"
