"""What the Data API finds wrong with a request: each mistake by its field, as the contract's BadRequestError."""

from collections.abc import Sequence
from typing import Any

from platforms.emulator.problems import Problem

Path = tuple[str | int, ...]


def mistake(code: str, message: str, path: Path, kind: str = "", attribute: str = "") -> dict[str, Any]:
    """One BadRequestError: code and path, and the object and the attribute that it is about."""
    about = {"object_api_name": kind, "attribute_api_name": attribute}
    return {"code": code, "message": message, "path": list(path)} | {name: one for name, one in about.items() if one}


def refused(mistakes: Sequence[dict[str, Any]], status: str = "bad_request") -> Problem:
    """A 400 that lists every mistake; its message names the fields."""
    message = "; ".join(f"{'.'.join(map(str, one['path']))}: {one['message']}" for one in mistakes)
    return Problem(400, {"status": status, "errors": list(mistakes), "message": message})


def wrong(code: str, message: str, path: Path, kind: str = "", attribute: str = "") -> Problem:
    """A 400 for one mistake."""
    return refused([mistake(code, message, path, kind, attribute)])
