"""A look at a workspace of Unify, through the emulator: as it is, and as it might be one day."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from models.finding import Finding
from models.records import RepTask
from models.workspace import Workspace
from platforms.emulator.app import make_app
from platforms.sandbox.sandbox import Sandbox
from platforms.unify.examination.examining import Examining
from tests.conftest import Sandboxes
from tests.platforms.in_process import KEY, InProcess, wire_over
from tests.platforms.rewriting import Change, Document, Rewriting, renamed
from tests.workspaces import ANA, ANAS_MAILBOX, BO, NOW, OUTBOUND, PIA, QUIN, RAJ, running, workspace

Look = Callable[..., list[Finding]]


def team(**sections: Any) -> Workspace:
    tasks = [
        RepTask(person=PIA, type="PHONE_CALL", status="READY", assignee=one, sequence=OUTBOUND) for one in (ANA, BO)
    ]
    enrollments = [running(PIA), running(QUIN)]
    return workspace(**({"people": [PIA, QUIN, RAJ], "enrollments": enrollments, "tasks": tasks} | sections))


def nothing(path: str, document: Document) -> None:
    """Answers as they are."""


def seen(sandbox: Sandbox, change: Change = nothing) -> list[Finding]:
    examining = Examining(wire_over(sandbox, Rewriting(sandbox, change)), clock=lambda: NOW)
    return list(examining.findings())


def of(check: str, found: list[Finding], state: str | None = None) -> list[str]:
    return [one.message for one in found if one.check == f"workspace.{check}" and state in (None, one.state)]


def troubles(found: list[Finding]) -> list[str]:
    return [one.message for one in found if one.state == "trouble"]


def test_a_workspace_in_order_has_no_trouble_and_is_told_of(sandboxes: Sandboxes) -> None:
    found = seen(sandboxes(team()))
    assert [] == troubles(found)
    assert ["2 enrollments run"] == of("enrollments", found)
    assert [f"enrollments run from 1 mailbox: {ANAS_MAILBOX} ({ANA})"] == of("mailboxes", found)
    assert ["no enrollment waits for an approval"] == of("drafts", found)
    [right] = of("rights", found, "ok")
    assert "tasks of 2 users show" in right
    [hidden] = of("hidden", found)
    assert "exclusions" in hidden
    [answers] = of("contract", found, "ok")
    assert "enrollment step query job" in answers
    [used] = of("use", found)
    assert "3 of about 100 query jobs" in used


def test_a_look_changes_nothing(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team())
    before = sandbox.dump()
    seen(sandbox)
    assert before == sandbox.dump()


def test_a_reps_key_shows_tasks_of_one_user_alone(sandboxes: Sandboxes) -> None:
    sandboxes(team())
    [right] = of("rights", seen(sandboxes(user=BO)), "note")
    assert f"all 1 are {BO}'s" in right


def test_a_key_that_is_not_taken_ends_the_look(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(team())
    transport = InProcess(make_app(sandbox, SecretStr("another")))
    [found] = Examining(wire_over(sandbox, transport)).findings()
    assert ("workspace.key", "trouble") == (found.check, found.state)
    assert "the API key is not taken (401)" in found.message
    assert found.remedy is not None
    assert "UNIFY_API_KEY" in found.remedy
    assert KEY.get_secret_value() not in found.message


class Away(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("nobody there", request=request)


def test_a_platform_that_does_not_answer_ends_the_look(sandboxes: Sandboxes) -> None:
    [found] = Examining(wire_over(sandboxes(team()), Away())).findings()
    assert ("trouble", True) == (found.state, "nobody there" in found.message)


@pytest.mark.parametrize(("off", "state"), [(0, "ok"), (59, "ok"), (62, "note"), (-3600, "note")])
def test_a_clock_that_is_off_is_told(sandboxes: Sandboxes, off: int, state: str) -> None:
    sandbox = sandboxes(team(), clock="real")
    at = sandbox.now() + timedelta(seconds=off)
    found = list(Examining(wire_over(sandbox), clock=lambda: at).findings())
    assert state == next(one.state for one in found if one.check == "workspace.clock")


def test_the_clock_of_an_emulator_is_no_mistake_of_this_machine(sandboxes: Sandboxes) -> None:
    [told] = of("clock", seen(sandboxes(team())), "note")
    assert "stands still" in told


def drafts(path: str, document: Document) -> None:
    if document.get("status") == "IN_PROGRESS" and "person" in document:
        document |= {"status": "DRAFT", "started_at": None}


def test_drafts_are_told_with_their_sequence(sandboxes: Sandboxes) -> None:
    found = seen(sandboxes(team()), drafts)
    assert [] == troubles(found)
    [told] = of("drafts", found, "note")
    assert told.startswith(f"2 enrollments in '{OUTBOUND}' are drafts: nothing is sent")


def unowned(path: str, document: Document) -> None:
    if "forward_to_email_address" in document.get("mailbox", {}):
        document["mailbox"]["user"] = None


def let_out(path: str, document: Document) -> None:
    if "is_unauthorized" in document.get("mailbox", {}):
        document["mailbox"]["is_unauthorized"] = True


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (unowned, f"nobody owns {ANAS_MAILBOX}"),
        (let_out, f"{ANAS_MAILBOX} has lost its authorization: nothing is sent from it"),
    ],
)
def test_a_mailbox_that_nobody_can_send_from_is_told(sandboxes: Sandboxes, change: Change, message: str) -> None:
    assert [message] == of("mailboxes", seen(sandboxes(team()), change), "note")


def renamed_end(path: str, document: Document) -> None:
    if "person" in document and "mailbox" in document:
        renamed(document, "ended_at", "finished_at")


def without_pause(path: str, document: Document) -> None:
    if path.endswith("/sequences"):
        document.pop("is_paused")


def with_more(path: str, document: Document) -> None:
    if path.endswith("/tasks"):
        document["mood"] = "hopeful"


def lost_attribute(path: str, document: Document) -> None:
    if path.endswith("/person/attributes"):
        renamed(document, "api_name", "name") if document["api_name"] == "email_opt_out" else None


@pytest.mark.parametrize(
    ("change", "state", "message"),
    [
        (
            renamed_end,
            "trouble",
            "enrollment query job: ended_at is missing in all of 2 answers; finished_at is new there",
        ),
        (without_pause, "trouble", "GET /sequences/v1/sequences: is_paused is missing in all of 2 answers"),
        (with_more, "note", "GET /tasks/v1/tasks: new, and not in the contract: mood"),
        (lost_attribute, "trouble", "the object person has no attribute email_opt_out"),
    ],
)
def test_an_answer_that_is_not_as_documented_is_told(
    sandboxes: Sandboxes, change: Change, state: str, message: str
) -> None:
    told = of("contract", seen(sandboxes(team()), change), state)
    assert [True] == [True for one in told if one.startswith(message)], told
