"""Contacts of operations that ended long ago are removed, but for whom a later night, run or undo could ask."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from journal import departed, loans, operations, retention
from journal.counted import came_as_forecast
from journal.database import Journal
from journal.exporting import export
from journal.outcomes import Outcomes
from journal.reading import report_of
from journal.story import events_of
from journal.waiting import operations_with_waiting
from models.names import NONE, Names
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from tests.journal.journals import ON_BOTH, operation
from tests.journal.test_snapshots_and_outcomes import look
from tests.workspaces import ANA, ANAS_MAILBOX, OUTBOUND, PIA, QUIN, RAJ, days_ago

NOW = datetime.now(UTC)
DAYS = timedelta(days=90)
WAITS = Names("recently_enrolled")
Contact = tuple[str, str, Names]


def ended(journal: Journal, name: str, *contacts: Contact, days: float = 100, **own: Any) -> OperationRow:
    """An operation that ended so many days ago, with contacts: who, their outcome, its reasons."""
    defaults = {"status": "completed", "ended_at": days_ago(days), "recorded_at": NOW - timedelta(days=days)}
    operations.begin(journal, operation(name, **(defaults | {"subject": name, "started_at": days_ago(days)} | own)))
    rows = pd.DataFrame(contacts, columns=["email", "outcome", "reasons"]).assign(sequence=OUTBOUND)
    Outcomes(journal, name).forecast(rows.assign(mailbox=ANAS_MAILBOX, forecast="enrolled", forecast_reasons=NONE))
    found = operations.get(journal, name)
    assert found is not None
    return found


def old(journal: Journal) -> list[str]:
    """The operations whose contacts may go."""
    return [row.id for row in retention.kept_long_enough(journal, NOW - DAYS, 100)]


def left(journal: Journal, name: str) -> list[str]:
    """Whose outcomes an operation still has."""
    return Outcomes(journal, name).everything()["email"].tolist()


@ON_BOTH
def test_reports_stories_and_nights_count_contacts_that_were_removed(journal: Journal, tmp_path: Path) -> None:
    row = ended(journal, "old", (PIA, "enrolled", NONE), (QUIN, "blocked", Names("opted_out")))
    look(journal, 1, ANA)
    before, events = report_of(journal, row, {}), list(events_of(journal, row))
    export(journal, "FILE", tmp_path / "story.jsonl")
    exported = (tmp_path / "story.jsonl").read_text()
    assert ["old"] == old(journal)
    assert (2, 0) == (retention.remove(journal, row, NOW), retention.remove(journal, row, NOW))
    after = report_of(journal, row, {})
    assert ([], []) == (left(journal, "old"), old(journal))
    assert after.contacts_removed_at is not None
    assert before.model_copy(update={"differences": (), "contacts_removed_at": after.contacts_removed_at}) == after
    assert {"considered": 2, "enrolled": 1, "blocked": 1} == {name: n for name, n in after.counts.items() if n}
    assert (events, False) == (list(events_of(journal, row)), came_as_forecast(journal, "old"))
    export(journal, "FILE", tmp_path / "story.jsonl")
    assert exported == (tmp_path / "story.jsonl").read_text()


@ON_BOTH
def test_who_waits_and_who_was_taken_out_is_not_forgotten(journal: Journal) -> None:
    moved = ended(journal, "moved", (PIA, "enrolled", NONE), (QUIN, "blocked", NONE), procedure="sequence-move")
    waits = ended(journal, "waits", (RAJ, "blocked", WAITS), (QUIN, "blocked", Names("opted_out")))
    look(journal, 1, ANA, PIA)
    assert ["moved", "waits"] == old(journal)
    assert (1, 1) == (retention.remove(journal, moved, NOW), retention.remove(journal, waits, NOW))
    assert ([PIA], [RAJ]) == (left(journal, "moved"), left(journal, "waits"))
    assert ["waits"] == [row.id for row in operations_with_waiting(journal, "sandbox", ["ownership-change"])]


@ON_BOTH
def test_what_an_undo_could_take_back_is_kept(journal: Journal) -> None:
    ended(journal, "runs", (PIA, "enrolled", NONE))
    ended(journal, "ran", (QUIN, "enrolled", NONE))
    ended(journal, "undone", (PIA, "enrolled", NONE))
    ended(journal, "handed over", (PIA, "reassigned", NONE), procedure="task-reassignment")
    ended(journal, "taken back", procedure="undo", subject="undone", days=1)
    look(journal, 120, "someone@acme.test", QUIN)
    look(journal, 0.5, ANA, PIA)
    assert [] == old(journal)  # a night has to account for who ran then and does no more
    for gone in departed.open_chunks(journal, "sandbox", "a night"):
        departed.forget(journal, gone["id"])
    assert ["ran", "undone"] == sorted(old(journal))


def test_what_did_not_come_to_its_end_is_kept(journal: Journal) -> None:
    ended(journal, "failed", status="failed")
    ended(journal, "cancelled", status="cancelled")
    ended(journal, "under way", status="running", ended_at=None)
    ended(journal, "new", days=3)
    ended(journal, "whole", ended_at=None, status="running")
    ended(journal, "part", started_by="whole", started_from="part")
    ended(journal, "being undone")
    ended(journal, "undo", procedure="undo", subject="being undone", ended_at=None, status="running")
    ended(journal, "dry run", (PIA, "blocked", WAITS), mode="dry_run", status="planned")
    look(journal, 1, ANA)
    assert ["dry run"] == old(journal)


def test_what_a_look_or_a_night_may_still_ask_for_is_kept(journal: Journal) -> None:
    ended(journal, "first")
    assert [] == old(journal)  # nobody looked since
    look(journal, 99, ANA)
    ended(journal, "since the look", days=98)
    assert ["first"] == old(journal)
    look(journal, 1, ANA)
    assert ["first", "since the look"] == old(journal)
    gone = pd.DataFrame({"email": [PIA], "sequence": [OUTBOUND], "mailbox": [ANAS_MAILBOX], "seen_at": [days_ago(99)]})
    departed.add(journal, "sandbox", gone)
    assert ["first"] == old(journal)


@pytest.mark.parametrize("released", [False, True])
def test_what_a_loan_that_is_out_hangs_on_is_kept(journal: Journal, released: bool) -> None:
    ended(journal, "borrower")
    look(journal, 1, ANA)
    key = SettingKey.exclusion("Customers")
    taken = loans.take(journal, "borrower", "sandbox", key, True, False, days_ago(100), days_ago(99))
    if released:
        loans.release(journal, taken.id or 0, "borrower", days_ago(98))
    assert [] == old(journal)
    loans.release(journal, taken.id or 0, "borrower", days_ago(98))
    loans.close(journal, taken.id or 0, lambda _: "returned", days_ago(98))
    assert ["borrower"] == old(journal)
