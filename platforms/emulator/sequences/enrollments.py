"""`/sequences/v1/enrollments`: enroll somebody, look at enrollments, cancel, pause and resume them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from models.changes import Enroll, Unenroll
from platforms.emulator.filters import NONE, Between
from platforms.emulator.ids import Kind, key_of, uuid_of
from platforms.emulator.pages import USUAL, Cursor, Limit, after, paged
from platforms.emulator.problems import Problem, bad_request, conflict, not_found
from platforms.emulator.sequences import rows
from platforms.emulator.sequences.documents import CANCELED, enrollment
from platforms.emulator.sequences.filters import EnrollmentFilter, Status
from platforms.emulator.world import World
from platforms.sandbox.behaviour import pausing
from platforms.sandbox.behaviour.actions import refuse_unless_allowed
from platforms.sandbox.behaviour.enrolling import end_enrollments, enroll_by_hand
from platforms.sandbox.behaviour.refusals import ALREADY_SEQUENCED, REENROLLMENT_REASONS
from platforms.sandbox.lookup import behaviour_of
from platforms.sandbox.store import Work

PATH = "/sequences/v1/enrollments"
RUNNING = "state IN ('queued', 'active')"
WORDS = {
    **dict.fromkeys(REENROLLMENT_REASONS, ALREADY_SEQUENCED),
    "opted_out": "Person has opted out of email",
    "do_not_email": "Person is marked do not email",
    "mailbox_unavailable": "Mailbox is paused",
}
"""What is said of each refusal. The contract does not tell (Q7): these are the words of the help articles."""
FLAGGED = ("excluded", "opted_out")
"""Refusals despite which an enrollment is made, one that never runs, where the workspace decides Q7 as `flags`."""


class NewEnrollment(BaseModel):
    sequence_id: UUID
    person_id: UUID
    mailbox_emails: Annotated[list[str], Field(min_length=1, max_length=10)]


def routes(world: World) -> APIRouter:
    """The operations on enrollments."""
    router = APIRouter()
    for add in (_reading_routes, _writing_routes):
        add(router, world)
    return router


def _reading_routes(router: APIRouter, world: World) -> None:
    @router.get(PATH)
    async def list_enrollments(
        cursor: Cursor = None,
        limit: Limit = USUAL,
        sequence_id: UUID | None = None,
        person_id: UUID | None = None,
        mailbox_id: UUID | None = None,
        enrolled_by_play_id: UUID | None = None,
        status: Annotated[list[Status] | None, Query()] = None,
        updated_after: AwareDatetime | None = None,
        updated_before: AwareDatetime | None = None,
    ) -> dict[str, Any]:
        named: dict[Kind, tuple[str, UUID | None]] = {
            "sequence": ("e.sequence_id", sequence_id),
            "person": ("e.person_id", person_id),
            "mailbox": ("e.mailbox_id", mailbox_id),
            "play": ("e.play_id", enrolled_by_play_id),
        }
        wanted = [_is(kind, column, one) for kind, (column, one) in named.items() if one is not None]
        conditions = EnrollmentFilter.model_validate(
            {
                "updated_at": Between(gte=updated_after, lte=updated_before),
                "status": {"in": list(status)} if status else None,
            }
        )
        with world.work() as work:
            values: dict[str, Any] = {"after": after(cursor)}
            where = " AND ".join(["e.id > :after", *wanted, conditions.sql(rows.updated_of(work), values)])
            found = rows.enrollments(work, where, limit + 1, **values)
        page, next_cursor = paged(found, [row["id"] for row in found], limit)
        return {"enrollments": [enrollment(row) for row in page], "next_cursor": next_cursor}

    @router.get(PATH + "/{id}")
    async def get(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            return enrollment(_found(work, id))


def _writing_routes(router: APIRouter, world: World) -> None:
    @router.post(PATH, status_code=201)
    async def create(body: NewEnrollment) -> dict[str, Any]:
        with world.work() as work:
            return _create(work, body)

    @router.delete(PATH + "/{id}")
    async def delete(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            row = _found(work, id)
            refuse_unless_allowed(work, Unenroll)
            if row["ended_at"] is None:
                end_enrollments(work, "id = :id", "unenrolled", id=row["id"])
            elif row["end_reason"] not in CANCELED:
                raise _ended()
        return {"id": str(id), "is_canceled": True}

    @router.post(PATH + "/{id}/pause")
    async def pause(id: UUID) -> dict[str, Any]:
        return _set_paused(world, id, paused=True)

    @router.post(PATH + "/{id}/resume")
    async def resume(id: UUID) -> dict[str, Any]:
        return _set_paused(world, id, paused=False)


def _is(kind: Kind, column: str, one: UUID) -> str:
    key = key_of(kind, str(one))
    return NONE if key is None else f"{column} = {key}"


def _found(work: Work, id: UUID) -> dict[str, Any]:
    key = key_of("enrollment", str(id))
    found = rows.enrollments(work, "e.id = :id", id=key) if key is not None else []
    if not found:
        raise not_found("There is no such enrollment")
    return found[0]


def _set_paused(world: World, id: UUID, *, paused: bool) -> dict[str, Any]:
    """Repeated: as the first time. One that has ended has nothing to halt: Problem (400); nor is it paused."""
    with world.work() as work:
        row = _found(work, id)
        refuse_unless_allowed(work, Unenroll)
        if row["ended_at"] is not None and paused:
            raise _ended()
        (pausing.pause if paused else pausing.resume)(work, "id = :id", id=row["id"])
    return {"id": str(id), "is_paused": paused}


def _ended() -> Problem:
    return bad_request("The enrollment has ended", ("id",), "enrollment_ended")


def _create(work: Work, body: NewEnrollment) -> dict[str, Any]:
    """Enroll somebody from the first of the mailboxes that can send, as the sandbox does by hand (R41)."""
    sequence = _row(work, "sequence", "SELECT id, name FROM sequence WHERE id = :id AND NOT deleted", body.sequence_id)
    person = _row(work, "person", "SELECT id, email FROM person WHERE id = :id", body.person_id)
    mailboxes = [_mailbox(work, at, email) for at, email in enumerate(body.mailbox_emails)]
    refuse_unless_allowed(work, Enroll)
    running = work.one(f"SELECT id, sequence_id FROM enrollment WHERE person_id = :id AND {RUNNING}", id=person["id"])
    if running is not None:
        raise conflict(
            "The person is already enrolled in an active sequence",
            active_sequence_id=uuid_of("sequence", running["sequence_id"]),
            active_enrollment_id=uuid_of("enrollment", running["id"]),
        )
    chosen = next((one for one in mailboxes if not one["paused"]), mailboxes[0])
    entrant = {"person_id": person["id"], "mailbox_id": chosen["id"], "first_mailbox_id": mailboxes[0]["id"]}
    (verdict,) = enroll_by_hand(work, sequence["name"], [entrant])
    if verdict["reason"] in FLAGGED and behaviour_of(work).Q7 == "flags":
        last = "e.id = (SELECT MAX(x.id) FROM enrollment x WHERE x.person_id = :id)"
        return enrollment(*rows.enrollments(work, last, id=person["id"]))
    if verdict["reason"] is not None:
        raise bad_request(_words(verdict["reason"]), ("person_id",), "not_enrolled")
    (made,) = rows.enrollments(work, f"e.person_id = :id AND e.{RUNNING}", id=person["id"])
    return enrollment(made)


def _row(work: Work, kind: Kind, sql: str, id: UUID) -> dict[str, Any]:
    key = key_of(kind, str(id))
    found = work.one(sql, id=key) if key is not None else None
    if found is None:
        raise not_found(f"There is no such {kind}")
    return found


def _mailbox(work: Work, at: int, email: str) -> dict[str, Any]:
    found = work.one("SELECT id, paused FROM mailbox WHERE email = :email", email=email.strip().lower())
    if found is None:
        raise bad_request(f"There is no mailbox {email}", ("mailbox_emails", at), "mailbox_not_found")
    return found


def _words(reason: str) -> str:
    name = reason.removeprefix("excluded:")
    return WORDS[reason] if name == reason else f"Person is excluded by '{name}'"
