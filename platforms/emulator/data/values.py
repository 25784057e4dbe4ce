"""Attribute values as the contract has them, to and from what the sandbox's columns hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter, ValidationError

from models.records.vocabulary import Domain, Email
from platforms.emulator import ids
from platforms.emulator.data.attributes import Attribute

GROUPS = ("create", "update", "update_if_empty", "create_or_update", "create_or_update_if_empty")
_EMAIL = TypeAdapter(Email)
_DOMAIN = TypeAdapter(Domain)
LONGEST_DOMAIN = 253  # signs, as in the DNS
LONGEST_TEXT = 10_000  # characters; the contract names no bound


@dataclass
class Unfit(Exception):
    """A value that its attribute cannot hold, in words for a person."""

    words: str


@dataclass(frozen=True)
class Reference:
    """A reference as it was written: by `id`, by `match`, or by a nested upsert of these `groups`."""

    id: str | None = None
    match: Mapping[str, Any] | None = None
    groups: Mapping[str, Mapping[str, Any]] | None = None


def value_json(attribute: Attribute, value: Any) -> Any:
    """A column's value as the attribute's JSON; None is null."""
    if value is None or (attribute.empty is not None and value == attribute.empty):
        return None
    if attribute.type == "REFERENCE":
        return {"id": ids.uuid_of(attribute.leads_to.api_name, int(value))}
    return bool(value) if attribute.type == "BOOLEAN" else value


def read(attribute: Attribute, raw: Any) -> Any:
    """What the column is to hold, or a `Reference` still to be looked up. Raises Unfit."""
    if raw is None:
        raise Unfit("null is no value here")
    if attribute.type == "REFERENCE":
        return _reference(raw)
    if attribute.type == "BOOLEAN":
        if not isinstance(raw, bool):
            raise Unfit("must be true or false")
        return raw
    return _TEXTS[attribute.type](attribute, _text(raw))


def _text(raw: Any) -> str:
    if not isinstance(raw, str):
        raise Unfit("must be a text")
    if "\x00" in raw or any("\ud800" <= sign <= "\udfff" for sign in raw):
        raise Unfit("holds a sign that no text can hold")
    if len(raw) > LONGEST_TEXT:
        raise Unfit(f"is longer than {LONGEST_TEXT} signs")
    return raw


def _email(_attribute: Attribute, raw: str) -> str:
    try:
        return _EMAIL.validate_python(raw)
    except ValidationError as error:
        raise Unfit("must be an email address") from error


def _domain(_attribute: Attribute, raw: str) -> str:
    """A domain, or the domain of a web address: `https://www.acme.test/about` is `acme.test`."""
    try:
        host = urlsplit(raw if "://" in raw else f"//{raw}").hostname or ""
        domain = _DOMAIN.validate_python(host.removeprefix("www.").removesuffix("."))
    except ValueError as error:  # pydantic's ValidationError is one too
        raise Unfit("must be a domain or a web address") from error
    if len(domain) > LONGEST_DOMAIN:
        raise Unfit(f"is longer than {LONGEST_DOMAIN} signs")
    return domain


def _select(attribute: Attribute, raw: str) -> str:
    if raw not in attribute.options:
        raise Unfit(f"must be one of {', '.join(attribute.options)}")
    return raw


def _free(attribute: Attribute, raw: str) -> str:
    text = raw.strip()
    if not text and attribute.empty is None:
        raise Unfit("must not be empty")
    return text


_TEXTS = {"EMAIL_ADDRESS": _email, "URL": _domain, "SELECT": _select, "TEXT": _free}


def _reference(raw: Any) -> Reference:
    if not isinstance(raw, dict):
        raise Unfit("must be a reference: {id} or {match}")
    if "id" in raw:
        return Reference(id=_text(raw["id"]))
    match, groups = raw.get("match"), {name: raw[name] for name in GROUPS if name in raw}
    if not all(isinstance(part, dict) for part in (match, *groups.values())):
        raise Unfit("must be a reference: {id} or {match}")
    return Reference(match=match, groups=groups or None)
