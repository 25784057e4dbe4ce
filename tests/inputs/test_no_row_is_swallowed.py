"""One edit at a random place of a file loses no row silently: a contact is read, or its row is refused, or the file."""

import csv
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inputs.contacts_csv import parse_contacts
from inputs.named_columns import read_columns
from models.errors import InvalidInput
from tests.examples import often

WORDS = ["Ann", "Bo, Jr", 'the "big" one', "two\nlines", "", "5", "Zoë", "a; b", "yes", " x"]


def table(chance: random.Random, header: list[str], delimiter: str) -> tuple[str, list[str]]:
    """A file with a column of addresses, as a spreadsheet writes it, and its addresses."""
    place = header.index("email")
    rows, emails = [header], []
    for number in range(chance.randint(2, 8)):
        row = [chance.choice(WORDS) for _ in header]
        row[place] = f"p{number}@x.test"
        emails.append(row[place])
        rows.append(row)
    text = io.StringIO()
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator="\n").writerows(rows)
    return text.getvalue(), emails


def edited(text: str, chance: random.Random, header_ends: int) -> str:
    """One quote put in or one quote, delimiter or line end taken out, anywhere under the header."""
    place = chance.randrange(header_ends, len(text))
    if chance.random() < 0.5:
        return text[:place] + '"' + text[place:]
    places = [at for at in range(header_ends, len(text)) if text[at] in '",;\n'] or [place]
    gone = chance.choice(places)
    return text[:gone] + text[gone + 1 :]


def lost(text: str, emails: list[str]) -> set[str]:
    """Addresses of the original that are on no refused row and on no row of a contact that has no other of them."""
    try:
        file = parse_contacts(text)
    except InvalidInput:
        return set()
    refused = file.rejects["line"].str.cat(sep="\n").replace('"', "")
    contacts = [line.replace('"', "") for line in file.contacts["line"]]
    alone = [found for line in contacts if len(found := [email for email in emails if email in line]) == 1]
    return {email for email in emails if email not in refused} - {email for [email] in alone}


@often(250, thorough=20_000)
@given(st.integers(0, 2**32), st.sampled_from([",", ";"]))
def test_an_edit_loses_no_contact(seed: int, delimiter: str) -> None:
    chance = random.Random(seed)
    header = ["name", "email", "note", "n"][: chance.randint(2, 4)]
    text, emails = table(chance, header, delimiter)
    assert emails == parse_contacts(text).contacts["email"].tolist(), "without an edit all are read"
    wrong = edited(text, chance, text.index("\n") + 1)
    assert set() == lost(wrong, emails), wrong


@often(150, thorough=10_000)
@given(st.integers(0, 2**32))
def test_an_edit_loses_no_decision(seed: int) -> None:
    chance = random.Random(seed)
    text, emails = table(chance, ["email", "decision", "why"], ",")
    original = read_columns(None, text, "approve", ("email", "decision"), ("why",)).rows
    assert emails == original["email"].tolist()
    wrong = edited(text, chance, text.index("\n") + 1)
    try:
        found = read_columns(None, wrong, "approve", ("email", "decision"), ("why",)).rows
    except InvalidInput:
        return
    assert len(emails) <= len(found), wrong


@pytest.mark.parametrize(
    "text",
    ['email,name\na@x.test,"Ann\nb@x.test,Bob"\nc@x.test,Cy\n', 'email;note\nu1@x.test;"5"" disk\nu2@x.test;"; x"\n'],
)
def test_a_quote_that_takes_in_the_next_row_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(InvalidInput, match="quote in row 2 that takes in a later row, it seems; line 3 is "):
        parse_contacts(text)


READERS = {
    "decisions": (("email", "decision"), ("why",), 'email,decision,why\na@x.test,yes,"ok\nb@x.test,no,"\n'),
    "dispositions": (("email", "disposition"), (), 'disposition,email\n"No,a@x.test\nYes",b@x.test\n'),
    "roles": (("role", "user"), (), 'role,user\n"lead,ana@x.test\nrep",bo@x.test\n'),
    "tasks": (("task",), (), 'task,note\nt1,"call\nt2,mail"\n'),
}


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_refuses_it(reader: str) -> None:
    required, optional, text = READERS[reader]
    with pytest.raises(InvalidInput, match="that takes in a later row"):
        read_columns(None, text, "field", required, optional)


@pytest.mark.parametrize("reader", READERS)
def test_every_reader_refuses_a_column_that_is_there_twice(reader: str) -> None:
    required, optional, _ = READERS[reader]
    header = ",".join((*required, required[-1].upper()))
    with pytest.raises(InvalidInput, match=f"more than one column {required[-1]}"):
        read_columns(None, f"{header}\n{'a@x.test,' * len(required)}b\n", "field", required, optional)


def test_two_rows_in_one_line_are_refused() -> None:
    with pytest.raises(InvalidInput, match="two rows in row 2, it seems: 5 cells"):
        parse_contacts("email,name,n\na@x.test,Ann,5b@x.test,Bo,6\n")
