"""A document as a page: whole by itself, built for everybody, with names as names."""

from pathlib import Path

import pytest

from reports.document_html import write_page
from reports.phrases import clean
from tests.reports.documents import HOSTILE, a_document
from tests.reports.reported import Page


def page(folder: Path, name: str = "Cold outbound") -> Page:
    return Page(write_page(a_document(name), folder / "document.html").read_text(encoding="utf-8"))


def test_the_page_has_title_sections_tables_and_steps(tmp_path: Path) -> None:
    told = page(tmp_path)
    assert ["Cold outbound", "Cold outbound", "Last"] == told.headings
    assert 2 == [tag for tag, _ in told.tags].count("h3")
    assert [["Cold outbound", "1,200"], ["Cold outbound", "3"]] == told.rows_of("Cold outbound")
    assert "nobody sees this" not in told.text


def test_commands_stand_one_a_line_to_be_copied(tmp_path: Path) -> None:
    page(tmp_path)
    text = (tmp_path / "document.html").read_text(encoding="utf-8")
    assert "<pre><code>first Cold outbound</code>\n<code>second</code></pre>" in text


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_text_and_adds_no_tag(tmp_path: Path, name: str) -> None:
    usual, told = page(tmp_path), page(tmp_path, name)
    assert [tag for tag, _ in usual.tags] == [tag for tag, _ in told.tags]
    assert not [key for _, attributes in told.tags for key in attributes if key.startswith("on")]
    assert " ".join(clean(name).split()) in told.text


def test_the_page_needs_nothing_but_itself_and_is_built_for_a_screen_reader_too(tmp_path: Path) -> None:
    told = page(tmp_path)
    tags = [tag for tag, _ in told.tags]
    assert set() == set(tags) & {"script", "link", "img", "iframe", "base"}
    assert ("html", {"lang": "en"}) in told.tags
    assert (1, 1) == (tags.count("h1"), tags.count("main"))
    assert tags.count("table") == tags.count("caption")
    assert all(attributes.get("scope") == "col" for tag, attributes in told.tags if tag == "th")
    ids = [attributes["id"] for _, attributes in told.tags if "id" in attributes]
    named = [attributes["aria-labelledby"] for tag, attributes in told.tags if tag == "section"]
    assert (len(ids), ids) == (len(set(ids)), named)
