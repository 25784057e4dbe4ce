"""The part of the sandbox that is about representatives' tasks: which there are, whose, and why."""

from collections.abc import Sequence

import pandas as pd

from platforms.sandbox.behaviour.reassigning import reassign_tasks
from platforms.sandbox.keeping import KeptWorkspace
from platforms.sandbox.reading import tasks as reading_tasks


class TasksOfWorkspace(KeptWorkspace):
    """Tasks behind the port: `platforms.port.Platform`, whose docstrings are the contract."""

    def tasks(
        self, types: Sequence[str] | None = None, statuses: Sequence[str] | None = None, assignee: str | None = None,
        sequence: str | None = None, numbers: Sequence[int | str] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        with self.work() as work:
            return reading_tasks.tasks(work, types, statuses, assignee, sequence, numbers)

    def reassign_tasks(self, tasks: pd.DataFrame, assignee: str) -> pd.DataFrame:
        with self.work() as work:
            return reassign_tasks(work, tasks["task"].astype("int64").tolist(), assignee)

    def task_routes(self, tasks: Sequence[int | str] | None = None, sequence: str | None = None) -> pd.DataFrame:
        with self.work() as work:
            return reading_tasks.routes(work, tasks, sequence)

    def assignment(self) -> pd.DataFrame:
        with self.work() as work:
            return reading_tasks.settings(work)
