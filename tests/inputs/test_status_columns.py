"""Columns that say of a contact that it opted out, bounced or replied, as two dozen tools spell them."""

import pytest

from inputs.contacts_csv import ContactsFile, parse_contacts
from inputs.status_columns import HEADERS, STATUSES

PIA, BO, CY = "pia@x.test", "bo@x.test", "cy@x.test"


def stated(header: str, cell: str) -> dict[str, frozenset[str]]:
    """What a file with this column says of Bo."""
    return parse_contacts(f'Email,"{header}"\n{PIA},\n{BO},"{cell}"\n').stated


FLAGS = [(code, header) for _, code, kind, headers in HEADERS for header in headers if kind == "flag"]
STATES = [header for _, _, kind, headers in HEADERS for header in headers if kind == "status"]


@pytest.mark.parametrize(("code", "header"), FLAGS)
@pytest.mark.parametrize("cell", ["1", "Yes", "TRUE", "x", "2026-10-01 09:00", "Consent form", "Do Not Allow"])
def test_a_flag_is_raised_by_anything_but_a_no(code: str, header: str, cell: str) -> None:
    assert {BO: {code}} == stated(header, cell)


@pytest.mark.parametrize("header", sorted({header for _, header in FLAGS}))
@pytest.mark.parametrize("cell", ["0", "No", "false", "", " ", "-", "n/a", "Allow", "0.0", "None"])
def test_a_no_and_an_empty_cell_raise_no_flag(header: str, cell: str) -> None:
    assert {} == stated(header, cell)


@pytest.mark.parametrize("header", [*STATES, "Campaign status", "Person - Lifecycle stage"])
def test_a_status_says_so_by_its_value(header: str) -> None:
    for code, values in STATUSES.items():
        for value in values:
            assert {BO: {code}} == stated(header, value.upper().replace(" ", "_"))


@pytest.mark.parametrize("value", ["subscribed", "Verified", "paused", "not unsubscribed", "NSW", "finished", "Cold"])
def test_any_other_status_says_nothing(value: str) -> None:
    assert {} == stated("Status", value)


@pytest.mark.parametrize(
    "header",
    [
        "Opt-out",
        "E-mail opt out date",
        "Lead: Opted Out",
        "unsubscribed_at",
        "Contact - Do Not Email",
        "DO NOT MAIL",
        "isUnsubscribed",
        "Opted out of marketing",
        "On blocklist",
    ],
)
def test_headers_of_other_tools_are_known_by_their_words(header: str) -> None:
    assert {BO: {"opted_out"}} == stated(header, "true")


@pytest.mark.parametrize(
    "header",
    [
        "Unsubscribe link",
        "SMS opt out",
        "Phone: Do Not Contact",
        "Do not allow Phone Calls",
        "Bounce rate",
        "Reply-To",
        "Opt-out page URL",
        "Last contacted",
        "Optimizely",
        "Soft bounces",
    ],
)
def test_what_speaks_of_another_channel_or_of_something_else_says_nothing(header: str) -> None:
    assert {} == stated(header, "true")


@pytest.mark.parametrize("cell", [f"{BO}", f"{BO}; old@x.test", f"{CY}, {BO}"])
def test_a_list_of_addresses_speaks_of_those_in_it_in_whichever_row(cell: str) -> None:
    file = parse_contacts(f'Email,unsubscribed_emails\n{PIA},"{cell}"\n{BO},\n')
    assert {"opted_out"} == file.stated[BO]
    assert PIA not in file.stated


def test_a_second_row_of_the_same_contact_counts_too() -> None:
    file = parse_contacts(f"Email,Opted Out\n{PIA},No\n{PIA},Yes\n")
    assert ({PIA: {"opted_out"}}, ["duplicate_row"]) == (file.stated, file.rejects["reason"].tolist())


def statement(file: ContactsFile) -> str:
    [[only]] = file.statements.values()
    return str(only)


def test_a_statement_names_row_column_and_cell_on_one_line_and_short() -> None:
    file = parse_contacts(f'Email,Unsubscribed Mode\n\n{BO},"by\n{"a very long form " * 20}"\n')
    assert statement(file).startswith("the file says opted_out: row 3, column 'Unsubscribed Mode': by a very long")
    assert "\n" not in statement(file)
    assert len(statement(file)) < 130


def test_who_is_said_to_be_free_in_one_column_and_out_in_another_is_out() -> None:
    file = parse_contacts(f"Email,Opted Out,Opted Out At\n{BO},No,2026-10-01\n")
    assert ({BO: {"opted_out"}}, {}) == (file.stated, file.not_opted_out)
