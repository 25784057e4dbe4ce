"""The parameters of the procedures about representatives' tasks."""

from typing import Annotated

from pydantic import Field

from flows.form_parameters import MAY_BE_BLANK
from models.records import RepTaskStatus, RepTaskType

FromUser = Annotated[
    str | None,
    Field(
        title="From user",
        description="Whose tasks, by email. Left out: whoever has the tasks that are named.",
        examples=["ana@acme.test"],
    ),
    MAY_BE_BLANK,
]
ToUser = Annotated[
    str,
    Field(
        title="To user",
        description="Who gets them: a user of the workspace, by email.",
        min_length=1,
        examples=["bo@acme.test"],
    ),
]
Types = Annotated[
    list[RepTaskType] | None,
    Field(title="Types of task", description="Only tasks of these types. Left out: of every type."),
    MAY_BE_BLANK,
]
Statuses = Annotated[
    list[RepTaskStatus] | None,
    Field(
        title="Statuses of task",
        description="NOT_READY, READY or both (where nothing is chosen). Closed tasks stay where they are.",
        json_schema_extra={"items": {"enum": ["NOT_READY", "READY"], "type": "string"}},
    ),
    MAY_BE_BLANK,
]
OnlySequence = Annotated[
    str | None,
    Field(
        title="Sequence",
        description="Only tasks of this sequence; refused where the platform cannot know it.",
        examples=["Outbound Q4"],
    ),
    MAY_BE_BLANK,
]
PastedTasks = Annotated[
    str | None,
    Field(
        title="Tasks",
        description="Only these tasks: paste their numbers, or a CSV with a column task.",
        examples=["17, 18, 23"],
    ),
    MAY_BE_BLANK,
]
TasksCsv = Annotated[
    str | None,
    Field(
        title="Tasks file",
        description="The same as a file: the path of a CSV that the worker can read. Give one of the two.",
        examples=["/srv/handoff/tasks.csv"],
    ),
    MAY_BE_BLANK,
]
