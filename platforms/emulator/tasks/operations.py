"""`/tasks/v1/tasks`: tasks listed, looked at, made, changed, completed and deleted.

A rep's key lists only the rep's own tasks and says nothing of the others (D5); a request for one of those gets 403.
"""

from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter, Response

from models.records import RepTaskStatus
from platforms.emulator.filters import NONE
from platforms.emulator.ids import Kind, key_of
from platforms.emulator.pages import USUAL, Cursor, Limit, after, paged
from platforms.emulator.problems import bad_request, conflict, forbidden, not_found
from platforms.emulator.tasks.documents import task
from platforms.emulator.tasks.requests import NewEmail, NewTask, TaskChanges
from platforms.emulator.tasks.rows import tasks, visible
from platforms.emulator.world import World
from platforms.sandbox.behaviour import task_writes
from platforms.sandbox.clock import seconds
from platforms.sandbox.store import Work

PATH = "/tasks/v1/tasks"
PLACES = 28  # bits of a cursor that number the task; those above are the second in which it was made


def routes(world: World) -> APIRouter:
    """The operations on tasks."""
    router = APIRouter()
    for add in (_reading_routes, _writing_routes):
        add(router, world)
    return router


def _reading_routes(router: APIRouter, world: World) -> None:
    @router.get(PATH)
    async def list_tasks(
        cursor: Cursor = None,
        limit: Limit = USUAL,
        sort_by: Literal["created_at"] = "created_at",
        sort_order: Literal["asc", "desc"] = "desc",
        status: RepTaskStatus | None = None,
        assigned_user_id: UUID | None = None,
        person_id: UUID | None = None,
        person_email: str | None = None,
    ) -> dict[str, Any]:
        if person_id is not None and person_email is not None:
            raise bad_request("person_email cannot be combined with person_id", ("person_email",))
        wanted = [*_is("user", "t.assignee_id", assigned_user_id), *_is("person", "t.person_id", person_id)]
        given = {"t.status = :status": status, "p.email = :email": person_email and person_email.strip().lower()}
        wanted += [condition for condition, value in given.items() if value is not None]
        if cursor is not None:
            wanted.append(_beyond(after(cursor), sort_order))
        order = f"t.created_at {sort_order}, t.id {sort_order}"
        with world.work() as work:
            where = " AND ".join([visible(work), *wanted])
            found = tasks(work, where, order, limit + 1, status=status, email=given["p.email = :email"])
        places = [row["created_at"] << PLACES | row["id"] for row in found]
        page, next_cursor = paged(found, places, limit)
        return {"status": "success", "data": [task(row) for row in page], "next_cursor": next_cursor}

    @router.get(PATH + "/{id}")
    async def get(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            return _task_json(_found(work, id))


def _writing_routes(router: APIRouter, world: World) -> None:
    @router.post(PATH, status_code=201)
    async def create(body: NewTask) -> dict[str, Any]:
        with world.work() as work:
            return _task_json(_one(work, task_writes.add_task(work, _new(work, body))))

    @router.patch(PATH + "/{id}")
    async def update(id: UUID, body: TaskChanges) -> dict[str, Any]:
        with world.work() as work:
            row = _found(work, id)
            _refuse(task_writes.change_task(work, row, _values(work, body)))
            return _task_json(_one(work, row["id"]))

    @router.delete(PATH + "/{id}")
    async def delete(id: UUID) -> dict[str, Any]:
        with world.work() as work:
            task_writes.delete_task(work, _found(work, id)["id"])
        return {"status": "success"}

    @router.post(PATH + "/{id}/complete", status_code=204)
    async def complete(id: UUID) -> Response:
        with world.work() as work:
            row = _found(work, id)
            if row["type"] == "REPLY_TO_EMAIL" and row["status"] in task_writes.OPEN:
                raise bad_request("A reply is completed by replying", ("id",), "completed_by_replying")
            _refuse(None if task_writes.complete_task(work, row) else "task_closed")
        return Response(status_code=204)


def _is(kind: Kind, column: str, one: UUID | None) -> list[str]:
    if one is None:
        return []
    key = key_of(kind, str(one))
    return [NONE if key is None else f"{column} = {key}"]


def _beyond(place: int, order: str) -> str:
    """The condition on what comes after a place in a list."""
    at, key, sign = place >> PLACES, place & ((1 << PLACES) - 1), "<" if order == "desc" else ">"
    return f"(t.created_at {sign} {at} OR (t.created_at = {at} AND t.id {sign} {key}))"


def _task_json(row: dict[str, Any]) -> dict[str, Any]:
    return {"status": "success", "data": task(row)}


def _one(work: Work, key: int) -> dict[str, Any]:
    return tasks(work, "t.id = :id", id=key)[0]


def _found(work: Work, id: UUID) -> dict[str, Any]:
    """The task, if there is one and the key's user may see it: else Problem, 404 or 403."""
    key = key_of("task", str(id))
    found = tasks(work, "t.id = :id", id=key) if key is not None else []
    if not found:
        raise not_found("There is no such task")
    if not tasks(work, f"t.id = :id AND {visible(work)}", id=key):
        raise forbidden("The task is somebody else's")
    return found[0]


def _new(work: Work, body: NewTask) -> task_writes.NewTask:
    person = key_of("person", str(body.person_id))
    if person is None or not work.value("SELECT 1 FROM person WHERE id = :id", id=person):
        raise not_found("There is no such person")
    if not isinstance(body, NewEmail):
        return task_writes.NewTask(person, body.type, body.priority or "MEDIUM", body.due_at, body.note_content, None)
    mailbox = work.value("SELECT id FROM mailbox WHERE email = :email", email=body.mailbox_email.strip().lower())
    if mailbox is None:
        raise bad_request(f"There is no mailbox {body.mailbox_email}", ("mailbox_email",), "mailbox_not_found")
    return task_writes.NewTask(person, body.type, body.priority or "MEDIUM", body.due_at, None, mailbox)


def _values(work: Work, body: TaskChanges) -> dict[str, Any]:
    """The columns to set. Raises Problem (400) for an unknown assignee."""
    given = body.model_dump(exclude_unset=True)
    if "assigned_user_id" in given:
        named = given.pop("assigned_user_id")
        given["assignee_id"] = None if named is None else key_of("user", str(named))
        known = work.value("SELECT 1 FROM user_account WHERE id = :id", id=given["assignee_id"])
        if named is not None and not known:
            raise bad_request("There is no such user", ("assigned_user_id",), "user_not_found")
    if given.get("due_at") is not None:
        given["due_at"] = seconds(given["due_at"])
    return given


def _refuse(reason: str | None) -> None:
    if reason == "task_closed":
        raise conflict("The task is closed")
    if reason is not None:
        raise forbidden("The task is somebody else's")
