"""What a task-assignment-audit is asked to do, checked against the workspace before anything is begun."""

from pathlib import Path
from typing import Annotated, get_args

import pandas as pd
from pydantic import Field

from inputs.named_columns import read_columns
from models.errors import InvalidInput
from models.nearest import known
from models.records import AssignmentMode
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.named_tasks import PastedTasks, TasksCsv, TasksOfSequence, named_tasks
from tasks.request import Request, once


class TaskAssignmentAuditRequest(Request):
    """Say of each task which setting put it there; set and document who gets the tasks of critical sequences."""

    procedure = "task-assignment-audit"
    without_subject = "all tasks"

    sequence: TasksOfSequence = None
    tasks: PastedTasks = None
    tasks_csv: TasksCsv = None
    assign_mode: AssignmentMode | None = Field(
        None,
        title="Assign tasks to",
        description="How the tasks of the critical sequences are to be assigned (R83). Left out: nothing is set.",
    )
    assign_user: Annotated[str | None, shared.USER] = Field(
        None,
        title="User who gets them",
        description="For ASSIGN_TO_USER, by email. Choose by role (R95).",
        examples=["bo@acme.test"],
    )
    critical_sequences: Annotated[list[str] | None, shared.SEQUENCE] = Field(
        None,
        title="Critical sequences",
        description="The sequences to set. Left out: the one sequence that is meant.",
        examples=["Outbound Q4"],
    )
    roles: str | None = Field(
        None,
        title="Roles",
        description="Whom to assign by role: paste a CSV with the header sequence,role,user and a row a sequence.",
    )
    roles_csv: str | None = Field(
        None,
        title="Roles file",
        description="The same as a file: the path of a CSV that the worker can read. Give one of the two.",
        examples=["/srv/handoff/roles.csv"],
    )

    @once
    def check(self, platform: Platform) -> "TaskAssignmentAudit":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        sequence = checking.sequence(platform, "sequence", self.sequence) if self.sequence else None
        wanted = [
            *_critical(platform, sequence, self.assign_mode, self.assign_user, self.critical_sequences),
            *_roles(platform, self.roles_csv, self.roles),
        ]
        frame = pd.DataFrame(wanted, columns=["sequence", "mode", "user", "role"])
        if (twice := frame["sequence"].duplicated()).any():
            name = frame.loc[twice, "sequence"].iloc[0]
            raise InvalidInput("roles_csv", f"'{name}' is assigned twice", "Leave one of the two")
        numbers = named_tasks(platform, self.tasks_csv, self.tasks)
        return self.checked_as(TaskAssignmentAudit, sequence=sequence, numbers=numbers, wanted=frame)


class TaskAssignmentAudit(TaskAssignmentAuditRequest):
    """The request with names as the workspace spells them. `wanted` has `sequence, mode, user, role`: what to set."""

    numbers: tuple[int | str, ...] | None
    wanted: pd.DataFrame

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.sequence or "task assignment"


def _critical(
    platform: Platform, sequence: str | None, mode: str | None, user: str | None, critical: list[str] | None
) -> list[tuple[str, str, str | None, str]]:
    if mode is None:
        if user or critical:
            raise InvalidInput("assign_mode", "is missing", "Say how the tasks are to be assigned, ASSIGN_TO_USER say")
        return []
    mode = known("assign_mode", mode, get_args(AssignmentMode), "way to assign")
    if (mode == "ASSIGN_TO_USER") != bool(user):
        problem = "is missing" if not user else f"goes with ASSIGN_TO_USER, not with {mode}"
        raise InvalidInput("assign_user", problem, "Name the user for ASSIGN_TO_USER, and only for that")
    user = known("assign_user", user, list(platform.users()["user"]), "user") if user else None
    names = critical or ([sequence] if sequence else [])
    if not names:
        raise InvalidInput("critical_sequences", "is missing", "Name the sequences to set")
    return [(checking.sequence(platform, "critical_sequences", name), mode, user, "") for name in dict.fromkeys(names)]


def _roles(platform: Platform, csv: str | None, pasted: str | None) -> list[tuple[str, str, str | None, str]]:
    """Whom to assign by role (R95): rows of `sequence, role, user`."""
    if not csv and not pasted:
        return []
    if csv and pasted:
        raise InvalidInput("roles", "roles_csv is given as well", "Give one of the two")
    found = read_columns(
        Path(csv) if csv else None, pasted, "roles_csv" if csv else "roles", ("sequence", "role", "user")
    )
    sequences, users = list(platform.sequences()["sequence"]), list(platform.users()["user"])
    wanted: list[tuple[str, str, str | None, str]] = []
    for row, sequence, role, user in found.rows[["row", "sequence", "role", "user"]].itertuples(index=False):
        field = f"{found.source.field}: {found.source.name} row {row}"
        wanted.append(
            (
                known(f"{field}, column sequence", sequence, sequences, "sequence"),
                "ASSIGN_TO_USER",
                known(f"{field}, column user", user, users, "user"),
                role,
            )
        )
    return wanted
