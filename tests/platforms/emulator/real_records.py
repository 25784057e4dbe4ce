"""Records, attributes, options and whole bodies that exist or make sense: what the referee asks the Data API about.

The document leaves open what a record holds (`additionalProperties`), so nothing that is drawn from it ever fits.
"""

from collections.abc import Iterator
from typing import Any

import httpx

Real = dict[str, list[str]]
OBJECTS = "/data/v1/objects"
UNIQUE = {"person": "email", "company": "domain", "user": "email"}
KINDS = tuple(UNIQUE)
NOBODY = "00000000-0000-4000-8000-000000000000"
SINCE = "2026-01-01T00:00:00Z"


def of_data(client: httpx.Client) -> Real:
    """What is asked about by each object: `record_id of person`, `attribute_name of user`."""
    real: Real = {"object_name": list(KINDS), "option_name": ["customer", "admin"]}
    for kind in KINDS:
        attributes = client.get(f"{OBJECTS}/{kind}/attributes").json()["data"]
        real[f"attribute_name of {kind}"] = [one["api_name"] for one in attributes]
        rows = _rows(client, kind)
        real[f"record_id of {kind}"] = [row["id"] for row in rows]
        real[f"unique of {kind}"] = [row["attributes"][UNIQUE[kind]] for row in rows]
    spare = [{"email": f"spare{at}@x.test"} for at in range(4)]
    made = [client.post(f"{OBJECTS}/person/records", json={"data": one}).json()["data"] for one in spare]
    real["record_id of person"] += [one["id"] for one in made]
    return real


def _rows(client: httpx.Client, kind: str) -> list[Any]:
    """The first records of an object, by a query job."""
    path = f"{OBJECTS}/{kind}/query-jobs"
    job = f"{path}/{client.post(path, json=query(kind)).json()['job_id']}"
    while client.get(job).json()["status"] == "IN_PROGRESS":
        pass
    found: list[Any] = client.get(f"{job}/results", params={"page_size": 4}).json()["data"]
    return found


def query(kind: str, **more: Any) -> dict[str, Any]:
    """The body of a query job that asks for what is unique of each record."""
    return {"query": {"select": {UNIQUE[kind]: True}} | more}


def places(path: str, real: Real) -> Iterator[dict[str, str]]:
    """What exists at an address of the Data API, for each object: its parameters. Nothing for jobs and other APIs."""
    if not path.startswith(f"{OBJECTS}/{{object_name}}") or "{job_id}" in path:
        return
    named = {"attribute_name": {"user": "role"}, "option_name": {"company": "customer", "user": "admin"}}
    for kind in KINDS:
        found = {"object_name": kind}
        found |= {name: of.get(kind, "status") for name, of in named.items() if f"{{{name}}}" in path}
        if "{record_id}" in path:
            found["record_id"] = real[f"record_id of {kind}"][-1]
        yield found


def bodies(path: str, kind: str, real: Real) -> list[Any]:
    """Bodies for an operation on an object: sound ones, conflicts, and mistakes that only the server can see."""
    taken = [{UNIQUE[kind]: value} for value in real.get(f"unique of {kind}", [])] or [{UNIQUE[kind]: "x@x.test"}]
    match path.rpartition("/")[2]:
        case "records":
            return [{"data": one} for one in (*_new(kind), taken[0], {}, {UNIQUE[kind]: "not one"}, {"nothing": 1})]
        case "{record_id}":
            return [{"data": one} for one in (*_changes(kind, real), taken[0], {UNIQUE[kind]: "not one"}, {"no": 1})]
        case "find-unique":
            return [{"match": one} for one in (*taken, taken[0] | {"status": None}, {UNIQUE[kind]: "n@new.test"}, {})]
        case "upsert":
            changes = _changes(kind, real)
            sound = [{"match": one, "create_or_update": change} for one, change in zip(taken, changes, strict=False)]
            made = [{"match": {UNIQUE[kind]: one[UNIQUE[kind]]}, "create": one} for one in _new(kind)]
            clash = {"match": taken[0], "create": taken[0], "update": taken[-1]}
            return [*sound, *made, clash, {"match": taken[0], "update": {}}, {"match": {"status": "x"}, "create": {}}]
        case "query-jobs":
            return list(_queries(kind, taken[0]))
    return []


def _new(kind: str) -> list[dict[str, Any]]:
    company = {"match": {"domain": "new.test"}, "create_or_update": {"domain": "new.test", "status": "customer"}}
    if kind == "company":
        return [{"domain": "https://www.new.test/about"}, {"domain": "newer.test", "status": "competitor"}]
    return [
        {"email": "ada@new.test", "company": company},
        {"email": "bea@new.test", "do_not_email": True},
        {"email": "cy@new.test", "record_owner": {"id": NOBODY}},
    ]


def _changes(kind: str, real: Real) -> list[dict[str, Any]]:
    owner = {"record_owner": {"id": real.get("record_id of user", [NOBODY])[0]}}
    if kind == "company":
        return [{"status": "customer"}, owner, {"status": "no option"}]
    return [{"status": "won", "first_name": "Di"}, {"email_opt_out": True}, owner, {"do_not_email": "yes"}]


def _queries(kind: str, one: dict[str, Any]) -> Iterator[dict[str, Any]]:
    [(name, value)] = one.items()
    yield query(kind)
    yield query(kind, where={name: {"equals": value}}, sort_by={"field": "updated_at", "direction": "DESCENDING"})
    yield query(kind, metadata={"updated_at": {"gte": SINCE}, "created_at": {"lt": SINCE}})
    yield query(kind, metadata={"updated_at": {"gt": SINCE, "gte": SINCE}})
    if kind == "person":
        owner = {"select": {"email": True}}
        yield {"query": {"select": {"company": {"select": {"domain": True, "record_owner": owner}}}}}
        yield query(kind, where={"company": {"status": {"equals": "customer"}}})
