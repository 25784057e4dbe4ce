"""The page on files shows the tables of columns as they are read."""

from inputs.status_columns import HEADERS
from tests.docs.files_page import PAGE, page


def test_the_tables_are_those_that_are_read() -> None:
    assert page() == PAGE.read_text(encoding="utf-8"), "python -m tests.docs.files_page"


def test_at_least_ten_tools_are_known() -> None:
    assert 10 <= len({tool for tool, *_ in HEADERS})
