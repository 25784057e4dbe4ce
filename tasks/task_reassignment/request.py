"""What is asked of the procedures about representatives' tasks, checked against the workspace before anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pandas as pd

from inputs.named_columns import read_columns
from models.errors import InvalidInput
from models.nearest import known
from models.records import AssignmentMode, RepTaskStatus, RepTaskType
from models.task_keys import TASK_KEY, task_key
from platforms.port import Platform
from reports.csv_out import write_csv
from tasks import checking

OPEN: tuple[str, ...] = ("NOT_READY", "READY")


@dataclass(frozen=True)
class AskedReassignment:
    """The parameters of `task-reassignment`. `numbers` None: every task that the other parameters name."""

    from_user: str | None
    to_user: str
    types: tuple[str, ...]
    statuses: tuple[str, ...]
    sequence: str | None
    numbers: tuple[int | str, ...] | None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.from_user or self.sequence or "named tasks"


@dataclass(frozen=True)
class AskedAudit:
    """The parameters of `task-assignment-audit`. `wanted` has `sequence, mode, user, role`: what to set."""

    sequence: str | None
    numbers: tuple[int | str, ...] | None
    wanted: pd.DataFrame

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.sequence or "task assignment"


def check_reassignment(
    platform: Platform, from_user: str | None, to_user: str, types: Sequence[str] | None,
    statuses: Sequence[str] | None, sequence: str | None, tasks_csv: str | None, tasks: str | None,
) -> AskedReassignment:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    users = list(platform.users()["user"])
    giver = known("from_user", from_user, users, "user") if from_user else None
    taker = known("to_user", to_user, users, "user")
    if giver == taker:
        raise InvalidInput("to_user", f"{taker} has them already", "Name another user")
    numbers = _numbers(platform, tasks_csv, tasks)
    if giver is None and numbers is None and not sequence:
        raise InvalidInput("from_user", "is missing", "Name whose tasks, or a sequence, or the tasks (tasks_csv)")
    kinds = [known("types", kind, get_args(RepTaskType), "type of task") for kind in types or []]
    stands = [known("statuses", status, get_args(RepTaskStatus), "status of a task") for status in statuses or OPEN]
    if closed := [status for status in stands if status not in OPEN]:
        raise InvalidInput("statuses", f"{', '.join(closed)} tasks are closed", "They stay with who had them")
    return AskedReassignment(
        giver, taker, tuple(kinds), tuple(stands),
        checking.sequence(platform, "sequence", sequence) if sequence else None, numbers,
    )  # fmt: skip


def check_audit(
    platform: Platform, sequence: str | None, tasks_csv: str | None, tasks: str | None, assign_mode: str | None,
    assign_user: str | None, critical_sequences: list[str] | None, roles_csv: str | None, roles: str | None,
) -> AskedAudit:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    sequence = checking.sequence(platform, "sequence", sequence) if sequence else None
    wanted = [*_critical(platform, sequence, assign_mode, assign_user, critical_sequences),
              *_roles(platform, roles_csv, roles)]  # fmt: skip
    frame = pd.DataFrame(wanted, columns=["sequence", "mode", "user", "role"])
    if (twice := frame["sequence"].duplicated()).any():
        name = frame.loc[twice, "sequence"].iloc[0]
        raise InvalidInput("roles_csv", f"'{name}' is assigned twice", "Leave one of the two")
    return AskedAudit(sequence, _numbers(platform, tasks_csv, tasks), frame)


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
    found = read_columns(Path(csv) if csv else None, pasted, "roles_csv" if csv else "roles",
                         ("sequence", "role", "user"))  # fmt: skip
    sequences, users = list(platform.sequences()["sequence"]), list(platform.users()["user"])
    wanted: list[tuple[str, str, str | None, str]] = []
    for row, sequence, role, user in found.rows[["row", "sequence", "role", "user"]].itertuples(index=False):
        field = f"{found.source.field}: {found.source.name} row {row}"
        wanted.append((
            known(f"{field}, column sequence", sequence, sequences, "sequence"), "ASSIGN_TO_USER",
            known(f"{field}, column user", user, users, "user"), role,
        ))  # fmt: skip
    return wanted


def _numbers(platform: Platform, csv: str | None, pasted: str | None) -> tuple[int | str, ...] | None:
    """The tasks that a file or pasted text names, by their numbers or ids (column `task`, or a list)."""
    if not csv and not pasted:
        return None
    if csv and pasted:
        raise InvalidInput("tasks", "tasks_csv is given as well", "Give one of the two")
    text = pasted if pasted is None or "task" in pasted.lower() else "task\n" + "\n".join(
        pasted.replace(",", " ").split())  # fmt: skip
    found = read_columns(Path(csv) if csv else None, text, "tasks_csv" if csv else "tasks", ("task",))
    rows = found.rows
    if (odd := ~rows["task"].str.fullmatch(TASK_KEY)).any():
        first = rows[odd].iloc[0]
        raise found.refuse(int(first["row"]), "task", f"'{first['task']}' is no number of a task", "See tasks.csv")
    numbers = rows["task"].map(task_key)
    there = set(platform.tasks(numbers=numbers.tolist())["task"])
    if (lost := ~numbers.isin(there)).any():
        if csv:
            refused = rows[lost].assign(email="", reason="unknown_task")[["row", "email", "reason", "line"]]
            write_csv(refused, Path(csv).with_name(f"{Path(csv).stem}.rejects.csv"))
        first = rows[lost].iloc[0]
        raise found.refuse(int(first["row"]), "task", f"there is no task {first['task']}", "Nothing was changed")
    return tuple(dict.fromkeys(numbers.tolist()))
