"""`/sequences/v1/sequences`: sequences and their steps; paused, resumed and deleted.

Reps may do all of it: sequences are theirs too (D5), and the contract knows no 403 here.
"""

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query

from platforms.emulator.ids import key_of
from platforms.emulator.pages import USUAL, Cursor, Limit, after, paged
from platforms.emulator.problems import conflict, not_found
from platforms.emulator.sequences.documents import sequence, step
from platforms.emulator.world import World
from platforms.sandbox.behaviour.deleting import delete_sequence
from platforms.sandbox.store import Work, from_json

PATH = "/sequences/v1/sequences"
NOBODY = {"id": 0, "email": "nobody@invalid.test", "name": ""}
StepType = Literal[
    "AUTOMATIC_EMAIL",
    "MANUAL_EMAIL",
    "ACTION_ITEM",
    "PHONE_CALL",
    "MANUAL_LINKEDIN_PROFILE_VIEW",
    "MANUAL_LINKEDIN_CONNECTION",
    "MANUAL_LINKEDIN_MESSAGE",
]


def routes(world: World) -> APIRouter:
    """The operations on sequences and their steps."""
    router = APIRouter()
    for add in (_sequence_routes, _step_routes):
        add(router, world)
    return router


def _sequence_routes(router: APIRouter, world: World) -> None:
    @router.get(PATH)
    async def list_sequences(cursor: Cursor = None, limit: Limit = USUAL) -> dict[str, Any]:
        with world.work() as work:
            found = _sequences(work, "id > :after", limit + 1, after=after(cursor))
            page, next_cursor = paged(found, [row["id"] for row in found], limit)
            return {"sequences": [_sequence_json(work, row) for row in page], "next_cursor": next_cursor}

    @router.get(PATH + "/{id}")
    async def get(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            return _sequence_json(work, _found(work, id))

    @router.delete(PATH + "/{id}")
    async def delete(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            delete_sequence(work, _found(work, id)["id"])
        return {"id": str(id), "is_deleted": True}

    @router.post(PATH + "/{id}/pause")
    async def pause(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            _set_paused(work, _found(work, id), paused=True)
        return {"id": str(id), "is_paused": True}

    @router.post(PATH + "/{id}/resume")
    async def resume(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            _set_paused(work, _found(work, id), paused=False)
            return _sequence_json(work, _found(work, id))


def _step_routes(router: APIRouter, world: World) -> None:
    @router.get(PATH + "/{id}/steps")
    async def list_steps(
        id: UUID, cursor: Cursor = None, limit: Limit = USUAL, type: Annotated[list[StepType] | None, Query()] = None
    ) -> dict[str, Any]:
        with world.work() as work:
            steps = _steps(work, _found(work, id))
        found = [row for row in steps if row["id"] > after(cursor) and (not type or row["type"] in type)]
        page, next_cursor = paged(found[: limit + 1], [row["id"] for row in found], limit)
        return {"steps": [step(row, row["parent_id"]) for row in page], "next_cursor": next_cursor}

    @router.get(PATH + "/{id}/steps/{step_id}")
    async def get_step(id: UUID, step_id: UUID) -> dict[str, Any]:
        key = key_of("step", str(step_id))
        with world.work() as work:
            found = [row for row in _steps(work, _found(work, id)) if row["id"] == key]
        if not found:
            raise not_found("The sequence has no such step")
        return step(found[0], found[0]["parent_id"])


def _sequences(work: Work, where: str, limit: int = 1, **values: Any) -> list[dict[str, Any]]:
    found = work.rows(
        "SELECT id, name, ruleset_id, paused, version, send_days FROM sequence"
        f" WHERE NOT deleted AND {where} ORDER BY id LIMIT {limit}",
        **values,
    )
    return [row | {"send_days": from_json(row["send_days"])} for row in found]


def _found(work: Work, id: UUID) -> dict[str, Any]:
    found = _sequences(work, "id = :id", id=key_of("sequence", str(id)) or 0)
    if not found:
        raise not_found("There is no such sequence")
    return found[0]


def _sequence_json(work: Work, row: dict[str, Any]) -> dict[str, Any]:
    """The owner is the first admin: the sandbox keeps none."""
    owner = work.one("SELECT id, email, name FROM user_account ORDER BY role, id LIMIT 1") or NOBODY
    own = "WHERE id = :id" if row["ruleset_id"] is not None else ""  # else it goes by the default one, or the first
    ruleset = work.one(f"SELECT * FROM ruleset {own} ORDER BY is_default DESC, id", id=row["ruleset_id"])
    if ruleset is None:
        return sequence(row, owner, None)
    ruleset |= {name: from_json(ruleset[name]) for name in ("block_reenrollment", "task_assignment")}
    user = (ruleset["task_assignment"] or {}).get("user")
    assigned = work.value("SELECT id FROM user_account WHERE email = :email", email=user) if user else None
    return sequence(row, owner, ruleset | {"assign_user_id": assigned})


def _steps(work: Work, row: dict[str, Any]) -> list[dict[str, Any]]:
    """The steps of the present version, each with the one before it."""
    steps = work.rows(
        "SELECT id, sequence_id, version, number, type, wait_days FROM sequence_step"
        " WHERE sequence_id = :id AND version = :version ORDER BY number",
        id=row["id"],
        version=row["version"],
    )
    before = [None, *(one["id"] for one in steps)]
    return [one | {"parent_id": parent} for one, parent in zip(steps, before, strict=False)]


def _set_paused(work: Work, row: dict[str, Any], *, paused: bool) -> None:
    """Raises Problem (409) where it is so already."""
    if bool(row["paused"]) == paused:
        raise conflict("The sequence is in that state", "state_conflict", current_is_paused=paused)
    work.run("UPDATE sequence SET paused = :paused WHERE id = :id", paused=paused, id=row["id"])
