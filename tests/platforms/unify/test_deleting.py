"""Deleting a sequence on Unify: never one in which somebody runs, and an answer that is lost is found out."""

import httpx
import pytest

from models.changes import DeleteAudience, DeletePlay, DeleteSequence, DuplicateSequence
from models.errors import InvalidInput, Refused
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.wire import Unsure
from tests.conftest import Sandboxes
from tests.platforms.in_process import InProcess, emulator, unify_over
from tests.workspaces import OUTBOUND, PIA, running, workspace

COPY = DeleteSequence(sequence="Copy")


class LosesDeletes(InProcess):
    """The answer to a DELETE is lost; whether it was carried out is said beforehand."""

    def __init__(self, sandbox: Sandbox, *, carried_out: bool) -> None:
        super().__init__(emulator(sandbox))
        self._carried_out = carried_out

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != "DELETE":
            return super().handle_request(request)
        if self._carried_out:
            super().handle_request(request)
        raise httpx.ReadTimeout("lost", request=request)


def copied(sandboxes: Sandboxes) -> Sandbox:
    sandbox = sandboxes(workspace(people=[PIA], enrollments=[running(PIA)]))
    sandbox.apply(DuplicateSequence(sequence=OUTBOUND, name="Copy"))
    return sandbox


def names(sandbox: Sandbox) -> set[str]:
    return set(sandbox.sequences()["sequence"])


def test_an_empty_one_is_deleted_and_one_in_use_is_refused_without_a_request(sandboxes: Sandboxes) -> None:
    sandbox = copied(sandboxes)
    counting = InProcess(emulator(sandbox))
    unify = unify_over(sandbox, counting)
    with pytest.raises(Refused, match="1 run in it"):
        unify.apply(DeleteSequence(sequence=OUTBOUND))
    assert not [asked for asked in counting.carried if asked.startswith("DELETE")]
    assert {"sequence": "Copy", "deleted": True} == unify.apply(COPY)
    assert OUTBOUND in names(sandbox) and "Copy" not in names(sandbox)
    with pytest.raises(InvalidInput):
        unify.apply(COPY)


def test_a_lost_answer_counts_as_done_where_it_is_gone(sandboxes: Sandboxes) -> None:
    sandbox = copied(sandboxes)
    unify = unify_over(sandbox, LosesDeletes(sandbox, carried_out=True))
    assert {"sequence": "Copy", "deleted": True} == unify.apply(COPY)
    assert "Copy" not in names(sandbox)


def test_a_lost_answer_is_an_error_where_it_is_there_still(sandboxes: Sandboxes) -> None:
    sandbox = copied(sandboxes)
    with pytest.raises(Unsure):
        unify_over(sandbox, LosesDeletes(sandbox, carried_out=False)).apply(COPY)
    assert "Copy" in names(sandbox)


def test_plays_and_audiences_are_a_persons_to_delete(sandboxes: Sandboxes) -> None:
    unify = unify_over(copied(sandboxes))
    assert (True, False, False) == tuple(map(unify.supports, (DeleteSequence, DeletePlay, DeleteAudience)))
