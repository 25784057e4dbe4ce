"""What the front page of the report pages is made of, read afresh from the journal at each request."""

from datetime import UTC, datetime
from typing import Any

from journal.database import Journal
from journal.front_page import front_page
from models.errors import HandoffError
from models.settings import Settings
from models.twins import is_twin
from platforms.opening import open_platform


def look(settings: Settings, page: int) -> dict[str, Any]:
    """The document of `journal.front_page`. Raises HandoffError or SQLAlchemyError where the journal cannot be read."""
    return front_page(Journal(settings.journal_url), settings, _now_in, page)


def _now_in(workspace: str) -> datetime | None:
    """The workspace's time; that of a live one is real, and no page waits for its API."""
    if workspace != "sandbox" and not is_twin(workspace):
        return datetime.now(UTC)
    try:
        return open_platform(workspace).glance_at_clock()
    except HandoffError:
        return None
