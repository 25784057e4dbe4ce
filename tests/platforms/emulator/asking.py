"""The emulator asked in-process, as a client would ask the vendor's API."""

from typing import Any

import httpx
from pydantic import SecretStr
from starlette.testclient import TestClient

from platforms.emulator.app import make_app
from platforms.emulator.ids import Kind, uuid_of
from platforms.emulator.limits import unlimited
from platforms.sandbox.sandbox import Sandbox

KEY = "the-key-of-these-tests"
Json = dict[str, Any]


class Asking:
    """Asks the emulator of a sandbox. Nouns are found by the names that people use, and go by their ids."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._client = TestClient(make_app(sandbox, SecretStr(KEY), limits=unlimited()), headers={"X-Api-Key": KEY})

    def __call__(self, method: str, path: str, body: Any = None, **params: Any) -> httpx.Response:
        answer: httpx.Response = self._client.request(method, path, json=body, params=params)
        return answer

    def get(self, path: str, **params: Any) -> Any:
        """The body of a successful read."""
        return self("GET", path, **params).raise_for_status().json()

    def id(self, kind: Kind, name: str) -> str:
        """The id of a noun: `name` is its name, or its address."""
        table = "user_account" if kind == "user" else kind
        column = "email" if kind in ("user", "person", "mailbox") else "name"
        with self.sandbox.work() as work:
            return uuid_of(kind, work.value(f"SELECT id FROM {table} WHERE {column} = :name", name=name))

    def enroll(self, person: str, sequence: str, *mailboxes: str) -> httpx.Response:
        """`POST /enrollments`."""
        body = {"person_id": self.id("person", person), "sequence_id": self.id("sequence", sequence)}
        return self("POST", "/sequences/v1/enrollments", body | {"mailbox_emails": list(mailboxes)})

    def rows(self, jobs: str, **filters: Any) -> list[Json]:
        """What a query job selects."""
        made = self("POST", jobs, {"filter": filters} if filters else None).raise_for_status().json()
        while self.get(f"{jobs}/{made['job_id']}")["status"] == "IN_PROGRESS":
            pass
        found: list[Json] = self.get(f"{jobs}/{made['job_id']}/results")["data"]
        return found
