"""Every rule that this release enforces or acts on is named by a test: `@pytest.mark.rule("R9")`."""

import ast
from pathlib import Path

TESTS = Path(__file__).parents[1]
RANGES = ((1, 20), (25, 30), (40, 48), (54, 56))  # the ownership change, and what the sandbox enforces around it
THIS_RELEASE = {f"R{number}" for first, last in RANGES for number in range(first, last + 1)}


def rules_named_in(source: str) -> set[str]:
    """The ids in every `pytest.mark.rule(…)` of a module, `pytestmark` included."""
    return {
        argument.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "rule"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_rule_of_this_release_is_named_by_a_test() -> None:
    named = set().union(*(rules_named_in(path.read_text("utf-8")) for path in TESTS.rglob("test_*.py")))
    assert set() == THIS_RELEASE - named


def test_a_mark_is_found_however_it_is_written() -> None:
    source = 'import pytest\npytestmark = [pytest.mark.rule("R1")]\n@pytest.mark.rule("R2", "R3")\ndef test(): ...\n'
    assert {"R1", "R2", "R3"} == rules_named_in(source)
