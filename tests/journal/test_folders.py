"""Where operations' files are, and which operations the journal does not know."""

from pathlib import Path

import pytest

from journal.database import Journal
from journal.folders import folder_of, made_folder_of, unknown_operations
from models.unknown_operation import SHOWN, UnknownOperation, warning_of
from tests.journal.conftest import begun
from tests.journal.journals import operation

FIRST, SECOND = "20261102-094500-0cd8", "20261102-094600-11ff"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HANDOFF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_folder_is_in_this_home_wherever_the_journal_says_it_was(home: Path, tmp_path: Path) -> None:
    row = operation(FIRST)
    row.folder = str(tmp_path / "before" / FIRST)
    here = home / "operations" / FIRST
    assert here == folder_of(row) == made_folder_of(row)
    Path(row.folder).mkdir(parents=True)  # the home was copied, and the one before is still there
    assert here == folder_of(row)


def test_a_folder_of_another_home_is_found_where_the_journal_says(home: Path, tmp_path: Path) -> None:
    row = operation(FIRST)
    row.folder = str(tmp_path / "other" / FIRST)
    Path(row.folder).mkdir(parents=True)
    assert Path(row.folder) == folder_of(row) == made_folder_of(row)


def test_an_operation_is_unknown_whose_folder_is_there_and_whose_row_is_not(journal: Journal, tmp_path: Path) -> None:
    assert [] == unknown_operations(journal, tmp_path / "none")
    begun(journal, FIRST)
    for name in (FIRST, SECOND, "notes"):
        (tmp_path / "operations" / name).mkdir(parents=True)
    assert [UnknownOperation(SECOND, None)] == unknown_operations(journal, tmp_path / "operations")


def test_a_report_that_cannot_be_read_tells_nothing_of_loans(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / SECOND).mkdir()
    (tmp_path / SECOND / "report.json").write_text('{"loans": []}')
    assert [UnknownOperation(SECOND, None)] == unknown_operations(journal, tmp_path)


def test_nothing_is_said_where_all_are_known_and_many_are_counted() -> None:
    assert [] == warning_of([], Path("operations"))
    [head, *lines, _] = warning_of([UnknownOperation(str(at), []) for at in range(SHOWN + 3)], Path("operations"))
    assert f"it does not know {SHOWN + 3} operations" in head
    assert (SHOWN + 1, "  and 3 others") == (len(lines), lines[-1])


@pytest.mark.parametrize(
    ("on_loan", "means"),
    [
        ([], "nothing of theirs has to be given back"),
        (["exclusion:X:y"], "nobody gives back"),
        (None, "nobody gives back"),
    ],
)
def test_what_it_means_for_loans_is_said(on_loan: list[str] | None, means: str) -> None:
    assert means in warning_of([UnknownOperation(SECOND, on_loan)], Path("operations"))[-1]
