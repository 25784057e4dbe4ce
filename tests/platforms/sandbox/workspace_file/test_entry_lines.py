"""The short way to write and read a workspace file's entries gives what YAML proper gives, or leaves it to that."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from models.documents import parse_document
from models.errors import InvalidInput
from platforms.sandbox.workspace_file.entry_lines import NotPlain, read, written
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.examples import often

TRIED = often(150, thorough=3000)
WORDS = "a yes n true null Null 1 -2 01 1.50 1e5 0x1F p1@x.test 2026-11-02T09:00:00Z 2026-13-02T09:00:00Z 12:30"
SIGNS = "{}[]#'\"!-?|~=._+é\u2028\\&*"
PIECES = st.sampled_from([*WORDS.split(), *SIGNS, " ", "  ", ": ", ":", ", ", ",", " # c", "\t", "<<", "@time"])
NAMES = st.text("abyzNO 1.:-#é'", min_size=1, max_size=6) | st.sampled_from(["yes", "Outbound A", "1e5", "null", "é"])
TIMES = st.integers(0, 7 * 10**9).map(lambda instant: datetime.fromtimestamp(instant, UTC))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 10**12) | NAMES | TIMES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


def by_yaml(text: str) -> Any:
    """What YAML proper reads; NotPlain stands for what it refuses."""
    try:
        return parse_document(text, "")
    except InvalidInput:
        return NotPlain


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same, of one type and in one order."""
    return repr(one) == repr(other)


@TRIED
@given(st.lists(PIECES, max_size=14).map("".join))
@example("a: {b: c}}, {d: e")
@example("a: 1, a: 2")
@example("a:1")
def test_a_line_is_read_as_yaml_reads_it(inside: str) -> None:
    line = f"{{{inside}}}"
    with suppress(NotPlain):
        assert same(by_yaml(line), read(line))


@TRIED
@given(st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))
def test_a_value_is_written_so_that_yaml_reads_the_same(value: dict[str, Any]) -> None:
    with suppress(NotPlain):
        text = written(value)
        assert (True, True) == (same(value, by_yaml(text)), same(value, read(text)))


def test_words_are_written_as_a_library_writes_them() -> None:
    names = ["Outbound A", "p1@x.test", "AUTOMATIC_EMAIL", "a+b.c-d", "Manufacturing 200", "e5", "x-"]
    by_library = yaml.safe_dump(names, default_flow_style=True, width=10**9).strip()
    assert by_library == written(names)


@pytest.mark.parametrize(
    "lines",
    [
        "people:",
        "people: []",
        "people:\n  - {email: p1@x.test}\n  - {email: 'q@x.test', first_name: \"Yes\"}",
        "now: 2026-11-02T09:00:00Z\npeople:\n  - {email: p1@x.test} # the first",
        "{}",
        "",
    ],
)
def test_a_file_of_lines_is_read_as_yaml_reads_it(lines: str, tmp_path: Path) -> None:
    path = tmp_path / "workspace.yaml"
    path.write_text(lines)
    if lines == "people:":
        with pytest.raises(InvalidInput):
            read_workspace(path)
    else:
        assert same(by_yaml(lines) or {}, read_workspace(path)[1])


@pytest.mark.parametrize(
    "lines", ["people:\n  - {email: p1@x.test}\npeople:\n  - {email: q@x.test}", "users: [\n  - {"]
)
def test_what_is_no_such_file_is_refused_with_its_line(lines: str, tmp_path: Path) -> None:
    path = tmp_path / "workspace.yaml"
    path.write_text(lines)
    with pytest.raises(InvalidInput, match="line"):
        read_workspace(path)


def test_sections_may_come_one_after_another(tmp_path: Path) -> None:
    whole, parts = tmp_path / "whole.yaml", tmp_path / "parts.yaml"
    people = [{"email": "p1@x.test"}, {"email": "q@x.test"}]
    write_workspace({"seed": 7, "people": people, "tasks": []}, whole)
    write_workspace(iter([("seed", 7), ("people", iter(people)), ("tasks", iter(()))]), parts)
    assert whole.read_text() == parts.read_text()
