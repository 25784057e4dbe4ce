"""The part of the sandbox that is about representatives' tasks: which there are, whose, and why."""

from collections.abc import Sequence

import pandas as pd

from platforms.sandbox import reading_tasks
from platforms.sandbox.keeping import KeptWorkspace


class TasksOfWorkspace(KeptWorkspace):
    """Tasks behind the port: `platforms.port.Platform`, whose docstrings are the contract."""

    def tasks(
        self, types: Sequence[str] | None = None, statuses: Sequence[str] | None = None, assignee: str | None = None,
        sequence: str | None = None, numbers: Sequence[int] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        with self.work() as work:
            return reading_tasks.tasks(work, types, statuses, assignee, sequence, numbers)

    def assignment(self) -> pd.DataFrame:
        with self.work() as work:
            return reading_tasks.settings(work)
