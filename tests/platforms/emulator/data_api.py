"""Calls of the Data API on a sandbox, in one process; each answer is held against the vendor's document."""

from typing import Any

import httpx
from fastapi.testclient import TestClient
from pydantic import SecretStr

from platforms.emulator.app import make_app
from platforms.emulator.limits import unlimited
from platforms.sandbox.sandbox import Sandbox
from tests.platforms.emulator.contract import check

KEY = "key-of-a-test"
OBJECTS = "/data/v1/objects"


class DataApi:
    """`api("GET", "person", "records", id)`; the shorter ones give what was asked for."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        app = make_app(sandbox, SecretStr(KEY), limits=unlimited())
        self._client = TestClient(app, headers={"x-api-key": KEY})

    def __call__(self, method: str, *path: str, json: Any = None, **how: Any) -> httpx.Response:
        address = "/".join((OBJECTS, *path))
        answer = self._client.request(method, address, json=json, **how)
        if answer.headers["content-type"] == "application/json":
            check(method, address, answer.status_code, answer.json())
        return answer

    def create(self, kind: str, **attributes: Any) -> dict[str, Any]:
        return self._made(self("POST", kind, "records", json={"data": attributes}), 201)

    def update(self, record: dict[str, Any], **attributes: Any) -> dict[str, Any]:
        return self._made(self("PATCH", record["object"], "records", record["id"], json={"data": attributes}), 200)

    def upsert(self, kind: str, **body: Any) -> dict[str, Any]:
        return self._made(self("POST", kind, "records/upsert", json=body), 200)

    def find(self, kind: str, **match: Any) -> Any:
        return self._made(self("POST", kind, "records/find-unique", json={"match": match}), 200)

    def rows(self, kind: str, **query: Any) -> list[dict[str, Any]]:
        """The rows of a query job, from creating it to its first page."""
        job_id = self.job(kind, **query)
        found: list[dict[str, Any]] = self("GET", kind, "query-jobs", job_id, "results").json()["data"]
        return found

    def job(self, kind: str, **query: Any) -> str:
        """A finished query job."""
        job_id = str(self("POST", kind, "query-jobs", json={"query": query}).json()["job_id"])
        while self("GET", kind, "query-jobs", job_id).json()["status"] == "IN_PROGRESS":
            pass
        return job_id

    def refused(self, method: str, *path: str, json: Any, **how: Any) -> dict[str, Any]:
        """The body of a 400."""
        answer = self(method, *path, json=json, **how)
        assert 400 == answer.status_code, answer.text
        body: dict[str, Any] = answer.json()
        return body

    @staticmethod
    def _made(answer: httpx.Response, status: int) -> Any:
        assert status == answer.status_code, answer.text
        return answer.json()["data"]
