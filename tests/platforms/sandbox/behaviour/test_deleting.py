"""Sequences, plays and audiences taken away: refused while in use, gone from every list, kept in history."""

import pandas as pd
import pytest

from models.changes import Change, DeleteAudience, DeletePlay, DeleteSequence, DuplicateSequence, Enroll
from models.errors import InvalidInput, Refused
from models.workspace import Workspace
from tests.conftest import Sandboxes
from tests.workspaces import (
    BOS_MAILBOX,
    EVERYBODY,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    ended,
    running,
    workspace,
)


def test_a_sequence_goes_once_nobody_runs_in_it_and_no_play_enrolls_into_it(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[running(PIA)]))
    sandbox.apply(DuplicateSequence(sequence=OUTBOUND, name="Copy"))
    with pytest.raises(Refused, match=f"'{OUTBOUND}': 1 run in it, 1 plays enroll into it"):
        sandbox.apply(DeleteSequence(sequence=OUTBOUND))
    assert {"sequence": "Copy", "deleted": True} == sandbox.apply(DeleteSequence(sequence="Copy"))
    assert "Copy" not in set(sandbox.sequences()["sequence"])
    with pytest.raises(InvalidInput):
        sandbox.apply(DeleteSequence(sequence="Copy"))
    with pytest.raises(InvalidInput):
        sandbox.apply(Enroll(person=PIA, sequence="Copy", mailbox=(BOS_MAILBOX,)))


def test_an_audience_goes_after_the_play_that_enrolls_from_it(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA]))
    with pytest.raises(Refused, match=f"the play '{PLAY}' enrolls from '{EVERYBODY}'"):
        sandbox.apply(DeleteAudience(audience=EVERYBODY))
    assert sandbox.audience_size(EVERYBODY) is not None
    sandbox.apply(DeletePlay(play=PLAY))
    sandbox.apply(DeleteAudience(audience=EVERYBODY))
    assert ([], None) == (sandbox.plays()["play"].tolist(), sandbox.audience_size(EVERYBODY))


def test_who_runs_through_a_deleted_play_goes_on(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[running(PIA, play=PLAY)]))
    sandbox.apply(DeletePlay(play=PLAY))
    assert [PIA] == sandbox.places([PIA], OUTBOUND)["email"].tolist()


@pytest.mark.parametrize(
    "gone",
    [
        (DeletePlay(play=PLAY),),
        (DeletePlay(play=PLAY), DeleteAudience(audience=EVERYBODY)),
        (DeletePlay(play=PLAY), DeleteSequence(sequence=NURTURE), DeleteSequence(sequence=OUTBOUND)),
    ],
    ids=["a play", "an audience", "sequences"],
)
def test_a_workspace_file_keeps_what_was_deleted_and_who_was_in_it(
    sandboxes: Sandboxes, gone: tuple[Change, ...]
) -> None:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[ended(PIA)]))
    for change in gone:
        sandbox.apply(change)
    dump = sandbox.dump()
    again = sandboxes(Workspace.model_validate(dump), name="again")
    assert dump == again.dump()
    assert sandbox.plays().equals(again.plays())
    assert sandbox.sequences().equals(again.sequences())
    ever = pd.DataFrame({"email": [PIA], "since": pd.Series([pd.NaT], dtype="datetime64[ns, UTC]")})
    assert sandbox.history(ever).equals(again.history(ever))
