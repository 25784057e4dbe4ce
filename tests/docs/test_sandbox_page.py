"""docs/sandbox.md tells of every action of `handoff sandbox do`, with its values."""

import re
from pathlib import Path

import pytest

from cli.actions import ACTIONS, USAGE

PAGE = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text("utf-8")
ROWS = {line.split("|")[1]: line for line in PAGE.splitlines() if line.startswith("| `")}


@pytest.mark.parametrize("action", ACTIONS)
def test_every_action_is_told_with_its_values(action: str) -> None:
    [row] = [row for names, row in ROWS.items() if f"`{action}`" in names]
    assert set() == set(re.findall(r"(\w+)=", USAGE[action])) - set(re.findall(r"\w+", row))
