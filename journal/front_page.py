"""What the front page of the report pages shows: all that `handoff status` does, and the operations page by page."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import col, func, select

from journal.database import Journal
from journal.operations import WHOLE
from journal.overview import overview, summary
from models.outcomes import NIGHT
from models.parts import PART
from models.settings import Settings
from models.tables.journal import OperationRow
from models.up_file import up_in

ON_A_PAGE = 50
LOOKED_BACK = 500  # of the newest operations: what ended before those and nobody looked after is in the pages
LEFT = ("needs_attention", "failed")
# Without the plan and what else may be large: a page of rows is read in milliseconds.
_LINE = (
    OperationRow.id,
    OperationRow.procedure,
    OperationRow.subject,
    OperationRow.workspace,
    OperationRow.mode,
    OperationRow.status,
    OperationRow.started_at,
    OperationRow.ended_at,
    OperationRow.recorded_at,
)


def front_page(
    journal: Journal, settings: Settings, now_in: Callable[[str], datetime | None], page: int
) -> dict[str, Any]:
    """The overview, and besides: `page` of `pages` (from 1) with `total` operations, newest first; `night`, the last
    one; `left`, what ended with something left to do and was not run again since; `ui_url`, Prefect's address."""
    up = up_in(settings.home_folder)
    with journal.session() as session:
        total = session.exec(select(func.count(col(OperationRow.id))).where(WHOLE)).one()
    pages = max((total + ON_A_PAGE - 1) // ON_A_PAGE, 1)
    page = min(max(page, 1), pages)
    return overview(journal, settings, now_in) | {
        "page": page,
        "pages": pages,
        "total": total,
        "past": _lines(journal, ON_A_PAGE, (page - 1) * ON_A_PAGE),
        "night": next(iter(_lines(journal, 1, procedure=NIGHT)), None),
        "left": _left(journal),
        "ui_url": up.ui_url if up is not None else None,
    }


def _lines(journal: Journal, limit: int, offset: int = 0, procedure: str | None = None) -> list[dict[str, Any]]:
    """Operations in a line each, newest first: ids are sorted by when they were begun, and have an index."""
    query = select(*_LINE).where(WHOLE)  # type: ignore[call-overload]  # select() is typed for four columns
    query = query.order_by(col(OperationRow.id).desc()).limit(limit).offset(offset)
    if procedure is not None:
        query = query.where(OperationRow.procedure == procedure)
    with journal.session() as session:
        return [summary(row) for row in session.exec(query)]


def _left(journal: Journal) -> list[dict[str, Any]]:
    """The live operations that left something to a person, the last one of its subject only, each with its `next`. What
    a part leaves stands with the whole."""
    query = (
        select(*_LINE, OperationRow.next, OperationRow.started_from)  # type: ignore[call-overload]  # likewise
        .where(OperationRow.mode == "live")
        .order_by(col(OperationRow.id).desc())
        .limit(LOOKED_BACK)
    )
    last: dict[tuple[str, str, str], Any] = {}
    with journal.session() as session:
        for row in session.exec(query):
            last.setdefault((row.workspace, row.procedure, row.subject), row)
    return [
        summary(row) | {"next": list(row.next or ())}
        for row in last.values()
        if row.status in LEFT and row.ended_at is not None and row.started_from != PART
    ]
