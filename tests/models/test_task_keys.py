"""What a task is named by, on either platform."""

import pandas as pd
import pytest

from models.changes import ReassignTask
from models.task_keys import TASK_KEY, task_key

UUID = "0a000000-0000-4000-8000-00000000000b"


def test_a_task_is_named_by_its_number_or_by_its_uuid() -> None:
    assert [7, UUID] == [task_key(text) for text in ("7", f" {UUID.upper()} ")]
    assert [True, True, False, False] == pd.Series(["7", UUID, f"7{UUID}", f"{UUID}7"]).str.fullmatch(TASK_KEY).tolist()
    assert [7, UUID] == [
        str(change.task) if index else change.task
        for index, change in enumerate(ReassignTask(task=key, assignee="bo@acme.test") for key in ("7", UUID))
    ]


@pytest.mark.parametrize("text", ["", "seven", "7.0", "-7", UUID[:-1], "7" * 19])
def test_anything_else_names_none(text: str) -> None:
    with pytest.raises(ValueError, match="names no task"):
        task_key(text)
