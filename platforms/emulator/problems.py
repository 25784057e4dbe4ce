"""The API's answers to requests that it does not carry out: the vendor's envelopes, `{"status": …, "message": …}`."""

import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from models.errors import HandoffError, InvalidInput, NotAllowed


class Problem(Exception):
    """An answer other than success: its HTTP status, body and headers."""

    def __init__(self, status_code: int, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> None:
        super().__init__(body.get("message", body["status"]))
        self.status_code, self.body, self.headers = status_code, dict(body), dict(headers or {})

    def response(self) -> JSONResponse:
        """The answer."""
        return InAscii(self.body, self.status_code, self.headers)


class InAscii(JSONResponse):
    """JSON that escapes what is not ASCII: a refusal may name what UTF-8 cannot hold, such as half a surrogate pair."""

    def render(self, content: Any) -> bytes:
        """The body."""
        return json.dumps(content).encode()


def bad_request(
    message: str, path: Sequence[str | int] = (), code: str = "invalid", status: str = "bad_request", **more: Any
) -> Problem:
    """400: `path` leads to the field that is wrong; `more` goes into its error (`attribute_api_name`, say)."""
    errors = [{"code": code, "path": list(path), **more}] if path or more else []
    return Problem(400, {"status": status, "errors": errors, "message": message})


def unauthorized() -> Problem:
    """401: no key, or another one."""
    return Problem(401, {"status": "unauthorized", "message": "The API key is missing or not valid"})


def forbidden(message: str) -> Problem:
    """403: the key's user may not do it."""
    return Problem(403, {"status": "forbidden", "message": message})


def not_found(message: str, status: str = "not_found") -> Problem:
    """404."""
    return Problem(404, {"status": status, "message": message})


def conflict(message: str, status: str = "conflict", **more: Any) -> Problem:
    """409; `more` is what the operation tells besides (`active_enrollment_id`, say)."""
    return Problem(409, {"status": status, "message": message, **more})


def rate_limited(seconds: float) -> Problem:
    """429: `Retry-After` is whole seconds, at least one."""
    body = {"status": "rate_limited", "message": "Too many requests"}
    return Problem(429, body, {"Retry-After": str(max(1, math.ceil(seconds)))})


def broken() -> Problem:
    """500."""
    return Problem(500, {"status": "error", "message": "Something went wrong"})


def unavailable() -> Problem:
    """503."""
    return Problem(503, {"status": "service_unavailable", "message": "Try again later"})


def absent(operation: str) -> Problem:
    """501: the vendor has this operation, the emulator does not."""
    message = f"The emulator does not have {operation}: docs/emulator.md lists what it lacks"
    return Problem(501, {"status": "not_implemented", "message": message})


def speak_the_vendors_way(app: FastAPI) -> None:
    """Send every refusal of an application in the vendor's envelopes."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, problem: Problem) -> JSONResponse:
        return problem.response()

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [{"code": one["type"], "path": _path(one["loc"]), "message": one["msg"]} for one in error.errors()]
        return InAscii({"status": "bad_request", "errors": errors, "message": "The request is not valid"}, 400)

    @app.exception_handler(UnicodeEncodeError)
    async def _unfit(request: Request, error: UnicodeEncodeError) -> JSONResponse:
        return bad_request("The request holds a sign that no text can hold", ("request",)).response()

    @app.exception_handler(HandoffError)
    async def _refused(request: Request, error: HandoffError) -> JSONResponse:
        if isinstance(error, NotAllowed):
            return forbidden(str(error)).response()
        field = error.field if isinstance(error, InvalidInput) else "request"
        return bad_request(str(error), (field,)).response()

    @app.exception_handler(HTTPException)
    async def _plain(request: Request, error: HTTPException) -> JSONResponse:
        words = {400: "bad_request", 404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "error")
        return JSONResponse({"status": words, "message": str(error.detail)}, error.status_code, error.headers)

    @app.exception_handler(Exception)
    async def _broken(request: Request, error: Exception) -> JSONResponse:
        return broken().response()  # the server raises the error again, so that its log has it


def _path(place: Sequence[Any]) -> list[str | int]:
    """Where in the request: without the word for its part (`body`, `query`)."""
    return [part if isinstance(part, int) else str(part) for part in place[1:]]
