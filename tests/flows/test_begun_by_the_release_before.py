"""Operations that an earlier release began go on with this one, and nothing that was done is done again.

`tests/homes/NUMBER` is a home as that release left it, journal at that migration: the databases as SQL and the
operations' files, kept when `handoff up` was ended while one run waited with its settings out, one stood at its form,
and one waited under an exclusion that it had turned off. A change of the journal, of tasks' names, of what a plan or a
wait keeps, or of a flow's parameters that strands them fails here: let the journal's migration carry them over, do not
change the files.
"""

import shutil
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from journal import loans, operations
from journal.database import HEAD
from journal.story import events_of
from models.report import Report
from models.tables.journal import OperationRow
from tests.flows.house import House, check_report
from tests.workspaces import NURTURE, OUTBOUND

HOMES = Path(__file__).parents[1] / "homes"
WAITING, ASKING, LIFTED = "20261129-195141-ceb6", "20261129-195208-7664", "20261129-195240-a093"
FELL_OUT = [f"p{number}@x.test" for number in range(6)]
MATCHED = [f"c{number}@big.test" for number in range(4)]
CHURNED = [f"d{number}@x.test" for number in range(3)]


@pytest.fixture(params=sorted(path.name for path in HOMES.iterdir()))
def old(request: pytest.FixtureRequest, house: House) -> House:
    """The home of an earlier release."""
    (house.home / "journal.db").unlink()
    shutil.copytree(HOMES / request.param, house.home, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.sql"))
    for kept in (HOMES / request.param).glob("*.sql"):
        database = sqlite3.connect(house.home / f"{kept.stem}.db")
        database.executescript(kept.read_text(encoding="utf-8").replace("HOME", str(house.home)))
        database.close()
    return house


def go_on(house: House, operation_id: str, **answered: Any) -> Report:
    """As `handoff resume` does where no server runs."""
    row = row_of(house, operation_id)
    own = {"workspace": row.workspace, "operation": row.id}
    return house.carry_out(row.procedure, **(dict(row.parameters or {}) | own | answered))


def row_of(house: House, operation_id: str) -> OperationRow:
    row = operations.get(house.journal, operation_id)
    assert row is not None
    return row


def begun(house: House, sequence: str, people: list[str]) -> Counter[str]:
    """How many enrollments in a sequence each of these has or had."""
    rows = house.sandbox.workspace_record().enrollments
    return Counter(row.person for row in rows if row.sequence == sequence and row.person in people)


def test_one_that_waits_enrolls_everybody_and_gives_its_settings_back(old: House) -> None:
    copies = [play["name"] for play in old.sandbox.dump()["plays"]]
    report = go_on(old, WAITING)
    assert ("completed", 6) == (report.status, report.counts["enrolled"])
    check_report(report)
    assert dict.fromkeys(FELL_OUT, 2) == begun(old, OUTBOUND, FELL_OUT)  # the one that was cancelled, and one more
    assert copies == [play["name"] for play in old.sandbox.dump()["plays"]]  # what was duplicated before is used
    [ruleset], _ = old.settings()
    assert (False, 75) == (ruleset["allow_same_sequence_reenrollment"], ruleset["block_reenrollment"]["value"])


def test_one_that_stands_at_its_form_takes_the_answer(old: House) -> None:
    report = go_on(old, ASKING, approve="all")
    assert ("completed", 4) == (report.status, report.counts["enrolled"])
    check_report(report)
    assert dict.fromkeys(MATCHED, 1) == begun(old, OUTBOUND, MATCHED)
    assert is_on(old, "Customers")


def test_one_whose_exclusion_is_off_enrolls_whom_it_was_turned_off_for(old: House) -> None:
    assert not is_on(old, "Churned")
    report = go_on(old, LIFTED)
    assert ("completed", 3) == (report.status, report.counts["enrolled"])
    check_report(report)
    assert dict.fromkeys(CHURNED, 1) == begun(old, NURTURE, CHURNED)
    assert is_on(old, "Churned")


def test_what_is_out_is_named_and_goes_back_where_nobody_goes_on(old: House) -> None:
    from tasks.cancelling import cancel_operation

    assert [WAITING, WAITING, LIFTED, LIFTED] == [
        holder.operation_id
        for loan in loans.open_loans(old.journal)
        for holder in loans.holders(old.journal, loan.id or 0)
    ]
    states = cancel_operation(WAITING).loans | cancel_operation(LIFTED).loans
    assert {"returned"} == set(states.values())
    assert 4 == len(states)
    assert [] == loans.open_loans(old.journal)
    assert {"cancelled"} == {row_of(old, one).status for one in (WAITING, LIFTED)}


def test_its_story_is_told_as_far_as_it_was_kept(old: House) -> None:
    told = [event.document() for event in events_of(old.journal, row_of(old, WAITING))]
    assert ("begun", None, None) == (told[0]["what"], told[0]["who"], told[0]["after"]["from"])
    assert {"planned", "approved", "borrowed", "waited"} <= {event["what"] for event in told}
    [approved] = [event for event in told if event["what"] == "approved"]
    assert ("whoever started the run", None) == (approved["who"], approved["after"]["shown"])


def test_the_homes_are_of_migrations_that_there_were() -> None:
    assert [] == [path.name for path in HOMES.iterdir() if path.name > HEAD]


def is_on(house: House, exclusion: str) -> bool:
    """Whether an exclusion keeps people out, everywhere and by the ruleset."""
    [ruleset], exclusions = house.settings()
    everywhere = next(one["exclude_from_sequences"] for one in exclusions if one["name"] == exclusion)
    return bool(everywhere and ruleset["exclusions"][exclusion])
