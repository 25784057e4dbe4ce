"""The vendor's contract as a referee: documents of tests are held against its schemas before they are read."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

CONTRACTS = Path(__file__).resolve().parents[4] / "shared" / "contracts"


@cache
def _document(api: str) -> Any:
    path = CONTRACTS / f"{api}.openapi.json"
    if not path.exists():
        pytest.skip(f"the vendor's contract is not there: {path}")
    return _without_nullable(json.loads(path.read_text()))


def _without_nullable(schema: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema says that it may be null."""
    if isinstance(schema, list):
        return [_without_nullable(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    out = {name: _without_nullable(part) for name, part in schema.items() if name != "nullable"}
    return {"anyOf": [{"type": "null"}, out]} if schema.get("nullable") is True else out


def as_documented(api: str, name: str, document: dict[str, Any]) -> dict[str, Any]:
    """The document, once it is found to fit the schema `name` of an API's contract."""
    whole = _document(api)
    Draft7Validator({"$ref": f"#/components/schemas/{name}", "components": whole["components"]}).validate(document)
    return document


def answer_as_documented(api: str, path: str, method: str, document: dict[str, Any]) -> dict[str, Any]:
    """The document, once it is found to fit what an operation answers with 200."""
    whole = _document(api)
    answer = whole["paths"][path][method]["responses"]["200"]["content"]["application/json"]["schema"]
    Draft7Validator({**answer, "components": whole["components"]}).validate(document)
    return document
