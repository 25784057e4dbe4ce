"""Over random workspaces: a file loaded and dumped is the same file, and a workspace goes on where it was dumped."""

import json
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.changes import (
    AddExclusion,
    Bounce,
    Change,
    ChangeMailboxOwner,
    EditSequence,
    Enroll,
    FinishTask,
    OptOut,
    OutOfOffice,
    PauseEnrollment,
    PauseMailbox,
    PauseSequence,
    PublishPlay,
    ReassignQueued,
    ReassignTask,
    Reply,
    ResumeEnrollment,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
)
from models.errors import InvalidInput, Refused
from models.records import ExclusionMatch, Interval, TaskAssignment
from models.setting_keys import SettingKey
from platforms.sandbox.sandbox import Sandbox
from platforms.sandbox.workspace_file.yaml_file import read_workspace, write_workspace
from tests.conftest import Sandboxes
from tests.documents_strategy import documents
from tests.random_choices import MAILBOXES, MODES, USERS, Draws
from tests.workspaces import NOW
from tests.workspaces_strategy import steps

TRIED = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HOURS = st.lists(st.integers(0, 24 * 15), min_size=1, max_size=3)


def in_order(document: dict[str, Any]) -> str:
    """The document with the order of its keys."""
    return json.dumps(document, default=str, indent=1)


def loaded(sandbox: Sandbox, document: dict[str, Any], folder: Path) -> str:
    """Load a document through a file; give the file's text."""
    path = folder / "workspace.yaml"
    write_workspace(document, path)
    sandbox.load(*read_workspace(path))
    return path.read_text()


def written(sandbox: Sandbox, folder: Path) -> str:
    write_workspace(sandbox.dump(), folder / "dumped.yaml")
    return (folder / "dumped.yaml").read_text()


@pytest.mark.slow
@TRIED
@given(document=documents())
def test_a_file_loaded_and_dumped_is_the_same_file(
    sandboxes: Sandboxes, tmp_path: Path, document: dict[str, Any]
) -> None:
    sandbox = sandboxes()
    text = loaded(sandbox, document, tmp_path)
    assert in_order(document) == in_order(sandbox.dump())
    assert text == written(sandbox, tmp_path)


@pytest.mark.slow
@TRIED
@given(document=documents(), hours=HOURS, choice=st.randoms(use_true_random=False))
def test_a_workspace_goes_on_where_it_was_dumped(
    sandboxes: Sandboxes, tmp_path: Path, document: dict[str, Any], hours: list[int], choice: Any
) -> None:
    first, second = sandboxes(name="first"), sandboxes(name="second")
    loaded(first, document, tmp_path)
    for passed in hours:
        for change in choice.sample(changes(document, choice), 4):
            with suppress(Refused, InvalidInput):
                first.apply(change)
        first.advance(first.now() + timedelta(hours=passed))
    left = first.dump()
    assert list(document) == list(left)[: len(document)]
    loaded(second, left, tmp_path)
    assert in_order(left) == in_order(second.dump())
    assert first.state() == second.state()
    for sandbox in (first, second):
        sandbox.apply(
            SetSetting(setting=f"ruleset:{first_ruleset(sandbox)}:block_reenrollment", value=Interval(value=1))
        )
        sandbox.advance(sandbox.now() + timedelta(weeks=2))
    assert first.state() == second.state()
    assert without_spelling(first) == without_spelling(second)


def changes(document: dict[str, Any], choice: Any) -> list[Change]:
    """What people might do in it."""
    people = [person["email"] for person in document["people"]]
    sequences = [sequence["name"] for sequence in document["sequences"]]
    return [
        *(RunPlay(play=play["name"]) for play in document["plays"]),
        *(ChangeMailboxOwner(mailbox=mailbox, owner=USERS[1]) for mailbox in MAILBOXES),
        *(
            SetSetting(setting=str(SettingKey("exclusion", x["name"], "exclude_from_sequences")), value=on)
            for x in document.get("exclusions", [])
            for on in (True, False)
        ),
        *(
            Enroll(person=person, sequence=sequence, mailbox=MAILBOXES[:2])
            for person in people
            for sequence in sequences
        ),
        *(
            EditSequence(sequence=sequence, steps=steps(Draws(choice.randint(0, 2**32))), upgrade=upgrade)
            for sequence in sequences
            for upgrade in (True, False)
        ),
        *(SetTaskAssignment(sequence=sequence, mode=mode, user=USERS[2]) for sequence in sequences for mode in MODES),
        *(
            SetSetting(
                setting=str(SettingKey("ruleset", ruleset["name"], "task_assignment")),
                value=TaskAssignment(automatic=MODES[3], manual=MODES[4]),
            )
            for ruleset in document.get("rulesets", [])
        ),
        *(
            ReassignQueued(sequence=sequence, from_mailbox=MAILBOXES[0], to_mailboxes=MAILBOXES[1:])
            for sequence in sequences
        ),
        *(ReassignTask(task=number, assignee=USERS[1]) for number in range(1, 4)),
        OptOut(person=people[0]),
        *(change(person=person) for person in people for change in (Reply, Bounce)),
        *(OutOfOffice(person=person, until=NOW + timedelta(days=days)) for person in people for days in (1, 5, 30)),
        *(
            change(person=person, sequence=sequence)
            for person in people
            for sequence in sequences
            for change in (PauseEnrollment, ResumeEnrollment)
        ),
        *(FinishTask(task=number) for number in range(1, 4)),
        *(PauseMailbox(mailbox=MAILBOXES[0], paused=paused) for paused in (True, False)),
        *(PauseSequence(sequence=sequence, paused=paused) for sequence in sequences for paused in (True, False)),
        *(PublishPlay(play=play["name"], published=True) for play in document["plays"]),
        AddExclusion(name="Rivals", match=ExclusionMatch(person_email=tuple(people[:2]))),
    ]


def first_ruleset(sandbox: Sandbox) -> str:
    key = SettingKey("ruleset", str(sandbox.rulesets()["ruleset"].iloc[0]), "x")
    return str(key).split(":")[1]


def without_spelling(sandbox: Sandbox) -> Any:
    """The whole workspace, whatever the file spelled out."""
    from platforms.sandbox.workspace_file.dump import read_back  # the record behind the document

    with sandbox.work() as work:
        return read_back(work).model_dump()
