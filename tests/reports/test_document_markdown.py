"""A document as Markdown: what a reader of Markdown shows of it, and that names are text in it."""

import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from models.document import Document, Section
from reports.document_markdown import as_markdown, text
from reports.phrases import clean
from tests.reports.documents import HOSTILE, a_document


class Shown(HTMLParser):
    """The tags of a page, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words += data


def shown(markdown: str) -> Shown:
    return Shown(MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(markdown))


def test_a_document_has_its_title_sections_lists_tables_steps_and_commands() -> None:
    told = as_markdown(a_document())
    for block in [
        "# Cold outbound\n\nCold outbound\n\n## Cold outbound\n\n",
        "- Cold outbound\n- and more",
        "**Cold outbound**\n\n| Cold outbound | contacts |\n| --- | ---: |\n| Cold outbound | 1,200 |\n",
        "```sh\nhandoff run Cold outbound\n```",
        "### 1. Cold outbound\n\n- Cold outbound\n\n```sh\nfirst Cold outbound\nsecond\n```",
        "### 2. Then\n\n## Last\n",
    ]:
        assert block in told


def test_a_table_without_rows_is_left_out() -> None:
    assert "nobody sees this" not in as_markdown(a_document())


def test_ordinary_names_are_left_as_they_are_since_the_file_is_read_as_it_stands_too() -> None:
    for words in ["ana@send.acme.test", "assign_mode (R1, R2)", "2026-11-02 09:00 UTC", "Event follow-up!", "it's 50%"]:
        assert words == text(words)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_as_text_and_makes_no_markup(name: str) -> None:
    usual, told = shown(as_markdown(a_document())), shown(as_markdown(a_document(name)))
    assert usual.tags == told.tags
    assert " ".join(clean(name).split()) in " ".join(told.words.split())


@pytest.mark.parametrize("name", ["```", "a ```` b", "`x`"])
def test_a_command_ends_where_it_ends_whatever_is_in_it(name: str) -> None:
    page = shown(as_markdown(a_document(name)))
    assert 2 == page.tags.count("pre")
    assert f"handoff run {name}\n" in page.words


def test_an_empty_document_is_its_title() -> None:
    assert "# A\n\nb\n\n## C\n" == as_markdown(
        Document(title="A", under="b", sections=(Section(title="C", blocks=()),))
    )
    assert not re.search("\n{3}", as_markdown(a_document()))
