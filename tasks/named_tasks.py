"""Tasks of representatives that a user names, by their numbers or ids; and the parameters that name them."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from inputs.named_columns import read_columns
from models.errors import InvalidInput
from models.task_keys import TASK_KEY, task_key
from platforms.port import Platform
from reports.csv_out import write_csv
from tasks.request_fields import SEQUENCE

TasksOfSequence = Annotated[
    str | None,
    SEQUENCE,
    Field(
        title="Sequence",
        description="Only tasks of this sequence; refused where the platform cannot know it.",
        examples=["Outbound Q4"],
    ),
]
PastedTasks = Annotated[
    str | None,
    Field(
        title="Tasks",
        description="Only these tasks: paste their numbers, or a CSV with a column task.",
        examples=["17, 18, 23"],
    ),
]
TasksCsv = Annotated[
    str | None,
    Field(
        title="Tasks file",
        description="The same as a file: the path of a CSV that the worker can read. Give one of the two.",
        examples=["/srv/handoff/tasks.csv"],
    ),
]


def named_tasks(platform: Platform, csv: str | None, pasted: str | None) -> tuple[int | str, ...] | None:
    """The tasks that a file or pasted text names, by their numbers or ids (column `task`, or a list)."""
    if not csv and not pasted:
        return None
    if csv and pasted:
        raise InvalidInput("tasks", "tasks_csv is given as well", "Give one of the two")
    text = (
        pasted if pasted is None or "task" in pasted.lower() else "task\n" + "\n".join(pasted.replace(",", " ").split())
    )
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
