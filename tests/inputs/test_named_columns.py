"""CSVs that are read by the names of their columns."""

from pathlib import Path

import pytest

from inputs.named_columns import read_columns
from models.errors import InvalidInput


def read(text: str, *required: str, optional: tuple[str, ...] = ()) -> list[dict[str, object]]:
    return read_columns(None, text, "approve", required, optional).rows.to_dict("records")


def test_columns_are_found_by_name_in_any_order_case_and_spelling() -> None:
    rows = read("Why;E-Mail;DECISION\nold friends;pia@x.test;yes\n", "email", "decision", optional=("why",))
    assert [
        {"row": 2, "email": "pia@x.test", "decision": "yes", "why": "old friends", "line": "old friends;pia@x.test;yes"}
    ] == rows


def test_rows_are_counted_as_a_spreadsheet_shows_them_and_blank_ones_are_passed_over() -> None:
    assert [3, 5] == [row["row"] for row in read("\na,b\n1,2\n\n3,4\n", "a", "b")]


def test_an_optional_column_that_is_missing_is_empty() -> None:
    assert "" == read("a\n1\n", "a", optional=("b",))[0]["b"]


def test_a_cell_over_two_lines_stays_one_cell() -> None:
    assert [("1", "two\nlines")] == [(row["a"], row["b"]) for row in read('a,b\n1,"two\nlines"\n', "a", "b")]


def test_a_missing_column_is_refused_with_the_header_that_is_wanted(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("email,verdict\npia@x.test,yes\n")
    with pytest.raises(InvalidInput, match=r"approve: .*answers\.csv has no column decision; its first row is 'email'"):
        read_columns(path, None, "approve", ("email", "decision"))


def test_a_file_with_a_header_alone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="holds no row under its header"):
        read("email,decision\n", "email", "decision")


def test_a_quote_that_is_never_closed_is_refused() -> None:
    with pytest.raises(InvalidInput, match="quote in row 2 that is never closed"):
        read('a,b\n1,"two\n', "a", "b")


def test_a_refusal_names_file_row_and_column() -> None:
    found = read_columns(None, "a,b\n1,2\n", "approve", ("a", "b"))
    assert "approve: the pasted text row 2, column b: is wrong. Mend it" == str(
        found.refuse(2, "b", "is wrong", "Mend it")
    )
