"""What people are told of: each kind is on its page."""

from pathlib import Path

import pytest

from models.notices import NOTICES, RUN, Notice

PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.name)
def test_each_kind_is_on_the_page_with_its_events(notice: Notice) -> None:
    [row] = [line for line in PAGE.splitlines() if line.startswith(f"| `{notice.name}` |")]
    first, *others = notice.events
    events = [first, *(f".{one.removeprefix(RUN)}" for one in others)]
    assert [] == [event for event in events if f"`{event}`" not in row]
    assert notice.tells_of in row
