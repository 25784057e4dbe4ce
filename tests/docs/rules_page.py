"""docs/rules.md: each rule with where it is enforced or acted on, and the tests that prove it.

The column of tests is generated from the marks: `python -m tests.docs.rules_page` writes it anew.
"""

import ast
import re
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "rules.md"
EVERY = tuple(f"R{number}" for number in range(1, 99))
ROW = re.compile(r"^\| (R\d+) \| (.*) \| (enforced|acted on|knowledge) \| (.*) \| (.*) \|$")


@dataclass(frozen=True)
class RuleRow:
    """A row of the page: `how` is enforced, acted on or knowledge; `tests` are links to files."""

    rule: str
    says: str
    how: str
    where: str
    tests: str

    def __str__(self) -> str:
        return f"| {self.rule} | {self.says} | {self.how} | {self.where} | {self.tests} |"


def rows(text: str) -> list[RuleRow]:
    return [RuleRow(*found.groups()) for line in text.splitlines() if (found := ROW.match(line))]


def rules_named_in(source: str) -> set[str]:
    """The ids in every `pytest.mark.rule(…)` of a module, `pytestmark` included."""
    return {
        argument.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "rule"
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def files_by_rule() -> dict[str, list[str]]:
    """The files whose tests name each rule, by their path from the root."""
    found: dict[str, list[str]] = {rule: [] for rule in EVERY}
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for rule in rules_named_in(path.read_text("utf-8")):
            found.setdefault(rule, []).append(path.relative_to(ROOT).as_posix())
    return found


def links(files: list[str]) -> str:
    """The tests of a rule as the page shows them."""
    return ", ".join(f"[{Path(file).stem.removeprefix('test_')}](../{file})" for file in files) or "none"


def with_tests(text: str) -> str:
    """The page with its column of tests as the marks are now."""
    named = files_by_rule()
    lines = []
    for line in text.splitlines():
        found = ROW.match(line)
        row = RuleRow(*found.groups()) if found else None
        lines.append(line if row is None else str(replace(row, tests=links(named[row.rule]))))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(with_tests(PAGE.read_text("utf-8")), "utf-8")
