"""docs/platform.md names every rule, conflict and open question, and every sign in it leads to a source."""

import re

import pytest

from tests.architecture.source_files import PACKAGES, ROOT, python_files
from tests.docs.rules_page import EVERY

TEXT = (ROOT / "docs" / "platform.md").read_text("utf-8")
FACTS = TEXT.partition("## How far a source is believed")[2]  # behind the lines that speak of the rules as a whole
SOURCE = r"[A-Z](?:-[a-z]+)?\d*"
FAMILIES = {"O", "D", "H"}  # the contract, the documentation, the help articles, each as a whole


def sources() -> set[str]:
    """The ids in the first column of the table of sources."""
    table = TEXT.partition("## Sources")[2]
    rows = re.findall(r"^\| ([A-Z][^|]*) \|", table, re.MULTILINE)
    return {name for row in rows for name in row.split(", ")}


def cited() -> set[str]:
    """The ids between square brackets that are no links."""
    brackets = re.findall(rf"\[([^\]\n]*\b{SOURCE}[^\]\n]*)\](?!\()", FACTS.partition("## Sources")[0])
    return {name for one in brackets for name in re.findall(rf"\b{SOURCE}(?![\w-])", one)}


@pytest.mark.parametrize("rule", EVERY)
def test_every_rule_is_stated(rule: str) -> None:
    assert re.search(rf"\b{rule}\b", FACTS)


def test_no_rule_is_named_that_does_not_exist() -> None:
    assert set() == set(re.findall(r"\bR\d+\b", TEXT)) - set(EVERY)


def test_every_conflict_is_stated_and_has_a_resolution() -> None:
    stated = re.findall(r"^\| (C\d+b?) \|", TEXT, re.MULTILINE)
    resolved = re.findall(r"^\| (C\d+b?) ", (ROOT / "docs" / "conflicts.md").read_text("utf-8"), re.MULTILINE)
    assert stated == resolved


def test_every_source_that_is_cited_is_listed_and_none_is_listed_for_nothing() -> None:
    assert sources() == cited() - FAMILIES


def test_a_question_or_source_that_code_names_is_on_the_page() -> None:
    listed = set(re.findall(r"^\| (Q\d+) \|", TEXT, re.MULTILINE))
    known, unknown = listed | sources(), []
    for path in python_files(*PACKAGES):
        comments = re.findall(rf"\(({SOURCE}(?:, {SOURCE})*)\)", path.read_text("utf-8"))
        named = {name for one in comments for name in one.split(", ") if name[0] in "DHQ" and name[1:].isdigit()}
        unknown += [f"{path.relative_to(ROOT)}: {name}" for name in sorted(named - known)]
    assert [] == unknown
