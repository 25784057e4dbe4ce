"""Which workspaces somebody has to sweep, when that was done last, and whether it is late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from journal import loans, operations, sweeps
from journal.database import Journal
from models.tables.journal import OperationRow
from models.watch_file import Deployed
from tests.journal.journals import ON_BOTH

NOW = datetime.now(UTC).replace(microsecond=0)
LONG_AGO = NOW - timedelta(days=3)
EVERY_FIVE = Deployed(workspace="sandbox", sweep="*/5 * * * *", night=None, timezone="UTC", since=LONG_AGO)
RESTARTED = EVERY_FIVE.model_copy(update={"since": NOW})
ENDED = EVERY_FIVE.model_copy(update={"ended": NOW - timedelta(hours=2)})
OFF = EVERY_FIVE.model_copy(update={"sweep": None})


def minutes_ago(minutes: int) -> datetime:
    return NOW - timedelta(minutes=minutes)


def lend(journal: Journal, workspace: str, minutes: int) -> None:
    """A loan that is out in a workspace since so many minutes."""
    operations.begin(
        journal,
        OperationRow(
            id=workspace,
            procedure="ownership-change",
            workspace=workspace,
            subject="x",
            mode="live",
            next=[],
            folder="",
            started_at=NOW,
            recorded_at=NOW,
        ),
    )
    row = loans.take(journal, workspace, workspace, "ruleset:Default:block_reenrollment", 1, 0, NOW, NOW)
    loans.amend(journal, row.id or 0, recorded_at=minutes_ago(minutes))


def seen(journal: Journal, deployed: Deployed | None) -> dict[str, Any]:
    return {row["workspace"]: row["late"] for row in sweeps.overview(journal, deployed, NOW)}


@ON_BOTH
def test_the_last_end_is_kept_for_each_workspace_and_never_goes_back(journal: Journal) -> None:
    for workspace, minutes in (("sandbox", 10), ("emea", 7), ("sandbox", 5), ("sandbox", 9)):
        sweeps.ended(journal, workspace, minutes_ago(minutes))
    assert {"sandbox": minutes_ago(5), "emea": minutes_ago(7)} == sweeps.last_ends(journal)


def test_a_workspace_is_listed_for_its_schedule_or_for_an_open_loan(journal: Journal) -> None:
    assert [] == sweeps.overview(journal, None, NOW)
    sweeps.ended(journal, "gone", NOW)
    lend(journal, "emea", 1)
    assert ["emea", "sandbox"] == list(seen(journal, EVERY_FIVE))
    assert ["emea"] == list(seen(journal, ENDED))
    [emea, _] = sweeps.overview(journal, EVERY_FIVE, NOW)
    assert {"workspace": "emea", "last_ended_at": None, "late": False} == emea


@pytest.mark.parametrize(
    ("deployed", "last", "late"),
    [
        pytest.param(EVERY_FIVE, 3, False, id="it came"),
        pytest.param(EVERY_FIVE, 30, True, id="it came no more: handoff up was killed"),
        pytest.param(EVERY_FIVE, None, True, id="it never came"),
        pytest.param(RESTARTED, 4000, False, id="handoff up has only just started again"),
    ],
)
def test_the_schedules_own_workspace_is_swept_whether_anything_is_on_loan_or_not(
    journal: Journal, deployed: Deployed, last: int | None, late: bool
) -> None:
    if last is not None:
        sweeps.ended(journal, "sandbox", minutes_ago(last))
    assert {"sandbox": late} == seen(journal, deployed)


@pytest.mark.parametrize(
    ("deployed", "lent", "last", "late"),
    [
        pytest.param(None, 600, None, None, id="nothing was ever to come by itself"),
        pytest.param(None, 600, 500, None, id="only by hand"),
        pytest.param(OFF, 600, None, None, id="sweeps are off"),
        pytest.param(EVERY_FIVE, 3, 4000, False, id="lent a moment ago, swept for an earlier loan"),
        pytest.param(EVERY_FIVE, 30, 4000, True, id="lent long ago"),
        pytest.param(EVERY_FIVE, 30, 4, False, id="lent long ago and swept since"),
        pytest.param(ENDED, 30, 500, True, id="handoff up was ended, and nobody sweeps"),
        pytest.param(ENDED, 30, 90, None, id="cron sweeps since, at times of its own"),
    ],
)
def test_another_workspace_is_swept_for_the_sake_of_its_loans(
    journal: Journal, deployed: Deployed | None, lent: int, last: int | None, late: bool | None
) -> None:
    lend(journal, "emea", lent)
    if last is not None:
        sweeps.ended(journal, "emea", minutes_ago(last))
    assert late is seen(journal, deployed)["emea"]
