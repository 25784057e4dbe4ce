"""The workspace file: what is written in it, and what a dump gives back."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from models.changes import ChangeMailboxOwner, DuplicatePlay, RunPlay, SetSetting
from models.records import Interval
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.conftest import Sandboxes

# A workspace file with every section.
EXAMPLE = (Path(__file__).parent / "workspace_of_interface.yaml").read_text("utf-8")

BARE = """\
people: [{email: p1@x.test}]
enrollments:
  - {mailbox: m@send.test, person: p1@x.test, sequence: S}
  - {person: p1@x.test, state: canceled, mailbox: m@send.test, sequence: S}
  - {person: p1@x.test, sequence: S, mailbox: m@send.test, state: finished}
sequences: [{name: S, steps: [{}, {wait_days: 1}]}]
mailboxes: [{email: m@send.test}]
"""

SPELLED_OUT = """\
rulesets: [{block_reenrollment: null, name: Never, exclusions: {}}, {name: Zero, block_reenrollment: {value: 0}}]
now: null
sequences: [{steps: [{wait_days: 0, type: AUTOMATIC_EMAIL}], name: S, paused: false, version: 1, ruleset: null}]
mailboxes: [{owner: null, email: m@send.test}]
people: [{email: p1@x.test, company_domain: null, first_name: ''}]
exclusions: [{name: X, match: {person_email: [], last_activity_within_days: null}}, {name: Y, match: {}}]
audiences: [{name: A, people: []}]
plays: [{name: P, sequence: S, audience: null, mailboxes: [], runs: [{at: 2026-10-01T09:00:00Z, log: []}]}]
enrollments:
  - {person: p1@x.test, steps_done: null, sequence: S, mailbox: m@send.test, play: null, ended_at: null, steps: []}
users: []
tasks: []
pending: []
draws: 0
"""


def load(sandbox: Sandbox, text: str, folder: Path) -> None:
    path = folder / "workspace.yaml"
    path.write_text(text, "utf-8")
    sandbox.load(*read_workspace(path))


def dumped(sandbox: Sandbox, folder: Path) -> str:
    path = folder / "dumped.yaml"
    write_workspace(sandbox.dump(), path)
    return path.read_text("utf-8")


def content(text: str) -> str:
    """What a file says, the order of its keys included."""
    return json.dumps(yaml.safe_load(text), default=str, indent=1)


@pytest.mark.parametrize(
    "text", [EXAMPLE, BARE, SPELLED_OUT, "", "{}", "rulesets: []\n", "now: 2020-01-01T00:00:00Z\n"]
)
def test_load_then_dump_gives_the_same_file(sandboxes: Sandboxes, tmp_path: Path, text: str) -> None:
    sandbox = sandboxes()
    load(sandbox, text, tmp_path)
    first = dumped(sandbox, tmp_path)
    assert content(text or "{}") == content(first)
    load(sandbox, first, tmp_path)
    assert first == dumped(sandbox, tmp_path)


@pytest.mark.parametrize("mark", ["\ufeff", "\r\n"])
def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(sandboxes: Sandboxes, tmp_path: Path, mark: str) -> None:
    sandbox = sandboxes()
    (tmp_path / "workspace.yaml").write_bytes(
        (mark + EXAMPLE if mark == "\ufeff" else EXAMPLE.replace("\n", mark)).encode()
    )
    sandbox.load(*read_workspace(tmp_path / "workspace.yaml"))
    assert content(EXAMPLE) == content(dumped(sandbox, tmp_path))


def test_a_file_that_says_nothing_is_an_empty_workspace_on_a_monday_morning(
    sandboxes: Sandboxes, tmp_path: Path
) -> None:
    sandbox = sandboxes()
    load(sandbox, "# nothing\n", tmp_path)
    state = sandbox.state()
    assert "2026-11-02T09:00:00Z" == state["now"]
    assert ["Default"] == [ruleset["name"] for ruleset in state["rulesets"]]
    assert {"value": 75, "unit": "DAY"} == state["rulesets"][0]["block_reenrollment"]


def leave_marks(sandbox: Sandbox) -> None:
    """Runs, an owner changed, settings on their way, weeks gone by."""
    sandbox.apply(DuplicatePlay(play="Q4 play", name="Q4 play, again", audience="Q4 list"))
    sandbox.apply(ChangeMailboxOwner(mailbox="ana@send.acme.test", owner="bo@acme.test"))
    sandbox.apply(RunPlay(play="Q4 play"))
    sandbox.apply(SetSetting(setting="ruleset:Default:block_reenrollment", value=Interval(value=0)))
    sandbox.apply(SetSetting(setting="ruleset:Default:allow_same_sequence_reenrollment", value=True))
    sandbox.advance(sandbox.now() + timedelta(hours=1))
    sandbox.apply(RunPlay(play="Q4 play, again"))
    sandbox.advance(sandbox.now() + timedelta(weeks=3))
    sandbox.apply(SetSetting(setting="ruleset:Default:block_reenrollment", value=None))
    sandbox.apply(SetSetting(setting="exclusion:Customers:exclude_from_sequences", value=False))


def test_what_runs_left_behind_is_in_the_dump_and_comes_back(sandboxes: Sandboxes, tmp_path: Path) -> None:
    sandbox = sandboxes()
    load(sandbox, EXAMPLE, tmp_path)
    leave_marks(sandbox)
    left, state = dumped(sandbox, tmp_path), sandbox.state()
    told: dict[str, Any] = yaml.safe_load(left)
    assert ["already_sequenced"] == [entry.get("reason") for entry in told["plays"][0]["runs"][0]["log"]]
    assert ["mailbox_owner_changed", None] == [enrollment.get("end_reason") for enrollment in told["enrollments"]]
    assert {"bo@acme.test"} == {mailbox["owner"] for mailbox in told["mailboxes"]}
    assert 2 == len(told["pending"])
    assert told["rulesets"][0]["block_reenrollment"] is None
    assert list(yaml.safe_load(EXAMPLE)) == list(told)[: len(yaml.safe_load(EXAMPLE))]
    load(sandbox, left, tmp_path)
    assert left == dumped(sandbox, tmp_path)
    assert state == sandbox.state()


@pytest.mark.parametrize("weeks", [1, 4])
def test_a_workspace_loaded_from_its_dump_goes_on_as_if_nothing_had_been(
    sandboxes: Sandboxes, tmp_path: Path, weeks: int
) -> None:
    first, second = sandboxes(name="first"), sandboxes(name="second")
    load(first, EXAMPLE, tmp_path)
    leave_marks(first)
    load(second, dumped(first, tmp_path), tmp_path)
    for sandbox in (first, second):
        sandbox.advance(sandbox.now() + timedelta(weeks=weeks))
    assert first.state() == second.state()
    assert first.dump() == {name: value for name, value in second.dump().items() if value != []}


def test_loading_replaces_what_was_there(sandboxes: Sandboxes, tmp_path: Path) -> None:
    sandbox = sandboxes()
    load(sandbox, EXAMPLE, tmp_path)
    leave_marks(sandbox)
    load(sandbox, BARE, tmp_path)
    assert content(BARE) == content(dumped(sandbox, tmp_path))


def test_the_parts_that_a_file_leaves_out_of_an_enrollment_are_worked_out(sandboxes: Sandboxes, tmp_path: Path) -> None:
    sandbox = sandboxes()
    load(sandbox, BARE, tmp_path)
    places = sandbox.places(["p1@x.test"], "S")[["email", "mailbox", "step"]]
    assert [("p1@x.test", "m@send.test", 1)] == list(places.itertuples(index=False, name=None))
    last = sandbox.cancelled("m@send.test", 10)
    assert [(0, "S")] == [(row.steps_done, row.sequence) for frame in last for row in frame.itertuples()]
