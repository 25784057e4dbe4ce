"""Values that exist in a workspace, by what they are called in the API: what the referee asks about."""

from collections.abc import Callable
from typing import Any

import httpx

Real = dict[str, list[str]]
JOBS = {
    "sequences": ("/sequences/v1/enrollments/query-jobs", "/sequences/v1/enrollment-steps/query-jobs"),
    "tasks": ("/tasks/v1/tasks/query-jobs",),
    "data": ("/data/v1/objects/person/query-jobs", "/data/v1/objects/company/query-jobs"),
}


def real_values(api: str, client: httpx.Client, a_day_later: Callable[[], Any]) -> Real:
    """The values; and of each kind of query job some that are expired, canceled, finished and under way."""
    real = _of_sequences(client)
    if api == "tasks":
        real |= _of_tasks(client)
    if api == "data":
        real |= _of_data(client)
    for path in JOBS[api]:
        real |= _jobs(client, path, a_day_later)
    return real


def _of_sequences(client: httpx.Client) -> Real:
    found = client.get("/sequences/v1/enrollments", params={"limit": 100}).json()["enrollments"]
    sequences = [one["id"] for one in client.get("/sequences/v1/sequences").json()["sequences"]]
    steps = [step["id"] for one in sequences[:2]
             for step in client.get(f"/sequences/v1/sequences/{one}/steps").json()["steps"]]  # fmt: skip
    return {
        "enrollments": [one["id"] for one in found], "sequences": sequences, "sequence_id": sequences, "step_id": steps,
        "person_id": [one["person"]["id"] for one in found], "mailbox_id": [one["mailbox"]["id"] for one in found],
        "mailbox_emails": [one["mailbox"]["email"] for one in found],
        "email_address": [one["mailbox"]["email"] for one in found],
    }  # fmt: skip


def _of_tasks(client: httpx.Client) -> Real:
    found = client.get("/tasks/v1/tasks", params={"limit": 100}).json()["tasks"]
    users = [one["assigned_user_id"] for one in found if one["assigned_user_id"]]
    return {"tasks": [one["id"] for one in found], "assigned_user_id": users}


def _of_data(client: httpx.Client) -> Real:
    return {"object_name": ["person", "company", "user"]}


def _jobs(client: httpx.Client, path: str, a_day_later: Callable[[], Any]) -> Real:
    body: Any = {"select": {"id": True}} if path.startswith("/data") else {}
    made = [client.post(path, json=body).json().get("job_id", "") for _ in range(2)]
    a_day_later()
    made += [client.post(path, json=body).json().get("job_id", "") for _ in range(10)]
    client.post(f"{path}/{made[2]}/cancel")
    for _ in range(3):
        client.get(f"{path}/{made[3]}")
    return {f"job:{path}": made, "page_size": ["5000", "50"]}
