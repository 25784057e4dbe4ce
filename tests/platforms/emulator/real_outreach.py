"""Enrollments, sequences and tasks that exist, and requests about them that mean something: each changes another one.

What is drawn from the document hardly ever fits two ids together, and never meets somebody who is free.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import httpx

Real = dict[str, list[str]]
SEQUENCES, ENROLLMENTS, TASKS = "/sequences/v1/sequences", "/sequences/v1/enrollments", "/tasks/v1/tasks"
NOBODY = "00000000-0000-4000-8000-000000000000"


class Asked(NamedTuple):
    """A request: what stands in its path, in its query, and its body."""

    path: dict[str, Any]
    query: dict[str, Any]
    body: Any = None


def of_sequences(client: httpx.Client) -> Real:
    """What is asked about, the last sequence being one that nobody needs; `free person` and `barred person` too."""
    found = client.get(ENROLLMENTS, params={"limit": 100}).json()["enrollments"]
    sequences = [one["id"] for one in client.get(SEQUENCES).json()["sequences"]]
    steps = [step["id"] for step in client.get(f"{SEQUENCES}/{sequences[0]}/steps").json()["steps"]]
    mailboxes = [one["mailbox"]["email"] for one in found if not one["mailbox"]["is_paused"]]
    return {
        "enrollments": [one["id"] for one in found if one["status"] == "IN_PROGRESS"],
        "sequences": sequences[:-1],
        "spare sequence": sequences[-1:],
        "sequence_id": sequences,
        "step_id": steps,
        "person_id": [one["person"]["id"] for one in found],
        "mailbox_id": [one["mailbox"]["id"] for one in found],
        "mailbox_emails": mailboxes,
        "mailbox_email": mailboxes,
        "email_address": mailboxes,
        "free person": [_person(client, email=f"free{at}@x.test") for at in range(2)],
        "barred person": [_person(client, email="barred@x.test", email_opt_out=True)],
    }


def _person(client: httpx.Client, **attributes: Any) -> str:
    made = client.post("/data/v1/objects/person/records", json={"data": attributes}).json()
    return str(made["data"]["id"])


def of_tasks(client: httpx.Client) -> Real:
    """Tasks of everybody; `open task` are those that can still be changed."""
    found = client.get(TASKS, params={"limit": 100}).json()["data"]
    users = sorted({one["assigned_user_id"] for one in found if one["assigned_user_id"]})
    call = {"type": "PHONE_CALL", "person_id": found[0]["person_id"], "assigned_user_id": users[0]}
    made = [client.post(TASKS, json=call) for _ in range(3)]
    assert [201] * 3 == [one.status_code for one in made], made[0].text
    is_open = [one.json()["data"]["id"] for one in made]
    return {"tasks": [one["id"] for one in found], "open task": is_open, "assigned_user_id": users}


def requests(label: str, real: Real) -> Iterator[Asked]:
    """What is asked of an operation, in this order."""
    match label.partition(" ")[2]:
        case "/sequences/v1/enrollments/{id}":
            yield Asked({"id": real["enrollments"][0]}, {})
        case "/sequences/v1/enrollments/{id}/pause" | "/sequences/v1/enrollments/{id}/resume":
            yield Asked({"id": real["enrollments"][1]}, {})
        case "/sequences/v1/enrollments" if label.startswith("GET"):
            yield Asked({}, {"limit": 3})
            yield Asked({}, {"status": ["IN_PROGRESS", "FINISHED"], "updated_after": "2026-01-01T00:00:00Z"})
        case "/sequences/v1/enrollments":
            yield from _enrolling(real)
        case "/sequences/v1/sequences/{id}" if label.startswith("DELETE"):
            yield Asked({"id": real["spare sequence"][0]}, {})
        case "/sequences/v1/sequences/{id}/steps/{step_id}":
            yield Asked({"id": real["sequences"][0], "step_id": real["step_id"][-1]}, {})
        case place if place.startswith(f"{SEQUENCES}/{{id}}"):  # to pause or resume it again is a conflict
            yield from [Asked({"id": real["sequences"][0]}, {})] * 2
        case place if place.startswith(TASKS) and "query-jobs" not in place:
            yield from _about_tasks(label, real)


def _enrolling(real: Real) -> Iterator[Asked]:
    sound = {"sequence_id": real["sequences"][0], "mailbox_emails": real["mailbox_emails"][:1]}
    for person in (real["free person"][0], real["free person"][0], real["barred person"][0], NOBODY):
        yield Asked({}, {}, sound | {"person_id": person})
    yield Asked({}, {}, sound | {"person_id": real["free person"][1], "mailbox_emails": ["nobody@x.test"]})


def _about_tasks(label: str, real: Real) -> Iterator[Asked]:
    """Of a task that is completed nothing can be changed."""
    kept, completed, deleted = real["open task"][:3]
    person = real["person_id"][0]
    match label:
        case "GET /tasks/v1/tasks":
            yield Asked({}, {"limit": 2, "sort_order": "asc"})
            yield Asked({}, {"person_id": person, "person_email": "p@x.test"})
        case "POST /tasks/v1/tasks":
            yield Asked({}, {}, {"type": "PHONE_CALL", "person_id": person, "note_content": "Ask for Ada"})
            mail = {"type": "EMAIL", "subject": "", "content": "", "mailbox_email": real["mailbox_email"][0]}
            yield Asked({}, {}, mail | {"person_id": person, "due_at": "2027-01-01T00:00:00Z", "priority": "URGENT"})
            yield Asked({}, {}, mail | {"person_id": person, "mailbox_email": "nobody@x.test"})
            yield Asked({}, {}, {"type": "ACTION_ITEM", "person_id": NOBODY})
        case "PATCH /tasks/v1/tasks/{id}":
            for change in (
                {"priority": "HIGH"},
                {"assigned_user_id": real["assigned_user_id"][0]},
                {"assigned_user_id": None, "due_at": None},
                {"assigned_user_id": NOBODY},
            ):
                yield Asked({"id": kept}, {}, change)
        case "POST /tasks/v1/tasks/{id}/complete":
            yield from [Asked({"id": completed}, {})] * 2
        case "DELETE /tasks/v1/tasks/{id}":
            yield Asked({"id": deleted}, {})
        case _:
            yield Asked({"id": kept}, {})


def about_closed(real: Real) -> Iterator[tuple[str, Asked]]:
    """What only a closed task answers, asked after one was completed."""
    yield "PATCH /tasks/v1/tasks/{id}", Asked({"id": real["open task"][1]}, {}, {"priority": "LOW"})


def about_others(real: Real) -> Iterator[tuple[str, Asked]]:
    """What a rep may not: ask about a task that is somebody else's."""
    one = {"id": real["open task"][0]}
    for label, body in (("GET", None), ("PATCH", {"priority": "LOW"}), ("DELETE", None)):
        yield f"{label} /tasks/v1/tasks/{{id}}", Asked(one, {}, body)
    yield "POST /tasks/v1/tasks/{id}/complete", Asked(one, {})
