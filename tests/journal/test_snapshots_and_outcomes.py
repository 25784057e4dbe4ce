"""Who ran from a mailbox before a change; and what became of each contact, in chunks."""

from typing import Any

import pandas as pd
import pytest
from sqlalchemy.exc import IntegrityError

from journal import operations, snapshots
from journal.database import Journal
from journal.outcomes import Outcomes
from models.names import NONE, Names
from models.tables.owners import OwnerSnapshotRow
from tests.journal.journals import ON_BOTH, operation
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, OUTBOUND, PIA, QUIN, days_ago


def look(journal: Journal, days: float, owner: str | None, *running: str) -> None:
    owners = pd.DataFrame({"mailbox": [ANAS_MAILBOX, BOS_MAILBOX], "owner": [owner, BO]}, dtype=object)
    numbers = snapshots.begin_look(journal, "sandbox", owners, days_ago(days))
    rows = [(ANAS_MAILBOX, email, OUTBOUND) for email in running]
    snapshots.add_running(journal, numbers, pd.DataFrame(rows, columns=["mailbox", "email", "sequence"]))
    snapshots.finish_look(journal, "sandbox", numbers)


def last_owner(*asked: Any) -> OwnerSnapshotRow | None:
    """The last look while somebody else had a mailbox."""
    change = snapshots.last_change(*asked)
    return change[0] if change else None


@pytest.mark.rule("R1")
@ON_BOTH
def test_the_last_look_while_another_owned_the_mailbox_is_the_record_from_before(journal: Journal) -> None:
    look(journal, 3, ANA, PIA)
    look(journal, 2, ANA, PIA, QUIN)
    look(journal, 1, BO)
    found = last_owner(journal, "sandbox", ANAS_MAILBOX, BO, NOW)
    assert found is not None
    assert (ANA, days_ago(2), 2) == (found.owner, found.taken_at, found.running)
    assert {PIA, QUIN} == snapshots.recorded(journal, found.id or 0)


@pytest.mark.rule("R1")
def test_without_a_change_of_owner_there_is_no_record_from_before(journal: Journal) -> None:
    look(journal, 3, ANA, PIA)
    look(journal, 2, ANA, PIA)
    assert last_owner(journal, "sandbox", ANAS_MAILBOX, ANA, NOW) is None
    assert last_owner(journal, "sandbox", "else@send.acme.test", ANA, NOW) is None
    assert last_owner(journal, "unify", ANAS_MAILBOX, BO, NOW) is None


@pytest.mark.rule("R1")
def test_a_mailbox_without_an_owner_has_a_record_too(journal: Journal) -> None:
    look(journal, 3, None, PIA)
    look(journal, 2, BO)
    found = last_owner(journal, "sandbox", ANAS_MAILBOX, BO, NOW)
    assert found is not None
    assert (None, 1) == (found.owner, found.running)
    assert last_owner(journal, "sandbox", ANAS_MAILBOX, None, NOW) is not None


def contacts(number: int) -> pd.DataFrame:
    forecast = ["enrolled" if at % 3 else "blocked" for at in range(number)]
    return pd.DataFrame(
        {"email": [f"p{at}@x.test" for at in range(number)], "sequence": OUTBOUND, "forecast": forecast}
    )


@pytest.fixture
def ten(journal: Journal) -> Journal:
    operations.begin(journal, operation())
    assert 10 == Outcomes(journal, "first").forecast(contacts(10))
    return journal


def test_contacts_come_back_in_chunks_in_their_order(ten: Journal) -> None:
    assert [4, 4, 2] == [len(chunk) for chunk in Outcomes(ten, "first").chunks(4)]
    assert [f"p{at}@x.test" for at in range(10)] == Outcomes(ten, "first").everything()["email"].tolist()
    assert [4, 2] == [len(chunk) for chunk in Outcomes(ten, "first").chunks(4, forecast="enrolled", outcome=None)]


@ON_BOTH
def test_those_that_were_settled_meanwhile_do_not_disturb_the_next_chunk(ten: Journal) -> None:
    seen = []
    for chunk in Outcomes(ten, "first").chunks(2, forecast="enrolled", outcome=None):
        seen += chunk["email"].tolist()
        Outcomes(ten, "first").record(chunk[["email"]].assign(outcome="enrolled", step=2))
    assert (6, 6, 0) == (len(seen), len(set(seen)), Outcomes(ten, "first").number_open())


@ON_BOTH
def test_outcomes_that_were_not_forecast_are_differences(ten: Journal) -> None:
    told = pd.DataFrame(
        {"email": ["p1@x.test", "p2@x.test"], "outcome": ["blocked", "enrolled"], "reasons": [Names("opted_out"), NONE]}
    )
    Outcomes(ten, "first").record(told)
    expected = {"email": "p1@x.test", "forecast": "enrolled", "outcome": "blocked", "reasons": "opted_out"}
    assert [expected] == Outcomes(ten, "first").differing()
    assert {"blocked": 1, "enrolled": 1, "None": 8} == Outcomes(ten, "first").counts("outcome")
    assert {Names("opted_out"): 1} == Outcomes(ten, "first").reasons("reasons", "outcome")


@ON_BOTH
def test_whatever_a_text_holds_comes_back_as_it_was(journal: Journal) -> None:
    operations.begin(journal, operation())
    texts = ["a\tb", "a\nb\r\n", "\\N", "\\.", "\\", '"', "'", "100%", "%s ?", "", "ø \u2028 \U0001f600"]
    people = [f"{text}@x.test" for text in texts]
    made = pd.DataFrame({"email": people, "forecast": "enrolled", "forecast_reasons": [Names(text) for text in texts]})
    before = pd.DataFrame({"sequence": texts, "mailbox": None})
    Outcomes(journal, "first").forecast(made.assign(sequence=texts, mailbox=None), before)
    [found] = Outcomes(journal, "first").chunks(before=True)
    assert [*zip(people, made["forecast_reasons"], texts, [None] * len(texts), strict=True)] == [
        *found[["email", "forecast_reasons", "sequence", "mailbox"]].itertuples(index=False, name=None)
    ]
    assert [{"sequence": text, "mailbox": None} for text in texts] == found["before"].tolist()


@ON_BOTH
def test_contacts_that_cannot_be_written_down_are_an_error_of_the_journal_and_none_is_written(ten: Journal) -> None:
    again = pd.concat([contacts(12).tail(2), contacts(10)])
    with pytest.raises(IntegrityError) as error:
        Outcomes(ten, "first").forecast(again)
    assert "the journal" in error.value.detail[-1]
    assert 10 == len(Outcomes(ten, "first").everything())


def test_what_was_to_be_enrolled_and_is_open_is_settled_at_once(ten: Journal) -> None:
    Outcomes(ten, "first").record_rest("failed", Names("timed_out"), "too late")
    found = Outcomes(ten, "first").everything().set_index("forecast")
    assert {"failed"} == set(found.loc["enrolled", "outcome"])
    assert found.loc["blocked", "outcome"].isna().all()


def test_a_plan_that_was_cut_short_is_forgotten_and_made_anew(ten: Journal) -> None:
    Outcomes(ten, "first").clear()
    assert Outcomes(ten, "first").everything().empty
    assert 3 == Outcomes(ten, "first").forecast(contacts(3))
    assert 0 == Outcomes(ten, "first").forecast(contacts(0))
