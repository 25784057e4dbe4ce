"""Each rule that the sandbox enforces can be switched off in a test-only sandbox, and then that rule's tests fail."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from platforms.sandbox.enforced import ENFORCED
from platforms.sandbox.sandbox import Sandbox
from tests.examples import THOROUGH

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PASSED, FAILED = 0, 1  # pytest's own exit codes; 5 would be: no test found
NOT_ENFORCED = "R14"  # a consequence of R26, so there is nothing to switch off, and its tests pass


def rules_asked_for(source: str) -> set[str]:
    """The rules in `….enforces("R1")` and `Refusal(…, rules)`; anything but a plain text there is a mistake."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "enforces":
            found |= {rule.value for rule in node.args if isinstance(rule, ast.Constant)}
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refusal":
            found |= set(ast.literal_eval(node.args[2]))
    return found


def test_the_list_of_enforced_rules_is_what_the_code_asks_for() -> None:
    sources = [path.read_text("utf-8") for path in sorted((ROOT / "platforms" / "sandbox").rglob("*.py"))]
    assert sorted(ENFORCED) == sorted(set().union(*map(rules_asked_for, sources)))


def test_rules_are_found_in_the_syntax_tree() -> None:
    source = 'x = work.enforces("R1") and Refusal("a", "b", ("R2", "R3"))\nwork.enforces(rule)\nother("R4")'
    assert {"R1", "R2", "R3"} == rules_asked_for(source)


def test_a_sandbox_enforces_everything_unless_told_otherwise(tmp_path: Path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path}/sandbox.db")
    assert frozenset() == sandbox._without
    sandbox.close()


@dataclass(frozen=True)
class Ended:
    """How the tests of a rule ended with the rule off: pytest's exit code, and what it printed."""

    code: int
    said: str


def run_without(rules: Iterable[str]) -> dict[str, Ended]:
    """How the tests of each of these rules end with that rule off; a rule is missing where they never ended."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.platforms.sandbox.rules_off", *rules],
        cwd=ROOT, env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True, text=True, timeout=500, check=False,
    )  # fmt: skip
    assert 0 == done.returncode, done.stdout[-2000:] + done.stderr
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["rule"]: Ended(line["code"], line["said"]) for line in told}


@pytest.fixture(scope="module")
def ended() -> dict[str, Ended]:
    return run_without(ENFORCED)


@pytest.mark.slow
@pytest.mark.skipif(not THOROUGH, reason="every rule's tests again without it: THOROUGH=1, after a change of a rule")
@pytest.mark.parametrize("rule", ENFORCED)
def test_with_the_rule_off_its_tests_fail(ended: dict[str, Ended], rule: str) -> None:
    assert FAILED == ended[rule].code, ended[rule].said
    assert "1 failed" in ended[rule].said


@pytest.mark.slow
def test_a_rule_whose_tests_pass_without_it_is_found_between_others_whose_tests_fail() -> None:
    found = run_without(["R1", NOT_ENFORCED, "R9"])
    assert {"R1": FAILED, NOT_ENFORCED: PASSED, "R9": FAILED} == {rule: end.code for rule, end in found.items()}
