"""Values that exist in a workspace, by what they are called in the API: what the referee asks about."""

from collections.abc import Callable
from typing import Any

import httpx

from tests.platforms.emulator.real_outreach import of_sequences, of_tasks
from tests.platforms.emulator.real_records import KINDS, OBJECTS, Real, of_data, query

JOBS = {
    "sequences": ("/sequences/v1/enrollments/query-jobs", "/sequences/v1/enrollment-steps/query-jobs"),
    "tasks": ("/tasks/v1/tasks/query-jobs",),
    "data": tuple(f"{OBJECTS}/{kind}/query-jobs" for kind in KINDS),
}


def real_values(api: str, client: httpx.Client, a_day_later: Callable[[], Any]) -> Real:
    """The values; and of each kind of query job some that are expired, canceled, finished and under way."""
    expired = {path: _job(client, path) for path in JOBS[api]}
    a_day_later()
    real = of_sequences(client)
    if api == "tasks":
        real |= of_tasks(client)
    if api == "data":
        real |= of_data(client)
    for path, job_id in expired.items():
        real[f"job:{path}"] = [job_id, *_jobs(client, path)]
    return real


def _job(client: httpx.Client, path: str) -> str:
    body = query(path.split("/")[4]) if path.startswith(OBJECTS) else {}
    return str(client.post(path, json=body).json()["job_id"])


def _jobs(client: httpx.Client, path: str) -> list[str]:
    """One that is canceled, one that is finished, and some under way."""
    made = [_job(client, path) for _ in range(5)]
    client.post(f"{path}/{made[0]}/cancel")
    for _ in range(3):
        client.get(f"{path}/{made[1]}")
    return made
