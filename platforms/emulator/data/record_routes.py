"""The six operations on single records. What they are about is checked in the order: object, request, record."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from platforms.emulator.data.object_routes import OBJECTS, success
from platforms.emulator.data.reading import find, key_of, kind_of, record
from platforms.emulator.data.refused import wrong
from platforms.emulator.data.values import GROUPS
from platforms.emulator.data.writing import Writing
from platforms.emulator.jobs import json_body
from platforms.emulator.world import World

OBJECT = f"{OBJECTS}/{{object_name}}"
RECORDS = f"{OBJECT}/records"
Body = Annotated[Any, Depends(json_body)]
ValidationMode = Literal["strict", "ignore_invalid"]


def record_routes(world: World) -> APIRouter:
    """Create, find-unique, upsert, get, update, delete."""
    router = APIRouter()
    _add_reading(router, world)
    _add_writing(router, world)
    return router


def _add_reading(router: APIRouter, world: World) -> None:
    @router.post(f"{RECORDS}/find-unique")
    def find_unique(object_name: str, body: Body) -> JSONResponse:
        kind, match = kind_of(object_name), _part(body, "match")
        with world.work() as work:
            key = find(work, kind, match)
            return success(None if key is None else record(work, kind, key))

    @router.get(f"{RECORDS}/{{record_id}}")
    def get(object_name: str, record_id: str) -> JSONResponse:
        kind = kind_of(object_name)
        with world.work() as work:
            return success(record(work, kind, key_of(work, kind, record_id)))


def _add_writing(router: APIRouter, world: World) -> None:
    @router.post(RECORDS)
    def create(object_name: str, body: Body, validation_mode: ValidationMode = "strict") -> JSONResponse:
        kind, data = kind_of(object_name), _part(body, "data")
        with world.work() as work:
            key = Writing(work, validation_mode == "ignore_invalid").create(kind, data)
            return success(record(work, kind, key), 201)

    @router.post(f"{RECORDS}/upsert")
    def upsert(object_name: str, body: Body, validation_mode: ValidationMode = "strict") -> JSONResponse:
        kind, match = kind_of(object_name), _part(body, "match")
        groups = {name: _part(body, name) for name in GROUPS if name in body}
        with world.work() as work:
            key = Writing(work, validation_mode == "ignore_invalid").upsert(kind, match, groups)
            return success(record(work, kind, key))

    @router.patch(f"{RECORDS}/{{record_id}}")
    def update(
        object_name: str, record_id: str, body: Body, validation_mode: ValidationMode = "strict"
    ) -> JSONResponse:
        kind, data = kind_of(object_name), _part(body, "data")
        with world.work() as work:
            key = key_of(work, kind, record_id)
            Writing(work, validation_mode == "ignore_invalid").update(kind, key, data)
            return success(record(work, kind, key))

    @router.delete(f"{RECORDS}/{{record_id}}")
    def delete(object_name: str, record_id: str) -> JSONResponse:
        kind = kind_of(object_name)
        with world.work() as work:
            Writing(work).delete(kind, key_of(work, kind, record_id))
            return JSONResponse({"status": "success"})


def _part(body: Any, name: str) -> dict[str, Any]:
    """An object that the body must hold. Raises Problem (400)."""
    if not isinstance(body, dict):
        raise wrong("invalid_value", "must be an object", ("body",))
    if name not in body:
        raise wrong("missing_required_field", "is required", (name,))
    if not isinstance(body[name], dict):
        raise wrong("invalid_value", "must be an object", (name,))
    return dict(body[name])
