"""The vendor's OpenAPI documents as referee: is an answer one that the document describes?"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

CONTRACTS = Path(__file__).resolve().parents[4] / "shared" / "contracts"


@cache
def published(service: str) -> dict[str, Any]:
    """The document of data, sequences or tasks, as the vendor publishes it. Skips the test where it is not there."""
    path = CONTRACTS / f"{service}.openapi.json"
    if not path.exists():
        pytest.skip(f"the vendor's documents are not beside the project ({path})")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


@cache
def document(service: str) -> dict[str, Any]:
    """The same, with OpenAPI's `nullable` in the words of JSON Schema."""
    found: dict[str, Any] = _nullable(published(service))
    return found


def _nullable(part: Any) -> Any:
    if isinstance(part, list):
        return [_nullable(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {name: _nullable(value) for name, value in part.items() if name != "nullable"}
    return {"anyOf": [made, {"type": "null"}]} if part.get("nullable") is True else made


def operation(service: str, method: str, path: str) -> dict[str, Any]:
    """The operation that a request is for; of two addresses that fit, the one with fewer parameters."""
    for template, methods in sorted(document(service)["paths"].items(), key=lambda entry: entry[0].count("{")):
        if method.lower() in methods and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path):
            described: dict[str, Any] = methods[method.lower()]
            return described
    raise AssertionError(f"the document knows no {method} {path}")


@cache
def _checks(service: str, schema: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema) | {"components": document(service)["components"]})


def check(method: str, path: str, status: int, body: Any) -> None:
    """Fail where the answer's status is not documented, or its JSON is not as the document says."""
    service = path.split("/")[1]
    answers = operation(service, method, path)["responses"]
    assert str(status) in answers, f"{method} {path} answered {status}: {body}"
    schema = answers[str(status)]["content"]["application/json"]["schema"]
    errors = [error.message for error in _checks(service, json.dumps(schema)).iter_errors(body)]
    assert [] == errors, f"{method} {path} {status}: {body}"


def conforms(told: Any, service: str, name: str) -> None:
    """Fail where JSON is not what the document calls by that name."""
    reference = json.dumps({"$ref": f"#/components/schemas/{name}"})
    assert [] == [error.message for error in _checks(service, reference).iter_errors(told)]
