"""docs/rules.md cannot rot: every rule has a row, a place that exists, and the tests that it names."""

import re

import pytest

from tests.docs.rules_page import EVERY, PAGE, ROOT, files_by_rule, rows, rules_named_in, with_tests
from tests.platforms.sandbox.enforced import ENFORCED

TEXT = PAGE.read_text("utf-8")
ROWS = {row.rule: row for row in rows(TEXT)}


def test_every_rule_has_one_row_in_order() -> None:
    assert list(EVERY) == [row.rule for row in rows(TEXT)]


@pytest.mark.parametrize("rule", EVERY)
def test_the_places_that_a_row_names_exist(rule: str) -> None:
    row = ROWS[rule]
    named = re.findall(r"`((?:[a-z_]+/)+[\w.-]*)`", row.where)
    assert named or row.how == "knowledge"
    assert [] == [path for path in named if not (ROOT / path).exists()]


def test_what_the_page_calls_enforced_is_what_the_sandbox_enforces() -> None:
    assert set(ENFORCED) == {rule for rule, row in ROWS.items() if row.how == "enforced"}


def test_every_rule_that_is_enforced_or_acted_on_is_named_by_a_test() -> None:
    named = files_by_rule()
    assert [] == [rule for rule, row in ROWS.items() if row.how != "knowledge" and not named[rule]]


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    assert set(EVERY) == set(files_by_rule())


def test_a_rule_that_is_knowledge_only_says_why_it_needs_no_test() -> None:
    assert [] == [rule for rule, row in ROWS.items() if row.how == "knowledge" and len(row.where) < 40]


def test_the_column_of_tests_is_as_the_marks_are() -> None:
    assert with_tests(TEXT) == TEXT, "run `python -m tests.docs.rules_page`"


def test_a_mark_is_found_however_it_is_written() -> None:
    source = 'import pytest\npytestmark = [pytest.mark.rule("R1")]\n@pytest.mark.rule("R2", "R3")\ndef test(): ...\n'
    assert {"R1", "R2", "R3"} == rules_named_in(source)
