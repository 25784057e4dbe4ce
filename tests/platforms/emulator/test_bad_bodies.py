"""Bodies that are no JSON, or hold what no text can hold: refused as the vendor's documents say, by every API."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from platforms.emulator.app import make_app
from platforms.emulator.limits import unlimited
from platforms.sandbox.sandbox import Sandbox
from tests.platforms.emulator.contract import check
from tests.platforms.emulator.data_api import KEY
from tests.workspaces import PIA, workspace

HALF = "\ud800"  # half a surrogate pair, which JSON can escape and UTF-8 cannot hold
PERSONS = "/data/v1/objects/person"
ENROLLMENTS = "/sequences/v1/enrollments"
SOMETHING = "00000001-0000-4000-8000-000000000001"
POSTS = (f"{PERSONS}/records", f"{PERSONS}/records/find-unique", f"{PERSONS}/query-jobs", ENROLLMENTS)

NO_JSON = {
    "cut": b"{",
    "nested too deep": b"[" * 100_000 + b"]" * 100_000,
    "not UTF-8": b"\xff{",
    "a number that is too long": b'{"data": ' + b"9" * 5_000 + b"}",
    "a list": b"[]",
}
UNFIT: list[tuple[str, Any]] = [
    (f"{PERSONS}/records", {"data": {HALF: 1}}),
    (f"{PERSONS}/records", {"data": {"email": f"{HALF}@x.test"}}),
    (f"{PERSONS}/records", {"data": {"email": PIA, "company": {"match": {HALF: 1}}}}),
    (f"{PERSONS}/records/find-unique", {"match": {HALF: 1}}),
    (f"{PERSONS}/records/upsert", {"match": {"email": PIA}, "create": {HALF: 1}}),
    (f"{PERSONS}/query-jobs", {"query": {"select": {HALF: True}}}),
    (ENROLLMENTS, {"sequence_id": SOMETHING, "person_id": SOMETHING, "mailbox_emails": [f"{HALF}@x.test"]}),
    (f"{ENROLLMENTS}/query-jobs", {"filter": {HALF: 1}}),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    sandbox = Sandbox(f"sqlite:///{tmp_path_factory.mktemp('bodies') / 'sandbox.db'}")
    sandbox.load(workspace())
    yield TestClient(make_app(sandbox, SecretStr(KEY), limits=unlimited()), headers={"x-api-key": KEY})
    sandbox.close()


@pytest.mark.parametrize("path", POSTS)
def test_a_body_that_is_no_json_object_is_a_bad_request(client: TestClient, path: str) -> None:
    for what, content in NO_JSON.items():
        answer = client.post(path, content=content, headers={"content-type": "application/json"})
        assert 400 == answer.status_code, what
        check("POST", path, answer.status_code, answer.json())


@pytest.mark.parametrize(("path", "body"), UNFIT)
def test_what_no_text_can_hold_is_a_bad_request(client: TestClient, path: str, body: Any) -> None:
    answer = client.post(path, content=json.dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code in (400, 404)  # 404: there is no such sequence either
    check("POST", path, answer.status_code, answer.json())


def test_a_fault_of_the_emulator_itself_is_told_in_the_vendors_envelope(tmp_path: Path) -> None:
    sandbox = Sandbox(f"sqlite:///{tmp_path / 'sandbox.db'}")
    sandbox.load(workspace())
    with closing(sqlite3.connect(tmp_path / "sandbox.db")) as behind_its_back:
        behind_its_back.execute("DROP TABLE person")
    app = make_app(sandbox, SecretStr(KEY), limits=unlimited())
    client = TestClient(app, headers={"x-api-key": KEY}, raise_server_exceptions=False)
    answer = client.get(f"{PERSONS}/records/{SOMETHING}")
    assert 500 == answer.status_code
    check("GET", f"{PERSONS}/records/{SOMETHING}", 500, answer.json())
    sandbox.close()
