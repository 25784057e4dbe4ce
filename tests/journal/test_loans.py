"""Settings that are out: taken once, joined by several, given back by the last."""

from datetime import timedelta

import pytest

from journal import loans, operations
from journal.database import Journal
from models.tables.journal import LoanRow
from tests.journal.journals import ON_BOTH, operation
from tests.workspaces import NOW

pytestmark = ON_BOTH
BLOCK = "ruleset:Default:block_reenrollment"
WAS, SET_TO = {"value": 75, "unit": "DAY"}, {"value": 0, "unit": "DAY"}
LATER = NOW + timedelta(hours=3)


@pytest.fixture(autouse=True)
def holders(journal: Journal) -> None:
    for name in ("first", "second"):
        operations.begin(journal, operation(name, subject=f"{name}@send.acme.test"))


def take(journal: Journal, holder: str = "first", *, hours: float = 3, was: object = WAS) -> LoanRow:
    return loans.take(journal, holder, "sandbox", BLOCK, was, SET_TO, NOW, NOW + timedelta(hours=hours))


def close(journal: Journal, number: int, ended: str) -> bool:
    return loans.close(journal, number, lambda loan: ended, NOW) is not None


def state(journal: Journal) -> str:
    return loans.of_operation(journal, "first")[0].state


@pytest.mark.rule("R27")
def test_a_loan_is_taken_once_however_often_it_is_asked_for(journal: Journal) -> None:
    assert take(journal).id == take(journal).id
    (loan,) = loans.open_loans(journal)
    assert (BLOCK, WAS, SET_TO, LATER, "open") == (loan.setting, loan.was, loan.set_to, loan.deadline, loan.state)
    assert [] == loans.open_loans(journal, "unify")


@pytest.mark.rule("R27")
def test_who_joins_keeps_the_first_original_value_and_the_later_deadline(journal: Journal) -> None:
    take(journal)
    joined = take(journal, "second", hours=5, was=SET_TO)
    assert (WAS, NOW + timedelta(hours=5)) == (joined.was, joined.deadline)
    assert {"first", "second"} == {holder.operation_id for holder in loans.holders(journal, joined.id or 0)}


@pytest.mark.rule("R27")
def test_only_the_last_who_lets_go_gives_back(journal: Journal) -> None:
    number = take(journal).id or 0
    take(journal, "second")
    assert not loans.release(journal, number, "first", NOW)
    assert "open" == state(journal)
    assert loans.release(journal, number, "second", NOW)
    assert "returning" == state(journal)
    assert close(journal, number, "returned")
    assert ("returned", []) == (state(journal), loans.open_loans(journal))


def test_a_loan_that_is_being_given_back_and_is_joined_stays_out(journal: Journal) -> None:
    number = take(journal).id or 0
    assert loans.release(journal, number, "first", NOW)
    assert number == take(journal, "second").id
    assert not close(journal, number, "returned")
    assert "open" == state(journal)


def test_who_died_while_giving_back_leaves_it_unclaimed_and_is_asked_again(journal: Journal) -> None:
    number = take(journal).id or 0
    assert loans.release(journal, number, "first", NOW)
    assert ([number], []) == ([loan.id for loan in loans.open_loans(journal)], loans.holders(journal, number))
    assert loans.release(journal, number, "first", NOW)


def test_a_loan_that_is_closed_is_not_given_back_again(journal: Journal) -> None:
    number = take(journal).id or 0
    loans.release(journal, number, "first", NOW)
    close(journal, number, "superseded")
    assert not loans.release(journal, number, "first", NOW)
    assert not close(journal, number, "returned")
    assert "superseded" == state(journal)


def test_after_it_was_given_back_the_setting_can_be_borrowed_anew(journal: Journal) -> None:
    number = take(journal).id or 0
    loans.release(journal, number, "first", NOW)
    close(journal, number, "returned")
    assert number != take(journal).id
    assert ["returned", "open"] == [loan.state for loan in loans.of_operation(journal, "first")]


def test_a_loan_that_is_taken_up_while_it_is_being_given_back_counts_from_then(journal: Journal) -> None:
    number = take(journal).id or 0
    assert loans.release(journal, number, "first", NOW)
    later = NOW + timedelta(hours=1)
    again = loans.take(journal, "first", "sandbox", BLOCK, WAS, SET_TO, later, LATER)
    assert (number, 1, later) == (again.id, again.reopened, again.opened_at)


def test_a_loan_that_cannot_be_given_back_stays_to_be_given_back(journal: Journal) -> None:
    number = take(journal).id or 0
    loans.release(journal, number, "first", NOW)

    def fails(loan: LoanRow) -> str:
        raise ConnectionError(loan.setting)

    with pytest.raises(ConnectionError):
        loans.close(journal, number, fails, NOW)
    assert "returning" == state(journal)


def test_who_holds_a_loan_and_who_has_let_go_are_told_apart(journal: Journal) -> None:
    number = take(journal).id or 0
    take(journal, "second")
    loans.release(journal, number, "first", NOW)
    assert ([], [number]) == (
        [loan.id for loan in loans.held_by(journal, "first")],
        [loan.id for loan in loans.held_by(journal, "second")],
    )
    assert (True, False) == (loans.has_let_go(journal, "first"), loans.has_let_go(journal, "second"))


def test_a_value_can_be_changed_beforehand(journal: Journal) -> None:
    number = take(journal).id or 0
    loans.amend(journal, number, set_to={"value": 5, "unit": "DAY"})
    assert {"value": 5, "unit": "DAY"} == loans.every(journal, [number])[0].set_to


@pytest.mark.parametrize("value", [None, False, 0, {"value": 75, "unit": "DAY"}])
def test_every_kind_of_value_is_kept_as_it_was(journal: Journal, value: object) -> None:
    take(journal, was=value)
    (kept,) = loans.open_loans(journal)
    assert value == kept.was
    assert type(value) is type(kept.was)


def test_a_loan_that_is_out_beyond_its_deadline_is_told_as_overdue(journal: Journal) -> None:
    loan = take(journal, hours=0)
    later = NOW + timedelta(minutes=1)
    assert ["open", "open", "overdue"] == [loans.loan_state(loan, now) for now in (None, NOW, later)]
    loans.release(journal, loan.id or 0, "first", NOW)
    close(journal, loan.id or 0, "returned")
    [closed] = loans.of_operation(journal, "first")
    assert "returned" == loans.loan_state(closed, later)
