"""People, companies and users as the Data API shows them, and tasks as the Tasks API does. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platforms.unify.fields import Fields
from platforms.unify.wire import Json

OBJECTS = "/data/v1/objects"
TASKS = "/tasks/v1/tasks"
USER: dict[str, Any] = {"email": True}
PERSON: dict[str, Any] = {
    "email": True,
    "first_name": True,
    "status": True,
    "email_opt_out": True,
    "do_not_email": True,
    "record_owner": {"select": USER},
    "company": {"select": {"domain": True, "status": True, "record_owner": {"select": USER}}},
}
"""What is selected of people: three levels, as many as the contract allows."""


@dataclass(frozen=True, slots=True)
class PersonShown:
    """A person. Flags that nobody set are off. `company_id` and `owner_id` are what their details are looked up by."""

    id: str
    email: str
    first_name: str
    status: str | None
    opted_out: bool
    do_not_email: bool
    owner_id: str | None
    company_id: str | None


@dataclass(frozen=True, slots=True)
class CompanyShown:
    id: str
    domain: str | None
    status: str | None
    owner_id: str | None


@dataclass(frozen=True, slots=True)
class UserShown:
    id: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A representative's task: the API links it to no sequence, enrollment or mailbox."""

    id: str
    type: str
    status: str
    person_id: str
    assignee_id: str | None
    due_at: datetime | None
    created_at: datetime


def person(document: Json, operation: str) -> PersonShown:
    """A record of the object `person`, with or without its references looked up."""
    fields = Fields(document, operation)
    own = fields.inside("attributes")
    return PersonShown(
        id=fields.text("id"),
        email=own.address("email"),
        first_name=own.text_or_none("first_name") or "",
        status=own.text_or_none("status"),
        opted_out=own.has("email_opt_out") and own.flag("email_opt_out"),
        do_not_email=own.has("do_not_email") and own.flag("do_not_email"),
        owner_id=_reference(own, "record_owner"),
        company_id=_reference(own, "company"),
    )


def person_key(document: Json, operation: str) -> tuple[str, str]:
    """A person's address and id."""
    fields = Fields(document, operation)
    return fields.inside("attributes").address("email"), fields.text("id")


def company(document: Json, operation: str) -> CompanyShown:
    """A record of the object `company`."""
    fields = Fields(document, operation)
    own = fields.inside("attributes")
    return CompanyShown(
        fields.text("id"), own.text_or_none("domain"), own.text_or_none("status"), _reference(own, "record_owner")
    )


def user(document: Json, operation: str) -> UserShown:
    """A record of the object `user`. Its name is put together from what it has of one."""
    fields = Fields(document, operation)
    own = fields.inside("attributes")
    parts = [own.text_or_none(part) for part in ("first_name", "last_name")]
    name = own.text_or_none("name") or " ".join(part for part in parts if part)
    return UserShown(fields.text("id"), own.address("email"), name)


def nested(document: Json, operation: str, name: str) -> Json | None:
    """The record that a reference was expanded to, as the query asked; None where it is empty."""
    found = document.get("attributes", {}).get(name)
    if found is None:
        return None
    Fields(found, operation, f"attributes.{name}").inside("attributes")
    return dict(found)


def task(document: Json, operation: str) -> TaskShown:
    """A task of the list, of one retrieval, or of a query job."""
    fields = Fields(document, operation)
    return TaskShown(
        id=fields.text("id"),
        type=fields.text("type"),
        status=fields.text("status"),
        person_id=fields.text("person_id"),
        assignee_id=fields.text_or_none("assigned_user_id"),
        due_at=fields.instant_or_none("due_at"),
        created_at=fields.instant("created_at"),
    )


def _reference(own: Fields, name: str) -> str | None:
    found = own.inside_or_none(name)
    return found.text("id") if found else None
