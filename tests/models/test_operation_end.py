"""One meaning of ended, for an operation's row and for its report."""

from datetime import datetime

import pytest

from models.operation_end import came_to_its_end, can_go_on, has_ended, is_left_to_a_person
from tests.journal.journals import operation
from tests.workspaces import NOW

CASES: list[tuple[str, datetime | None, set[str]]] = [
    ("running", None, {"can go on"}),
    ("waiting", None, {"can go on"}),
    ("needs_attention", None, {"can go on", "left to a person"}),
    ("needs_attention", NOW, {"ended", "to its end"}),
    ("completed", NOW, {"ended", "to its end"}),
    ("planned", NOW, {"ended", "to its end"}),
    ("failed", NOW, {"ended", "can go on"}),
    ("cancelled", NOW, {"ended"}),
]


@pytest.mark.parametrize(("status", "ended_at", "holds"), CASES)
def test_an_operation_has_ended_when_its_end_is_written_down_whatever_its_status_says(
    status: str, ended_at: datetime | None, holds: set[str]
) -> None:
    row = operation(status=status, ended_at=ended_at)
    answers = {
        "ended": has_ended(row),
        "to its end": came_to_its_end(row),
        "can go on": can_go_on(row),
        "left to a person": is_left_to_a_person(row),
    }
    assert holds == {name for name, holds in answers.items() if holds}
