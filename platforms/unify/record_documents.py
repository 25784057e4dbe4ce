"""People, companies and users as the Data API shows them, and tasks as the Tasks API does. Pure."""

from dataclasses import dataclass
from typing import Annotated, Any

from platforms.unify.fields import Address, Flag, Instant, or_else, path, read
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
    email: Annotated[Address, path("attributes.email")]
    first_name: Annotated[str, path("attributes.first_name?"), or_else("")]
    status: Annotated[str | None, path("attributes.status?")]
    opted_out: Annotated[Flag, path("attributes.email_opt_out?"), or_else(False)]
    do_not_email: Annotated[Flag, path("attributes.do_not_email?"), or_else(False)]
    owner_id: Annotated[str | None, path("attributes.record_owner?.id")]
    company_id: Annotated[str | None, path("attributes.company?.id")]


@dataclass(frozen=True, slots=True)
class CompanyShown:
    id: str
    domain: Annotated[str | None, path("attributes.domain?")]
    status: Annotated[str | None, path("attributes.status?")]
    owner_id: Annotated[str | None, path("attributes.record_owner?.id")]


@dataclass(frozen=True, slots=True)
class UserShown:
    id: str
    email: Annotated[Address, path("attributes.email")]
    whole_name: Annotated[str | None, path("attributes.name?")]
    first_name: Annotated[str | None, path("attributes.first_name?")]
    last_name: Annotated[str | None, path("attributes.last_name?")]

    @property
    def name(self) -> str:
        """Its name, put together from what it has of one."""
        return self.whole_name or " ".join(part for part in (self.first_name, self.last_name) if part)


@dataclass(frozen=True, slots=True)
class TaskShown:
    """A representative's task: the API links it to no sequence, enrollment or mailbox."""

    id: str
    type: str
    status: str
    person_id: str
    assignee_id: Annotated[str | None, path("assigned_user_id?")]
    due_at: Annotated[Instant | None, path("due_at?")]
    created_at: Instant


@dataclass(frozen=True, slots=True)
class _PersonKey:
    id: str
    email: Annotated[Address, path("attributes.email")]


@dataclass(frozen=True, slots=True)
class _AnyRecord:
    attributes: dict[str, Any]


def person(document: Json, operation: str) -> PersonShown:
    """A record of the object `person`, with or without its references looked up."""
    return read(PersonShown, document, operation)


def person_key(document: Json, operation: str) -> tuple[str, str]:
    """A person's address and id."""
    key = read(_PersonKey, document, operation)
    return key.email, key.id


def company(document: Json, operation: str) -> CompanyShown:
    """A record of the object `company`."""
    return read(CompanyShown, document, operation)


def user(document: Json, operation: str) -> UserShown:
    """A record of the object `user`."""
    return read(UserShown, document, operation)


def nested(document: Json, operation: str, name: str) -> Json | None:
    """The record that a reference was expanded to, as the query asked; None where it is empty."""
    found = document.get("attributes", {}).get(name)
    if found is None:
        return None
    read(_AnyRecord, found, operation, f"attributes.{name}")
    return dict(found)


def task(document: Json, operation: str) -> TaskShown:
    """A task of the list, of one retrieval, or of a query job."""
    return read(TaskShown, document, operation)
