"""What the Data API says no to, in the words of its contract."""

from dataclasses import dataclass, field
from typing import Any

Path = tuple[str | int, ...]


@dataclass
class DataRefused(Exception):
    """An answer that is a no: the HTTP status, the contract's word for it, and a message for a person.

    `errors` are the contract's BadRequestError: code, path, object_api_name, attribute_api_name.
    """

    code: int
    status: str
    message: str
    errors: list[dict[str, Any]] = field(default_factory=list)


def mistake(code: str, message: str, path: Path, kind: str = "", attribute: str = "") -> dict[str, Any]:
    """One BadRequestError."""
    out: dict[str, Any] = {"code": code, "message": message, "path": list(path)}
    if kind:
        out["object_api_name"] = kind
    if attribute:
        out["attribute_api_name"] = attribute
    return out


def bad_request(errors: list[dict[str, Any]], status: str = "bad_request") -> DataRefused:
    """A 400 that lists every mistake; its message names the fields."""
    told = "; ".join(f"{'.'.join(map(str, one['path']))}: {one['message']}" for one in errors)
    return DataRefused(400, status, told, errors)


def one_mistake(code: str, message: str, path: Path, kind: str = "", attribute: str = "") -> DataRefused:
    """A 400 for one mistake."""
    return bad_request([mistake(code, message, path, kind, attribute)])


def not_found(status: str, message: str) -> DataRefused:
    """A 404."""
    return DataRefused(404, status, message)


def conflict(message: str) -> DataRefused:
    """The 409 of a unique attribute that another record has already."""
    return DataRefused(409, "record_conflict", message)
