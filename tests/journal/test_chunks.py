"""Chunks part the contacts of an operation, and one process at a time carries each."""

from datetime import UTC, datetime, timedelta

import pandas as pd

from journal import chunks, operations
from journal.chunks import Chunks
from journal.database import Journal
from journal.outcomes import COLUMNS, Outcomes
from models.names import Names
from tests.journal.journals import ON_BOTH, operation
from tests.workspaces import NURTURE, OUTBOUND

PEOPLE = [f"p{at}@x.test" for at in range(7)]
ME, ANOTHER = "here/1/2/x", "there/3/4/y"
SOON = datetime.now(UTC) + timedelta(minutes=3)


def parted(journal: Journal, into: int = 3) -> Chunks:
    """Seven contacts to be enrolled directly, among others, in chunks."""
    operations.begin(journal, operation("first"))
    rows = pd.DataFrame({"email": PEOPLE, "sequence": OUTBOUND, "play": None, "forecast": "enrolled"})
    others = [
        {"email": "blocked@x.test", "forecast": "blocked", "sequence": OUTBOUND},
        {"email": "elsewhere@x.test", "forecast": "enrolled", "sequence": NURTURE},
        {"email": "by-a-play@x.test", "forecast": "enrolled", "sequence": OUTBOUND, "play": "Play"},
    ]
    written = pd.concat([rows.head(4), pd.DataFrame(others), rows.tail(3)], ignore_index=True)
    Outcomes(journal, "first").forecast(written.assign(forecast_reasons=[Names()] * len(written)))
    made = Chunks(journal, "first")
    made.cut(OUTBOUND, 1, into)
    return made


@ON_BOTH
def test_each_contact_is_in_one_chunk_and_nobody_else_is(journal: Journal) -> None:
    made = parted(journal)
    found = [made.next_contacts(chunk, 10) for chunk in made.of(OUTBOUND, 1)]
    assert [3, 2, 2] == [len(contacts) for contacts in found] == [chunk.contacts for chunk in made.of(OUTBOUND, 1)]
    assert PEOPLE == [email for contacts in found for email in contacts["email"]]
    assert {"id", *COLUMNS} == set(found[0].columns)
    assert [] == made.of(NURTURE, 1) == made.of(OUTBOUND, 2)


@ON_BOTH
def test_contacts_are_parted_once_and_those_with_an_outcome_are_left_out(journal: Journal) -> None:
    made = parted(journal)
    before = [chunk.first_id for chunk in made.of(OUTBOUND, 1)]
    Outcomes(journal, "first").record(pd.DataFrame({"email": PEOPLE[:2], "outcome": "enrolled"}))
    assert before == [chunk.first_id for chunk in made.cut(OUTBOUND, 1, 5)]
    assert [PEOPLE[2]] == made.next_contacts(made.of(OUTBOUND, 1)[0], 10)["email"].tolist()
    assert [PEOPLE[3]] == made.next_contacts(made.of(OUTBOUND, 1)[1], 1)["email"].tolist()


@ON_BOTH
def test_of_two_processes_one_takes_a_chunk(journal: Journal) -> None:
    seen = parted(journal, 1).of(OUTBOUND, 1)[0]
    taken = chunks.take(journal, seen, ME, SOON)
    assert taken is not None and ME == taken.carrier
    assert chunks.take(journal, seen, ANOTHER, SOON) is None
    assert chunks.note_start(journal, seen) is None
    assert chunks.is_carried_by(journal, taken.id or 0, ME)
    assert not chunks.promise_life(journal, taken.id or 0, ANOTHER, SOON)
    assert not chunks.put_down(journal, taken.id or 0, ANOTHER, ended=True)


@ON_BOTH
def test_a_chunk_that_has_ended_is_taken_by_nobody_and_one_that_was_lost_is(journal: Journal) -> None:
    made = parted(journal, 2)
    first, second = made.of(OUTBOUND, 1)
    taken = chunks.take(journal, first, ME, SOON)
    assert taken is not None
    assert chunks.put_down(journal, taken.id or 0, ME, ended=True)
    assert chunks.take(journal, made.of(OUTBOUND, 1)[0], ANOTHER, SOON) is None
    lost = chunks.take(journal, second, ME, SOON)
    assert lost is not None
    begun = chunks.note_start(journal, lost)
    assert begun is not None and (1, None) == (begun.starts, begun.carrier)
    assert chunks.take(journal, begun, ANOTHER, SOON) is not None


@ON_BOTH
def test_nobody_carries_a_chunk_once_its_operation_was_ended(journal: Journal) -> None:
    made = parted(journal, 2)
    taken = chunks.take(journal, made.of(OUTBOUND, 1)[0], ME, SOON)
    assert taken is not None
    assert 2 == len(made.revoke())
    assert not chunks.is_carried_by(journal, taken.id or 0, ME)
    assert not chunks.promise_life(journal, taken.id or 0, ME, SOON)
    assert 2 == len(made.open())
