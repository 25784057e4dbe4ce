"""A workspace's time, for what looks at all of them again and again."""

from datetime import UTC, datetime

from models.errors import HandoffError
from models.twins import is_twin
from platforms.opening import open_platform


def now_in(workspace: str) -> datetime | None:
    """The workspace's time; that of a live one is real, and nobody waits for its API. None where it is not known."""
    if workspace != "sandbox" and not is_twin(workspace):
        return datetime.now(UTC)
    try:
        return open_platform(workspace).glance_at_clock()
    except HandoffError:
        return None
