"""Each rule's tests with that rule off: `python -m tests.platforms.sandbox.rules_off R1 R9 …`, from the root.

One process for all rules, since to import what they need takes longer than to run them. Prints a line of JSON for each
rule as soon as its tests have run: the rule, pytest's exit code, and what pytest printed.
"""

import contextlib
import io
import json
import sys
from pathlib import Path

import pytest

from tests.platforms.sandbox.enforced import ENFORCED, switched_off

HERE = Path(__file__).resolve().parent


def run_without(rule: str) -> tuple[int, str]:
    """The quick tests that name the rule, in sandboxes that do not enforce it: up to the first that fails."""
    files = [path for path in sorted(HERE.rglob("test_*.py")) if f'"{rule}"' in path.read_text("utf-8")]
    with switched_off(*ENFORCED.keys() & {rule}), contextlib.redirect_stdout(io.StringIO()) as said:
        code = pytest.main(
            [
                *map(str, files),
                "--only-rule",
                rule,
                "-m",
                "not slow",
                "-q",
                "-x",
                "--tb=line",
                "-p",
                "no:cacheprovider",
                "-p",
                "pytest_timeout",
            ]
        )
    return int(code), said.getvalue()


def main() -> None:
    for rule in sys.argv[1:]:
        code, said = run_without(rule)
        sys.stdout.write(json.dumps({"rule": rule, "code": code, "said": said}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
