"""What every answer of the emulator has in common: the key, the vendor's envelopes, the sandbox's time."""

from collections.abc import Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from platforms.emulator.absent import ABSENT
from platforms.emulator.app import make_app
from platforms.emulator.ids import uuid_of
from platforms.emulator.limits import unlimited
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.workspaces import NOW, PIA, running, workspace

KEY = "the-key-of-these-tests"
SEQUENCES = "/sequences/v1/sequences"
PAGE = Path(__file__).resolve().parents[3] / "docs" / "emulator.md"


@pytest.fixture
def sandbox(sandboxes: Sandboxes) -> Sandbox:
    return sandboxes(workspace(enrollments=running(PIA)))


@pytest.fixture
def ask(sandbox: Sandbox) -> Iterator[TestClient]:
    with TestClient(make_app(sandbox, SecretStr(KEY), limits=unlimited()), headers={"X-Api-Key": KEY}) as client:
        yield client


@pytest.mark.parametrize("key", [None, "", "another", f"{KEY}x", KEY[:-1], KEY.upper(), "schlüssel"])
def test_nobody_gets_in_without_the_key(key: str | None, ask: TestClient) -> None:
    del ask.headers["X-Api-Key"]
    given = {} if key is None else {"X-Api-Key": key.encode()}
    for path in (SEQUENCES, "/nothing", "/data/v1/objects", "/"):
        answer = ask.get(path, headers=given)  # type: ignore[arg-type]  # bytes, since one of them is not ASCII
        assert 401 == answer.status_code
        assert {"status": "unauthorized", "message": "The API key is missing or not valid"} == answer.json()


def test_a_key_in_the_address_or_as_a_bearer_does_not_count(ask: TestClient) -> None:
    del ask.headers["X-Api-Key"]
    assert 401 == ask.get(f"{SEQUENCES}?x-api-key={KEY}").status_code
    assert 401 == ask.get(SEQUENCES, headers={"Authorization": f"Bearer {KEY}"}).status_code


def test_an_application_is_not_made_without_a_key(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="needs a key"):
        make_app(sandbox, SecretStr(""))


def test_the_key_is_in_no_answer(ask: TestClient) -> None:
    for method, path in (("GET", SEQUENCES), ("GET", "/nothing"), ("PUT", SEQUENCES), ("POST", "/data/v1/objects")):
        answer = ask.request(method, path)
        assert KEY not in answer.text + str(answer.headers)


@pytest.mark.parametrize(("method", "path"), ABSENT)
def test_an_operation_that_is_absent_says_so(method: str, path: str, ask: TestClient) -> None:
    answer = ask.request(method, path.format(object_name="person", attribute_name="a", option_name="o", job_id="j"))
    assert (501, "not_implemented") == (answer.status_code, answer.json()["status"])
    assert f"{method} {path}" in answer.json()["message"]


def test_the_page_lists_what_is_absent() -> None:
    part = PAGE.read_text().partition("## What it does not have\n")[2].partition("\n## ")[0]
    listed = [line.removeprefix("- `").removesuffix("`") for line in part.splitlines() if line.startswith("- `")]
    assert [f"{method} {path}" for method, path in ABSENT] == listed


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "field"),
    [
        ("GET", "/sequences/v1/enrollments?limit=0", None, 400, ["limit"]),
        ("GET", "/sequences/v1/enrollments?limit=many", None, 400, ["limit"]),
        ("GET", "/sequences/v1/enrollments?cursor=nonsense", None, 400, ["cursor"]),
        ("GET", "/sequences/v1/sequences/17", None, 400, ["id"]),
        ("POST", "/sequences/v1/enrollments", {"person_id": "p"}, 400, ["sequence_id"]),
        ("POST", "/tasks/v1/tasks/query-jobs", {"filter": {"status": "READY"}}, 400, ["filter", "status"]),
    ],
)
def test_a_wrong_field_is_named_in_the_vendors_envelope(
    method: str, path: str, body: Any, status: int, field: list[str], ask: TestClient
) -> None:
    answer = ask.request(method, path, json=body)
    told = answer.json()
    assert (status, "bad_request") == (answer.status_code, told["status"])
    assert any(field == error["path"][: len(field)] and error["code"] for error in told["errors"]), told


@pytest.mark.parametrize(
    ("method", "path", "status", "word"),
    [
        ("GET", "/nothing", 404, "not_found"),
        ("PUT", SEQUENCES, 405, "method_not_allowed"),
        ("GET", f"{SEQUENCES}/{uuid_of('person', 1)}", 404, "not_found"),
    ],
)
def test_what_is_not_there_is_told_in_the_vendors_envelope(
    method: str, path: str, status: int, word: str, ask: TestClient
) -> None:
    answer = ask.request(method, path)
    assert (status, word) == (answer.status_code, answer.json()["status"])
    assert {"status", "message"} == answer.json().keys()


def time_of(answer: httpx.Response) -> Any:
    return parsedate_to_datetime(answer.headers["Date"])


def test_every_answer_tells_the_time_of_the_sandbox(sandbox: Sandbox, ask: TestClient) -> None:
    later = NOW + timedelta(days=3)
    for path in (SEQUENCES, "/nothing", f"{SEQUENCES}/17"):
        assert NOW == time_of(ask.get(path))
    assert NOW == time_of(ask.get(SEQUENCES, headers={"X-Api-Key": "another"}))
    sandbox.advance(later)  # as another process would
    assert later == time_of(ask.get("/nothing"))
    assert "0" == ask.get(SEQUENCES).headers["X-Sandbox-Clock-Rate"]


def test_a_clock_that_runs_says_how_fast(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(), clock="x600")
    with TestClient(make_app(sandbox, SecretStr(KEY)), headers={"X-Api-Key": KEY}) as client:
        first, second = client.get(SEQUENCES), client.get(SEQUENCES)
    assert "600" == second.headers["X-Sandbox-Clock-Rate"]
    assert NOW <= time_of(first) <= time_of(second)


def test_a_request_that_is_refused_leaves_no_trace(sandbox: Sandbox, ask: TestClient) -> None:
    before = sandbox.dump()
    answer = ask.delete(f"/sequences/v1/enrollments/{uuid_of('enrollment', 1)}", headers={"X-Api-Key": "another"})
    assert (401, before) == (answer.status_code, sandbox.dump())
