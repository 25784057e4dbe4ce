"""Documents of the API as rows to copy: plain values by name, ids as the API spells them. Pure.

Each row has its `id` and, where the document tells, `updated_at`. What refers to another object is under that object's
name, as its id.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from platforms.unify import record_documents
from platforms.unify.enrollment_documents import EnrollmentRow, StepRow
from platforms.unify.fields import Instant, path, read
from platforms.unify.record_documents import TaskShown
from platforms.unify.sequence_documents import RulesetShown, SequenceShown, StepShown
from platforms.unify.wire import Json

Row = dict[str, Any]
ENDS = ("bounced", "replied", "opted_out", "canceled")  # the first that an enrollment shows is why it ended


@dataclass(frozen=True, slots=True)
class _Updated:
    updated_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class _Enrollment(EnrollmentRow):
    updated_at: Instant
    owner_id: Annotated[str | None, path("mailbox.user?.id")]
    play_id: Annotated[str | None, path("enrolled_by_play?.id")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step(StepRow):
    id: str
    updated_at: Instant
    type: Annotated[str | None, path("type?")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task(TaskShown):
    updated_at: Instant
    priority: Annotated[str | None, path("priority?")]
    ended_at: Annotated[Instant | None, path("ended_at?")]


def user(document: Json, operation: str) -> Row:
    """`id, updated_at, email, name`."""
    shown = record_documents.user(document, operation)
    return {"id": shown.id, "updated_at": _updated(document, operation), "email": shown.email, "name": shown.name}


def company(document: Json, operation: str) -> Row:
    """`id, updated_at, domain` (or None), `status, owner`."""
    shown = record_documents.company(document, operation)
    return {
        "id": shown.id,
        "updated_at": _updated(document, operation),
        "domain": shown.domain,
        "status": shown.status,
        "owner": shown.owner_id,
    }


def person(document: Json, operation: str) -> Row:
    """`id, updated_at, email, first_name, status, email_opt_out, do_not_email, company, owner`."""
    shown = record_documents.person(document, operation)
    return {
        "id": shown.id,
        "updated_at": _updated(document, operation),
        "email": shown.email,
        "first_name": shown.first_name,
        "status": shown.status,
        "email_opt_out": shown.opted_out,
        "do_not_email": shown.do_not_email,
        "company": shown.company_id,
        "owner": shown.owner_id,
    }


def sequence(shown: SequenceShown, steps: Sequence[StepShown]) -> Row:
    """`id, name, paused, send_days, version` (None: it has no steps), `steps` (type and wait in days, in order),
    `ruleset` (a row, or None)."""
    return {
        "id": shown.id,
        "name": shown.name,
        "paused": shown.paused,
        "send_days": list(shown.send_days),
        "version": steps[0].version if steps else None,
        "steps": [(one.type, one.wait_days) for one in steps],
        "ruleset": _ruleset(shown.ruleset) if shown.ruleset else None,
    }


def _ruleset(shown: RulesetShown) -> Row:
    user_id = shown.automatic_user_id if shown.automatic == "ASSIGN_TO_USER" else shown.manual_user_id
    return {
        "id": shown.id,
        "name": shown.name,
        "is_default": shown.default,
        "allow_same_sequence_reenrollment": shown.allow_same,
        "block_reenrollment": shown.block.model_dump(mode="json") if shown.block else None,
        "automatic": shown.automatic,
        "manual": shown.manual,
        "user": user_id,
    }


def enrollment(document: Json) -> Row:
    """`id, updated_at, person, email, sequence, sequence_name, mailbox, mailbox_email, owner` (of the mailbox, a user's
    id), `owner_email, play, play_name, version, started_at, ended_at, paused`, and `ended_as`: "" where it runs, else
    `bounced`, `replied`, `opted_out`, `canceled`, or `plainly` where nothing shows why."""
    shown = read(_Enrollment, document, "enrollment query job")
    return {
        "id": shown.id,
        "updated_at": shown.updated_at,
        "person": shown.person_id,
        "email": shown.email,
        "sequence": shown.sequence_id,
        "sequence_name": shown.sequence,
        "mailbox": shown.mailbox_id,
        "mailbox_email": shown.mailbox,
        "owner": shown.owner_id,
        "owner_email": shown.owner,
        "play": shown.play_id,
        "play_name": shown.play,
        "version": shown.version,
        "started_at": shown.started_at,
        "ended_at": shown.ended_at,
        "paused": shown.paused,
        "ended_as": "" if shown.runs else next((name for name in ENDS if getattr(shown, name)), "plainly"),
    }


def enrollment_step(document: Json) -> Row:
    """`id, updated_at, enrollment, number, type` (or None), `status, at` (when it was done; None: it was not)."""
    shown = read(_Step, document, "enrollment step query job")
    return {
        "id": shown.id,
        "updated_at": shown.updated_at,
        "enrollment": shown.enrollment_id,
        "number": shown.number,
        "type": shown.type,
        "status": shown.status,
        "at": (shown.ended_at or shown.sent_at or shown.updated_at) if shown.done else None,
    }


def task(document: Json, operation: str) -> Row:
    """`id, updated_at, person, type, status, priority, assignee, due_at, ended_at, created_at`."""
    shown = read(_Task, document, operation)
    return {
        "id": shown.id,
        "updated_at": shown.updated_at,
        "person": shown.person_id,
        "type": shown.type,
        "status": shown.status,
        "priority": shown.priority or "MEDIUM",
        "assignee": shown.assignee_id,
        "due_at": shown.due_at,
        "ended_at": shown.ended_at,
        "created_at": shown.created_at,
    }


def _updated(document: Json, operation: str) -> datetime:
    return read(_Updated, document, operation).updated_at
