"""Enrollments and their steps as the Sequences API shows them: one JSON document in, one record out. Pure.

An enrollment has two shapes (docs/platform.md): the *listed* one of `GET /enrollments`, which tells whether it was
excluded and whether its mailbox is paused, and the *row* of a query job, which tells its version and who owns its
mailbox. Neither has what the other tells.
"""

from dataclasses import dataclass
from typing import Annotated, Literal

from platforms.unify.fields import Address, Flag, Instant, Whole, or_else, path, read
from platforms.unify.wire import Json

ENROLLMENTS = "/sequences/v1/enrollments"
ENROLLMENT_JOBS = "/sequences/v1/enrollments/query-jobs"
STEP_JOBS = "/sequences/v1/enrollment-steps/query-jobs"
DRAFT, IN_PROGRESS, FINISHED = "DRAFT", "IN_PROGRESS", "FINISHED"


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An enrollment. `excluded`, `paused_mailbox`, `version` and `owner` are None in the shape that does not tell."""

    id: str
    person_id: Annotated[str, path("person.id")]
    email: Annotated[Address, path("person.email")]
    sequence_id: Annotated[str, path("sequence.id")]
    sequence: Annotated[str | None, path("sequence.name?")]
    mailbox_id: Annotated[str, path("mailbox.id")]
    mailbox: str | None
    play: Annotated[str | None, path("enrolled_by_play?.name")]
    status: Literal["DRAFT", "IN_PROGRESS", "FINISHED"]
    canceled: Annotated[Flag, path("is_canceled")]
    blocked: Annotated[Flag, path("is_blocked")]
    bounced: Annotated[Flag, path("is_bounced")]
    opted_out: Annotated[Flag, path("is_opted_out")]
    replied: Annotated[Flag, path("is_replied")]
    started_at: Annotated[Instant | None, path("started_at?")]
    ended_at: Annotated[Instant | None, path("ended_at?")]
    excluded: bool | None = None
    paused_mailbox: bool | None = None
    version: int | None = None
    owner: str | None = None
    paused: bool = False

    @property
    def runs(self) -> bool:
        """Whether it is under way; a draft awaits its approval and runs too: nobody is in two at once (R20)."""
        return self.status != FINISHED


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEnrollment(Enrolled):
    """An enrollment of the synchronous operations."""

    mailbox: Annotated[Address, path("mailbox.email")]
    excluded: Annotated[Flag, path("is_excluded")]
    paused_mailbox: Annotated[Flag, path("mailbox.is_paused")]
    paused: Annotated[Flag, path("is_paused")]


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrollmentRow(Enrolled):
    """An enrollment of a query job."""

    mailbox: Annotated[Address | None, path("mailbox.email_address?")]
    version: Annotated[Whole | None, path("version?")]
    owner: Annotated[Address | None, path("mailbox.user?.email")]
    paused: Annotated[Flag, path("is_paused")]


def listed(document: Json, operation: str = "GET /sequences/v1/enrollments") -> Enrolled:
    """An enrollment of the synchronous operations."""
    return read(ListedEnrollment, document, operation)


def row(document: Json) -> Enrolled:
    """An enrollment of a query job."""
    return read(EnrollmentRow, document, "enrollment query job")


@dataclass(frozen=True, slots=True)
class _Page:
    enrollments: list[ListedEnrollment]


def shows_pause(page: Json) -> bool:
    """Whether a page of the list, of the enrollments from one mailbox, shows that the mailbox is paused."""
    return any(one.paused_mailbox for one in read(_Page, page, f"GET {ENROLLMENTS}").enrollments)


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step of one enrollment; `number` is None while a branch has not settled it. `sent_at` is of its email."""

    enrollment_id: Annotated[str, path("enrollment.id")]
    person_id: Annotated[str, path("enrollment.person.id")]
    sequence_id: Annotated[str, path("sequence.id")]
    number: Annotated[Whole | None, path("step_number?")]
    status: str
    version: Annotated[Whole | None, path("sequence.version?")]
    sent_at: Annotated[Instant | None, path("email_message?.sent_at?")]
    ended_at: Annotated[Instant | None, path("ended_at?")]

    @property
    def done(self) -> bool:
        """Whether it was carried out: finished, or its email has left (Q4)."""
        return self.status == FINISHED or self.sent_at is not None


def step_row(document: Json) -> StepRow:
    """A step of a query job."""
    return read(StepRow, document, "enrollment step query job")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A 409 to an enrollment: the one that the person is in already (C24: in *a* sequence)."""

    sequence_id: Annotated[str, path("active_sequence_id")]
    enrollment_id: Annotated[str, path("active_enrollment_id")]


def conflict(document: Json) -> Conflict:
    """What a 409 to `POST /enrollments` names."""
    return read(Conflict, document, "POST /sequences/v1/enrollments (409)")


@dataclass(frozen=True, slots=True)
class _Message:
    message: Annotated[str | None, path("message?")]


@dataclass(frozen=True, slots=True)
class _Error:
    code: str


@dataclass(frozen=True, slots=True)
class _Errors:
    errors: Annotated[list[_Error], path("errors?"), or_else([])]


def words(document: Json, operation: str) -> str:
    """What a 400 says: its message, else the codes of its errors and where they stand."""
    message = read(_Message, document, operation).message
    if message is not None:
        return message
    return "; ".join(one.code for one in read(_Errors, document, operation).errors) or "no reason was given"
