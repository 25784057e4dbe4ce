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
    """Records by their objects too: `record_id of person`."""
    people = [one["person"] for one in client.get("/sequences/v1/enrollments").json()["enrollments"]][:6]
    company = client.get(f"/data/v1/objects/person/records/{people[0]['id']}").json()["data"]["attributes"]["company"]
    spare = [client.post("/data/v1/objects/person/records", json={"data": {"email": f"spare{at}@x.test"}}).json()
             for at in range(4)]  # fmt: skip
    return {
        "object_name": ["person", "company"], "attribute_name": ["status"], "option_name": ["lead", "customer"],
        "record_id of person": [one["id"] for one in people] + [one["data"]["id"] for one in spare],
        "record_id of company": [company["id"]] if company else [],
        "email": [one["email"] for one in people] + ["new@x.test"],
    }  # fmt: skip


def bodies(path: str, real: Real) -> list[Any]:
    """Whole bodies that make sense for a record of a person: schemas leave open what a record holds."""
    emails = real.get("email", ["new@x.test"])
    data = [{"data": {"email": email, "first_name": "Ada"}} for email in (emails[0], "ada@x.test", "bea@x.test")]
    match path.rpartition("/")[2]:
        case "records" | "{record_id}":
            return [*data, {"data": {"first_name": "Cy"}}, {"data": {"email": "no address"}}]
        case "find-unique":
            return [{"match": {"email": email}} for email in emails[:3]]
        case "upsert":
            return [{"match": {"email": email}, "create": {"first_name": "Di"}} for email in ("di@x.test", emails[0])]
        case "query-jobs":
            return [{"query": {"select": {"email": True}}}]
    return []


def _jobs(client: httpx.Client, path: str, a_day_later: Callable[[], Any]) -> Real:
    body: Any = {}
    if path.startswith("/data"):
        body = {"query": {"select": {"email" if "person" in path else "domain": True}}}
    made = [client.post(path, json=body).json()["job_id"] for _ in range(1)]
    a_day_later()
    made += [client.post(path, json=body).json()["job_id"] for _ in range(5)]
    client.post(f"{path}/{made[1]}/cancel")
    for _ in range(3):
        client.get(f"{path}/{made[2]}")
    return {f"job:{path}": made}
