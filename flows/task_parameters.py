"""The parameters of the procedures about representatives' tasks."""

from typing import Annotated

from pydantic import Field

from models.records import AssignmentMode, RepTaskStatus, RepTaskType

FromUser = Annotated[
    str | None, Field(title="From user", description="Whose tasks. Left out: whoever has the tasks that are named.")
]
ToUser = Annotated[str, Field(title="To user", description="Who gets them: a user of the workspace.", min_length=1)]
Types = Annotated[
    list[RepTaskType] | None, Field(title="Types", description="Only tasks of these types. Left out: of every type.")
]
Statuses = Annotated[
    list[RepTaskStatus] | None,
    Field(title="Statuses", description="NOT_READY, READY or both (the default). Closed tasks stay where they are."),
]
OnlySequence = Annotated[
    str | None,
    Field(title="Sequence", description="Only tasks of this sequence; refused where the platform cannot know it."),
]
TasksCsv = Annotated[
    str | None,
    Field(title="Tasks file", description="A CSV with a column task, their numbers: a path that the worker can read."),
]
PastedTasks = Annotated[
    str | None,
    Field(title="Tasks", description="The same pasted, or numbers.", json_schema_extra={"format": "textarea"}),
]
AssignMode = Annotated[
    AssignmentMode | None,
    Field(title="Assign tasks to", description="How the tasks of the critical sequences are to be assigned (R83)."),
]
AssignUser = Annotated[
    str | None, Field(title="User", description="Who gets them, for ASSIGN_TO_USER. Choose by role (R95).")
]
CriticalSequences = Annotated[
    list[str] | None,
    Field(title="Critical sequences", description="The sequences to set. Left out: the one sequence that is meant."),
]
RolesCsv = Annotated[
    str | None,
    Field(
        title="Roles file",
        description="A CSV with sequence, role, user: whom to assign by role: a path that the worker can read.",
    ),
]
PastedRoles = Annotated[
    str | None, Field(title="Roles", description="The same pasted.", json_schema_extra={"format": "textarea"})
]
