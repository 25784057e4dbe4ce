"""When each workspace was looked after last: a sweep that finds nothing to do leaves no operation, only this."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from journal import loans
from journal.database import Journal
from models.rules.sweeping import is_late
from models.schedule import Schedule
from models.tables.journal import SweepRow
from models.watch_file import Deployed

EACH_DAY = timedelta(days=1)


def ended(journal: Journal, workspace: str, now: datetime | None = None) -> None:
    """Write down that a sweep of a workspace came to its end, our time; a later end stays."""
    now = now or datetime.now(UTC)
    try:
        _write(journal, workspace, now)
    except IntegrityError:  # the first two of a workspace ended at the same moment
        _write(journal, workspace, now)


def may_remove(journal: Journal, workspace: str, now: datetime) -> bool:
    """Whether no sweep of a workspace has removed what was kept long enough for a day."""
    with journal.session() as session:
        row = session.get(SweepRow, workspace)
        return row is None or row.removed_at is None or row.removed_at <= now - EACH_DAY


def removed(journal: Journal, workspace: str, now: datetime) -> None:
    """Write down that a sweep of a workspace has removed what was kept long enough, our time."""
    with journal.session() as session:
        row = session.get(SweepRow, workspace) or SweepRow(workspace=workspace, last_ended_at=now)
        row.removed_at = now
        session.add(row)


def _write(journal: Journal, workspace: str, now: datetime) -> None:
    with journal.session() as session:
        row = session.get(SweepRow, workspace) or SweepRow(workspace=workspace, last_ended_at=now)
        row.last_ended_at = max(row.last_ended_at, now)
        session.add(row)


def last_ends(journal: Journal) -> dict[str, datetime]:
    """When the last sweep of each workspace ended."""
    with journal.session() as session:
        return {row.workspace: row.last_ended_at for row in session.exec(select(SweepRow))}


def overview(journal: Journal, deployed: Deployed | None, now: datetime) -> list[dict[str, Any]]:
    """Each workspace with an open loan or a schedule: when its last sweep ended, and whether one is late."""
    opened: dict[str, datetime] = {}
    for loan in loans.open_loans(journal):
        opened[loan.workspace] = min(loan.recorded_at, opened.get(loan.workspace, loan.recorded_at))
    scheduled = (
        {deployed.workspace}
        if deployed is not None and deployed.sweep is not None and deployed.ended is None
        else set()
    )
    ends = last_ends(journal)
    return [
        {
            "workspace": workspace,
            "last_ended_at": ends.get(workspace),
            "late": _late(deployed, ends.get(workspace), None if workspace in scheduled else opened[workspace], now),
        }
        for workspace in sorted(scheduled | set(opened))
    ]


def _late(deployed: Deployed | None, last: datetime | None, since: datetime | None, now: datetime) -> bool | None:
    """Whether a sweep is late; None where none was ever to come by itself, or where somebody else sweeps by now.

    `since` is when a loan was opened for whose sake a workspace is swept that has no schedule of its own.
    """
    if (
        deployed is None
        or deployed.sweep is None
        or (deployed.ended is not None and last is not None and last > deployed.ended)
    ):
        return None
    begin = max(filter(None, (deployed.since, last, since)))
    return is_late(Schedule(deployed.sweep), begin, now)
