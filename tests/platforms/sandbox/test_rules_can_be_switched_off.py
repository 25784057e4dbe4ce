"""Each rule that the sandbox enforces can be switched off by editing the product, and then that rule's tests fail."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from platforms.sandbox.behaviour import actions, propagation, refusals
from tests.examples import THOROUGH
from tests.platforms.sandbox.enforced import ENFORCED, source_of, switched_off

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PASSED, FAILED = 0, 1  # pytest's own exit codes; 5 would be: no test found
NOT_ENFORCED = "R14"  # a consequence of R26, so there is nothing to switch off, and its tests pass


@pytest.mark.parametrize("rule", ENFORCED)
def test_what_switches_a_rule_off_is_text_of_the_product_and_stands_there_once(rule: str) -> None:
    assert [1 for _ in ENFORCED[rule].edits] == [source_of(one.module).count(one.text) for one in ENFORCED[rule].edits]


def test_the_product_is_as_it_was_when_rules_are_on_again() -> None:
    before = in_force()
    with switched_off(*ENFORCED):
        assert {"refuse_unless_allowed", "REENROLLMENT_DELAY", "REFUSALS"} <= {
            name for name, now in in_force().items() if now != before[name]
        }
    assert before == in_force()


def in_force() -> dict[str, object]:
    """What the functions and constants of three modules are."""
    everything = vars(propagation) | vars(actions) | vars(refusals)
    return {name: getattr(one, "__code__", one) for name, one in everything.items() if not name.startswith("__")}


@dataclass(frozen=True)
class Ended:
    """How the tests of a rule ended with the rule off: pytest's exit code, and what it printed."""

    code: int
    said: str


def run_without(rules: Iterable[str]) -> dict[str, Ended]:
    """How the tests of each of these rules end with that rule off; a rule is missing where they never ended."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.platforms.sandbox.rules_off", *rules],
        cwd=ROOT,
        env=os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
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
