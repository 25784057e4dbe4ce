"""Enrollments and their steps as the Sequences API shows them: one JSON document in, one record out. Pure.

An enrollment has two shapes (docs/platform.md): the *listed* one of `GET /enrollments`, which tells whether it was
excluded and whether its mailbox is paused, and the *row* of a query job, which tells its version and who owns its
mailbox. Neither has what the other tells.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from platforms.unify.fields import Fields
from platforms.unify.wire import Json

ENROLLMENTS = "/sequences/v1/enrollments"
ENROLLMENT_JOBS = "/sequences/v1/enrollments/query-jobs"
STEP_JOBS = "/sequences/v1/enrollment-steps/query-jobs"
DRAFT, IN_PROGRESS, FINISHED = "DRAFT", "IN_PROGRESS", "FINISHED"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment. `excluded`, `paused_mailbox`, `version` and `owner` are None in the shape that does not tell."""

    id: str
    person_id: str
    email: str
    sequence_id: str
    sequence: str | None
    mailbox_id: str
    mailbox: str | None
    play: str | None
    status: str
    canceled: bool
    blocked: bool
    bounced: bool
    opted_out: bool
    replied: bool
    started_at: datetime | None
    ended_at: datetime | None
    excluded: bool | None = None
    paused_mailbox: bool | None = None
    version: int | None = None
    owner: str | None = None
    paused: bool = False

    @property
    def runs(self) -> bool:
        """Whether it is under way; a draft awaits its approval and runs too: nobody is in two at once (R20)."""
        return self.status != FINISHED


def listed(document: Json, operation: str = "GET /sequences/v1/enrollments") -> Enrolled:
    """An enrollment of the synchronous operations."""
    fields = Fields(document, operation)
    mailbox = fields.inside("mailbox")
    return Enrolled(
        **_shared(fields),
        mailbox=mailbox.address("email"),
        excluded=fields.flag("is_excluded"),
        paused_mailbox=mailbox.flag("is_paused"),
    )


def row(document: Json) -> Enrolled:
    """An enrollment of a query job."""
    fields = Fields(document, "enrollment query job")
    mailbox = fields.inside("mailbox")
    user = mailbox.inside_or_none("user")
    return Enrolled(
        **_shared(fields),
        mailbox=mailbox.address("email_address") if mailbox.has("email_address") else None,
        version=fields.number_or_none("version"),
        owner=user.address("email") if user else None,
    )


def _shared(fields: Fields) -> dict[str, Any]:
    person, sequence = fields.inside("person"), fields.inside("sequence")
    play = fields.inside_or_none("enrolled_by_play")
    status = fields.text("status")
    if status not in (DRAFT, IN_PROGRESS, FINISHED):
        raise fields.refuse("status", "is none of the documented ones")
    return {
        "id": fields.text("id"),
        "person_id": person.text("id"),
        "email": person.address("email"),
        "sequence_id": sequence.text("id"),
        "sequence": sequence.text_or_none("name"),
        "mailbox_id": fields.inside("mailbox").text("id"),
        "play": play.text("name") if play else None,
        "status": status,
        "canceled": fields.flag("is_canceled"),
        "blocked": fields.flag("is_blocked"),
        "bounced": fields.flag("is_bounced"),
        "opted_out": fields.flag("is_opted_out"),
        "replied": fields.flag("is_replied"),
        "paused": fields.flag("is_paused"),
        "started_at": fields.instant_or_none("started_at"),
        "ended_at": fields.instant_or_none("ended_at"),
    }


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of one enrollment; `number` is None while a branch has not settled it. `sent_at` is of its email."""

    enrollment_id: str
    person_id: str
    sequence_id: str
    number: int | None
    status: str
    version: int | None
    sent_at: datetime | None
    ended_at: datetime | None

    @property
    def done(self) -> bool:
        """Whether it was carried out: finished, or its email has left (Q4)."""
        return self.status == FINISHED or self.sent_at is not None


def step_row(document: Json) -> StepRow:
    """A step of a query job."""
    fields = Fields(document, "enrollment step query job")
    enrollment, sequence = fields.inside("enrollment"), fields.inside("sequence")
    message = fields.inside_or_none("email_message")
    return StepRow(
        enrollment_id=enrollment.text("id"),
        person_id=enrollment.inside("person").text("id"),
        sequence_id=sequence.text("id"),
        number=fields.number_or_none("step_number"),
        status=fields.text("status"),
        version=sequence.number_or_none("version"),
        sent_at=message.instant_or_none("sent_at") if message else None,
        ended_at=fields.instant_or_none("ended_at"),
    )


@dataclass(frozen=True, slots=True)
class Conflict:
    """A 409 to an enrollment: the one that the person is in already (C24: in *a* sequence)."""

    sequence_id: str
    enrollment_id: str


def conflict(document: Json) -> Conflict:
    """What a 409 to `POST /enrollments` names."""
    fields = Fields(document, "POST /sequences/v1/enrollments (409)")
    return Conflict(fields.text("active_sequence_id"), fields.text("active_enrollment_id"))


def words(document: Json, operation: str) -> str:
    """What a 400 says: its message, else the codes of its errors and where they stand."""
    fields = Fields(document, operation)
    if fields.has("message"):
        return fields.text("message")
    told = [error.text("code") for error in fields.each("errors")] if fields.has("errors") else []
    return "; ".join(told) or "no reason was given"
