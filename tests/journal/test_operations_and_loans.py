"""One live operation a subject; loans are given back by the last who holds them, once."""

from datetime import timedelta

import pandas as pd
import pytest

from journal import changes, loans, operations, outcomes, snapshots
from journal.database import Journal
from models.errors import Refused
from models.tables.journal import LoanRow
from tests.journal.conftest import NOW, begun

SETTING = "ruleset:Default:allow_same_sequence_reenrollment"
LATER = NOW + timedelta(hours=3)


def taken(journal: Journal, operation: str) -> LoanRow:
    return loans.take(journal, operation, "sandbox", SETTING, False, True, NOW, LATER)


def test_a_second_live_operation_on_a_subject_is_refused_and_names_the_first(journal: Journal) -> None:
    begun(journal, "first")
    with pytest.raises(Refused, match="first"):
        begun(journal, "second")
    assert ["first"] == [row.id for row in operations.in_flight(journal)]


def test_a_dry_run_and_another_subject_are_free_to_go(journal: Journal) -> None:
    begun(journal, "first")
    begun(journal, "dry", mode="dry_run")
    begun(journal, "other", subject="bo@send.acme.test")
    assert 3 == len(operations.in_flight(journal))


def test_once_the_first_has_ended_another_may_begin(journal: Journal) -> None:
    begun(journal, "first")
    operations.update(journal, "first", ended_at=NOW, status="completed")
    assert "second" == begun(journal, "second").id


def test_a_change_is_new_once_then_perhaps_made_then_made(journal: Journal) -> None:
    begun(journal, "one")
    states = [changes.intend(journal, "one", "key", "run_play", "run it", NOW).state for _ in range(2)]
    changes.applied(journal, "one", "key", {"play": "P"}, NOW)
    last = changes.intend(journal, "one", "key", "run_play", "run it", NOW)
    assert (["new", "intended"], "applied", {"play": "P"}) == (states, last.state, last.result)


def test_the_second_holder_joins_the_loan_and_keeps_the_first_original_value(journal: Journal) -> None:
    for name, subject in (("one", "a@x.test"), ("two", "b@x.test")):
        begun(journal, name, subject=subject)
    first = taken(journal, "one")
    second = loans.take(journal, "two", "sandbox", SETTING, True, True, NOW, LATER + timedelta(hours=1))
    assert (first.id, False, LATER + timedelta(hours=1)) == (second.id, second.was, second.deadline)


def test_only_the_last_holder_gives_back(journal: Journal) -> None:
    for name, subject in (("one", "a@x.test"), ("two", "b@x.test")):
        begun(journal, name, subject=subject)
        loan = taken(journal, name)
    assert [False, True] == [loans.release(journal, loan.id or 0, name, NOW) for name in ("one", "two")]
    assert loans.close(journal, loan.id or 0, "returned", NOW)
    assert [] == loans.open_loans(journal)


def test_letting_go_twice_is_letting_go_once(journal: Journal) -> None:
    begun(journal, "one")
    loan = taken(journal, "one")
    assert loans.release(journal, loan.id or 0, "one", NOW)
    assert loans.close(journal, loan.id or 0, "returned", NOW)
    assert not loans.release(journal, loan.id or 0, "one", NOW)
    assert not loans.close(journal, loan.id or 0, "returned", NOW)


def test_who_joins_while_a_loan_is_being_given_back_keeps_it_out(journal: Journal) -> None:
    for name, subject in (("one", "a@x.test"), ("two", "b@x.test")):
        begun(journal, name, subject=subject)
    loan = taken(journal, "one")
    assert loans.release(journal, loan.id or 0, "one", NOW)
    assert loan.id == taken(journal, "two").id
    assert not loans.close(journal, loan.id or 0, "returned", NOW)
    assert [("open", ["two"])] == [
        (row.state, [holder.operation_id for holder in loans.holders(journal, row.id or 0)])
        for row in loans.open_loans(journal)
    ]


def test_a_loan_that_could_not_be_given_back_is_unclaimed_and_found(journal: Journal) -> None:
    begun(journal, "one")
    loan = taken(journal, "one")
    assert [] == loans.unclaimed(journal)
    loans.release(journal, loan.id or 0, "one", NOW)
    assert [loan.id] == [row.id for row in loans.unclaimed(journal)]


def test_the_look_from_before_a_change_of_owner_stays(journal: Journal) -> None:
    for owner, who in (("ana", "p1"), ("ana", "p2"), ("bo", "p3")):
        owners = pd.DataFrame([("m@x.test", f"{owner}@x.test")], columns=["mailbox", "owner"])
        numbers = snapshots.take(journal, "sandbox", owners, NOW)
        running = pd.DataFrame([("m@x.test", f"{who}@x.test", "S")], columns=["mailbox", "email", "sequence"])
        snapshots.add_running(journal, numbers, running)
    before = snapshots.before_change(journal, "sandbox", "m@x.test", "bo@x.test")
    assert before is not None
    assert {"p2@x.test"} == snapshots.recorded(journal, before.id or 0)


def test_outcomes_come_back_in_chunks_in_the_order_they_were_written(journal: Journal) -> None:
    begun(journal, "one")
    emails = [f"p{number}@x.test" for number in range(25)]
    outcomes.forecast(journal, "one", pd.DataFrame({"email": emails, "forecast": "enrolled"}))
    outcomes.settle(journal, "one", pd.DataFrame({"email": emails[:5], "outcome": "enrolled"}))
    chunks = list(outcomes.chunks(journal, "one", chunk=10))
    assert [10, 10, 5] == [len(chunk) for chunk in chunks]
    assert emails == list(pd.concat(chunks)["email"])
    assert 20 == outcomes.unsettled(journal, "one")
