"""The parameters that say who gets the tasks of critical sequences."""

from typing import Annotated

from pydantic import Field

from flows.form_parameters import MAY_BE_BLANK
from models.records import AssignmentMode

AssignMode = Annotated[
    AssignmentMode | None,
    Field(
        title="Assign tasks to",
        description="How the tasks of the critical sequences are to be assigned (R83). Left out: nothing is set.",
    ),
    MAY_BE_BLANK,
]
AssignUser = Annotated[
    str | None,
    Field(
        title="User who gets them",
        description="For ASSIGN_TO_USER, by email. Choose by role (R95).",
        examples=["bo@acme.test"],
    ),
    MAY_BE_BLANK,
]
CriticalSequences = Annotated[
    list[str] | None,
    Field(
        title="Critical sequences",
        description="The sequences to set. Left out: the one sequence that is meant.",
        examples=["Outbound Q4"],
    ),
    MAY_BE_BLANK,
]
PastedRoles = Annotated[
    str | None,
    Field(
        title="Roles",
        description="Whom to assign by role: paste a CSV with the header sequence,role,user and a row a sequence.",
    ),
    MAY_BE_BLANK,
]
RolesCsv = Annotated[
    str | None,
    Field(
        title="Roles file",
        description="The same as a file: the path of a CSV that the worker can read. Give one of the two.",
        examples=["/srv/handoff/roles.csv"],
    ),
    MAY_BE_BLANK,
]
