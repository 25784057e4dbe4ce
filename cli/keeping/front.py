"""What the front page of the report pages is made of, read afresh from the journal at each request."""

from typing import Any

from cli.keeping.workspace_time import now_in
from journal.database import Journal
from journal.front_page import front_page
from models.settings import Settings


def look(settings: Settings, page: int) -> dict[str, Any]:
    """The document of `journal.front_page`. Raises HandoffError or SQLAlchemyError where the journal cannot be read."""
    return front_page(Journal(settings.journal_url), settings, now_in, page)
