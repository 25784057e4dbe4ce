"""Whatever CSV leaves Handoff reads back the same and runs nothing in a spreadsheet."""

import csv
import os
import tempfile
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.formulas import guard, unguard
from reports import csv_out
from reports.csv_out import append_csv, readable, write_csv

FORMULA_STARTS = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
CELLS = st.text(st.one_of(st.sampled_from("=+-@\t\r\n \"',;\uff1d\uff20é'"), st.characters(codec="utf-8")), max_size=8)


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@a",
        "\t1",
        "\r1",
        "  =1",
        "\n=1",
        "\xa0=1",
        "\ufeff=1",
        "\uff1d1",
        "\uff0b1",
        "\uff0d1",
        "\uff20a",
    ],
)
def test_a_cell_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path, cell: str) -> None:
    path = write_csv(pd.DataFrame({"note": [cell, "x"]}), tmp_path / "out.csv")
    assert rows_of(path) == [["note"], ["'" + cell], ["x"]]


@pytest.mark.parametrize("cell", ["pia@x.test", "a-b", "1=1", "", "'quoted'", "O'Brien", "two words"])
def test_a_cell_that_no_spreadsheet_runs_is_left_alone(tmp_path: Path, cell: str) -> None:
    path = write_csv(pd.DataFrame({"note": [cell], "n": [1]}), tmp_path / "out.csv")
    assert rows_of(path)[1] == [cell, "1"]


def test_a_header_that_a_spreadsheet_would_run_gets_an_apostrophe(tmp_path: Path) -> None:
    path = write_csv(pd.DataFrame({"=note": ["x"]}), tmp_path / "out.csv")
    assert rows_of(path)[0] == ["'=note"]


def test_negative_numbers_stay_numbers_also_among_text(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [-1, -2], "b": [-1.5, None], "c": pd.Series([-3, Decimal("-4.0")], dtype=object)})
    assert rows_of(write_csv(frame, tmp_path / "out.csv"))[1:] == [["-1", "-1.5", "-3"], ["-2", "", "-4.0"]]


def test_missing_values_of_every_kind_are_empty(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": ["x", None], "b": pd.Series([pd.NA, None], dtype=object), "c": [pd.NaT, pd.NaT]})
    assert rows_of(write_csv(frame, tmp_path / "out.csv"))[1:] == [["x", "", ""], ["", "", ""]]


def test_categories_and_objects_are_guarded_as_the_text_they_print(tmp_path: Path) -> None:
    class Odd:
        def __str__(self) -> str:
            return "=1"

    frame = pd.DataFrame({"a": pd.Categorical(["=x"]), "b": pd.Series([Odd()], dtype=object)})
    assert rows_of(write_csv(frame, tmp_path / "out.csv"))[1:] == [["'=x", "'=1"]]


def test_times_are_written_as_iso_8601_with_their_zone(tmp_path: Path) -> None:
    frame = pd.DataFrame({"at": pd.to_datetime(["2026-11-02T09:00:00Z"])})
    assert rows_of(write_csv(frame, tmp_path / "out.csv"))[1:] == [["2026-11-02T09:00:00+00:00"]]


def test_lines_end_in_a_line_feed_and_text_is_utf_8_without_a_mark(tmp_path: Path) -> None:
    path = write_csv(pd.DataFrame({"name": ["Zoë"]}), tmp_path / "out.csv")
    assert path.read_bytes() == "name\nZoë\n".encode()


def test_a_frame_without_rows_is_a_header(tmp_path: Path) -> None:
    path = write_csv(pd.DataFrame({"row": [], "email": []}), tmp_path / "new" / "out.csv")
    assert path.read_bytes() == b"row,email\n"


def test_two_columns_of_one_name_are_both_written(tmp_path: Path) -> None:
    frame = pd.DataFrame([["=a", "b"]], columns=["x", "x"])
    assert rows_of(write_csv(frame, tmp_path / "out.csv")) == [["x", "x"], ["'=a", "b"]]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_csv(pd.DataFrame({"a": ["old"]}), tmp_path / "out.csv")

    def refuse(_: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OSError, match="disk full"):
        write_csv(pd.DataFrame({"a": ["new"]}), path)
    assert [path] == list(tmp_path.iterdir())
    assert path.read_text() == "a\nold\n"


def test_a_frame_longer_than_one_piece_is_written_once_with_one_header(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_out, "_ROWS_AT_ONCE", 2)
    path = write_csv(pd.DataFrame({"a": list("vwxyz")}), tmp_path / "out.csv")
    assert path.read_text() == "a\nv\nw\nx\ny\nz\n"


def test_appending_creates_the_file_with_a_header_and_then_adds_guarded_rows(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    for cell in ("x", "=y"):
        assert append_csv(pd.DataFrame({"=a": [cell]}), path) == path
    assert rows_of(path) == [["'=a"], ["x"], ["'=y"]]


def test_appending_to_an_empty_file_writes_the_header(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.touch()
    append_csv(pd.DataFrame({"a": ["x"]}), path)
    assert path.read_text() == "a\nx\n"


def test_appending_after_a_row_that_was_cut_off_starts_a_new_line(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("a\nhal")
    append_csv(pd.DataFrame({"a": ["x"]}), path)
    assert path.read_text() == "a\nhal\nx\n"


def test_appending_other_columns_is_refused_and_changes_nothing(tmp_path: Path) -> None:
    path = write_csv(pd.DataFrame({"a": ["x"]}), tmp_path / "out.csv")
    with pytest.raises(ValueError, match="columns"):
        append_csv(pd.DataFrame({"b": ["y"]}), path)
    assert path.read_text() == "a\nx\n"


@settings(deadline=None)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_no_cell_written_begins_like_a_formula_and_taking_the_guard_off_gives_the_cell_back(
    cells: list[tuple[str, str]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "out.csv"
        written = rows_of(write_csv(pd.DataFrame(cells, columns=["a", "b"], dtype="str"), path))[1:]
    assert not [cell for row in written for cell in row if cell.lstrip(" \n\xa0\ufeff").startswith(FORMULA_STARTS)]
    assert [list(map(guard, row)) for row in cells] == written
    assert all(unguard(guard(cell)) == cell for row in cells for cell in row if not cell.startswith("'"))


def test_what_is_written_for_people_has_its_control_characters_encoded_but_in_addresses(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"email": ["p\x1b@x.test"], "sequence": ["A\x1b[31m\r\n50%; é\x85"], "step": [2], "play": [None]}
    )
    path = write_csv(readable(frame), tmp_path / "out.csv")
    assert [["p\x1b@x.test", "A%1B[31m%0D%0A50%; é%C2%85", "2", ""]] == rows_of(path)[1:]
    assert "\x1b" in frame["sequence"].iloc[0]
