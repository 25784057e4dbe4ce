"""What a live operation is told of its rehearsal: the last one of the same, and who came to another end."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from journal import operations
from journal.database import Journal
from journal.outcomes import Outcomes
from journal.rehearsals import rehearsal_of
from models.names import Names
from models.names_in_frames import known_names
from models.report import Rehearsal, RehearsedContact
from models.twins import twin_of
from tests.journal.journals import ON_BOTH, operation
from tests.workspaces import NOW, PIA, QUIN, RAJ, SUE

FIRST = datetime.now(UTC)


def ended(journal: Journal, name: str, at: int, ends: list[tuple[str, str, str]], **own: Any) -> None:
    """An operation that ended with these outcomes: of whom, which, of which row of theirs."""
    defaults = {
        "workspace": "unify",
        "status": "completed",
        "ended_at": NOW,
        "recorded_at": FIRST + timedelta(minutes=at),
        "parameters": {"mailbox": "ana", "workspace": own.get("workspace", "unify"), "dry_run": False},
    }
    operations.begin(journal, operation(name, **(defaults | own)))
    rows = pd.DataFrame(ends, columns=["email", "outcome", "item"])
    reasons = known_names(rows["outcome"].map({"blocked": Names("opted_out")}))
    Outcomes(journal, name).forecast(rows.assign(forecast="enrolled", reasons=reasons))


def told(journal: Journal, name: str) -> Rehearsal | None:
    row = operations.get(journal, name)
    assert row is not None
    return rehearsal_of(journal, row)


@ON_BOTH
def test_the_last_rehearsal_of_the_same_is_held_against_what_came_of_it(journal: Journal) -> None:
    twin = {"workspace": twin_of("unify")}
    ended(journal, "older", 1, [(PIA, "failed", "")], **twin)
    ended(journal, "rehearsed", 2, [(PIA, "enrolled", ""), (QUIN, "enrolled", ""), (RAJ, "enrolled", "")], **twin)
    ended(journal, "gave up", 3, [(PIA, "failed", "")], status="cancelled", **twin)
    ended(journal, "another", 4, [(PIA, "failed", "")], parameters={"mailbox": "bo"}, **twin)
    ended(journal, "elsewhere", 5, [(PIA, "failed", "")], workspace=twin_of("emea"))
    ended(journal, "live", 6, [(PIA, "enrolled", ""), (QUIN, "blocked", ""), (SUE, "enrolled", "")])
    ended(journal, "later", 7, [(PIA, "failed", "")], **twin)
    expected = Rehearsal(
        operation_id="rehearsed",
        ended_at=NOW,
        differing=3,
        counts={"enrolled": {"rehearsed": 3, "outcome": 2}, "blocked": {"rehearsed": 0, "outcome": 1}},
        contacts=(
            RehearsedContact(email=QUIN, rehearsed="enrolled", outcome="blocked", reasons="opted_out"),
            RehearsedContact(email=RAJ, rehearsed="enrolled", outcome=""),
            RehearsedContact(email=SUE, rehearsed="", outcome="enrolled"),
        ),
    )
    assert expected == told(journal, "live")
    assert told(journal, "rehearsed") is None


def test_rows_of_one_contact_are_matched_whatever_their_ids_are_on_a_twin(journal: Journal) -> None:
    ended(journal, "rehearsed", 1, [(PIA, "reassigned", "1"), (PIA, "blocked", "2")], workspace=twin_of("unify"))
    ended(journal, "live", 2, [(PIA, "blocked", "uuid-a"), (PIA, "reassigned", "uuid-b")])
    found = told(journal, "live")
    assert found is not None
    assert (0, ()) == (found.differing, found.contacts)


def test_what_was_never_rehearsed_tells_of_no_rehearsal(journal: Journal) -> None:
    ended(journal, "live", 1, [(PIA, "enrolled", "")])
    assert told(journal, "live") is None


@pytest.mark.parametrize("status", ["failed", "cancelled", "running"])
def test_what_did_not_come_to_its_end_is_held_against_nothing(journal: Journal, status: str) -> None:
    ended(journal, "rehearsed", 1, [(PIA, "enrolled", "")], workspace=twin_of("unify"))
    ended(journal, "live", 2, [(PIA, "enrolled", "")], status=status)
    assert told(journal, "live") is None
