"""The emulator, whose answers are changed on their way: what the vendor's API might answer one day."""

import json
from collections.abc import Callable
from typing import Any

import httpx

from platforms.sandbox.sandbox import Sandbox
from tests.platforms.in_process import InProcess, emulator

Document = dict[str, Any]
Change = Callable[[str, Document], object]
"""Gets the path of a request and each document of its answer, and changes that in place."""
LISTS = ("enrollments", "sequences", "steps", "jobs", "data")


class Rewriting(InProcess):
    """Carries requests to an emulator over a sandbox, and changes each document that comes back."""

    def __init__(self, sandbox: Sandbox, change: Change) -> None:
        super().__init__(emulator(sandbox))
        self._change = change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = super().handle_request(request)
        if not response.is_success or not response.content:
            return response
        path = request.url.path
        if "ndjson" in response.headers["Content-Type"]:
            rows = [json.loads(line) for line in response.text.splitlines()]
            text = "".join(json.dumps(self._changed(path, row)) + "\n" for row in rows)
        else:
            body = response.json()
            for name in LISTS:
                for one in body[name] if isinstance(body.get(name), list) else []:
                    self._changed(path, one)
            text = json.dumps(body)
        headers = {name: value for name, value in response.headers.items() if name != "content-length"}
        return httpx.Response(response.status_code, headers=headers, content=text.encode(), request=request)

    def _changed(self, path: str, document: Document) -> Document:
        self._change(path, document)
        return document


def renamed(document: Document, old: str, new: str) -> None:
    """A field of a document gets another name, where it is there."""
    if old in document:
        document[new] = document.pop(old)
