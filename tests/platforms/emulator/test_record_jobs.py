"""Query jobs for records: what is selected, whom a condition means, what changed since, and how results are read."""

import json
from datetime import timedelta
from typing import Any

import pytest

from models.records import Company, Person
from platforms.sandbox.sandbox import Sandbox
from tests.platforms.emulator.data_api import DataApi
from tests.workspaces import ANA, BO, NOW, PIA, QUIN, RAJ, workspace

X, Y = "x.test", "y.test"
EMAIL = {"email": True}


WORKSPACE = workspace(
    people=(
        Person(email=PIA, first_name="Pia", company_domain=X, owner=ANA, email_opt_out=True),
        Person(email=QUIN, company_domain=Y, owner=BO),
        Person(email=RAJ, do_not_email=True),
    ),
    companies=(Company(domain=X, owner=BO), Company(domain=Y)),
)


pytestmark = pytest.mark.usefixtures("sandbox")


def emails(rows: list[dict[str, Any]]) -> list[str]:
    return [row["attributes"]["email"] for row in rows]


def test_only_what_is_selected_and_has_a_value_is_told(api: DataApi) -> None:
    rows = api.rows("person", select={"email": True, "first_name": True, "do_not_email": True})
    assert [
        {"email": PIA, "first_name": "Pia", "do_not_email": False},
        {"email": QUIN, "do_not_email": False},
        {"email": RAJ, "do_not_email": True},
    ] == [row["attributes"] for row in rows]
    assert [api.find("person", email=email)["id"] for email in (PIA, QUIN, RAJ)] == [row["id"] for row in rows]


def test_opt_outs_are_readable(api: DataApi) -> None:
    rows = api.rows("person", select={"email_opt_out": True, "do_not_email": True})
    assert [(True, False), (False, False), (False, True)] == [tuple(row["attributes"].values()) for row in rows]


def test_a_reference_is_an_id_or_the_record_that_it_leads_to(api: DataApi) -> None:
    [plain, *_] = api.rows("person", select={"company": True})
    assert {"company": {"id": api.find("company", domain=X)["id"]}} == plain["attributes"]
    owner = {"select": {"email": True}}
    [nested, _, nobody] = api.rows("person", select={"company": {"select": {"domain": True, "record_owner": owner}}})
    company = nested["attributes"]["company"]
    assert ("company", X) == (company["object"], company["attributes"]["domain"])
    assert {"email": BO} == company["attributes"]["record_owner"]["attributes"]
    assert {} == nobody["attributes"]


def test_companies_and_users_are_asked_for_alike(api: DataApi) -> None:
    assert [X, Y] == [row["attributes"]["domain"] for row in api.rows("company", select={"domain": True})]
    assert [ANA, BO] == emails(api.rows("user", select={"email": True, "role": True}))


def test_conditions_hold_of_the_record_and_of_those_it_refers_to(api: DataApi) -> None:
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({"email": {"equals": QUIN}}, [QUIN]),
        ({"do_not_email": {"equals": False}, "email_opt_out": {"equals": False}}, [QUIN]),
        ({"company": {"domain": {"equals": X}}}, [PIA]),
        ({"company": {"record_owner": {"email": {"equals": BO}}}}, [PIA]),
        ({"company": {"equals": {"match": {"domain": Y}}}}, [QUIN]),
        ({"company": {"equals": {"id": "00000000-0000-4000-8000-000000000000"}}}, []),
        ({}, [PIA, QUIN, RAJ]),
    ]
    found = [(where, emails(api.rows("person", select=EMAIL, where=where))) for where, _ in cases]
    assert cases == found


def test_changed_since_gives_who_changed_in_that_order(api: DataApi, sandbox: Sandbox) -> None:
    for hours, email in ((1, RAJ), (2, PIA)):
        sandbox.advance(NOW + timedelta(hours=hours))
        api.update(api.find("person", email=email), status="won")
    since = {"updated_at": {"gt": "2026-11-02T09:00:00Z"}}
    by = {"field": "updated_at", "direction": "DESCENDING"}
    assert [PIA, RAJ] == emails(api.rows("person", select=EMAIL, metadata=since, sort_by=by))
    window = {"updated_at": {"gte": "2026-11-02T11:00:00+01:00", "lt": "2026-11-02T11:00:00"}}
    assert [RAJ] == emails(api.rows("person", select=EMAIL, metadata=window))
    assert 3 == len(api.rows("person", select=EMAIL, metadata={"created_at": {"lte": "2026-11-02T09:00:00Z"}}))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({}, "query.select"),
    ({"select": {"last_name": True}}, "query.select.last_name"),
    ({"select": {"email": False}}, "query.select.email"),
    ({"select": {"email": {"select": {}}}}, "query.select.email"),
    ({"select": EMAIL, "where": {"status": {"equals": 7}}}, "query.where.status.equals"),
    ({"select": EMAIL, "where": {"email": {"like": "x"}}}, "query.where.email"),
    ({"select": EMAIL, "where": {"email": "x"}}, "query.where.email"),
    ({"select": EMAIL, "metadata": {"updated_at": {}}}, "query.metadata.updated_at"),
    ({"select": EMAIL, "metadata": {"updated_at": {"gt": "x"}}}, "query.metadata.updated_at.gt"),
    (
        {"select": EMAIL, "metadata": {"updated_at": {"gt": "2026-11-02", "gte": "2026-11-02"}}},
        "query.metadata.updated_at",
    ),
    ({"select": EMAIL, "sort_by": {"field": "email", "direction": "ASCENDING"}}, "query.sort_by.field"),
    ({"select": EMAIL, "sort_by": {"field": "id", "direction": "UP"}}, "query.sort_by.direction"),
]


def test_a_query_that_is_wrong_is_refused_at_once_and_its_place_named(api: DataApi) -> None:
    for query, path in WRONG:
        body = api.refused("POST", "person", "query-jobs", json={"query": query})
        assert path == ".".join(body["errors"][0]["path"]), query


def test_selects_go_three_levels_deep_and_no_deeper(api: DataApi) -> None:
    three: dict[str, Any] = {"company": {"select": {"record_owner": {"select": {"email": True}}}}}
    assert 3 == len(api.rows("person", select=three))
    deeper = {"company": {"select": {"record_owner": {"select": {"email": {"select": {}}}}}}}
    assert 400 == api("POST", "person", "query-jobs", json={"query": {"select": deeper}}).status_code


def test_an_object_that_is_not_there_has_no_jobs(api: DataApi) -> None:
    answer = api("POST", "opportunity", "query-jobs", json={"query": {"select": {}}})
    assert (404, "not_found") == (answer.status_code, answer.json()["status"])
    assert [] == api("GET", "opportunity", "query-jobs").json()["jobs"]


def test_a_job_of_people_is_no_job_of_companies(api: DataApi) -> None:
    job_id = api.job("person", select=EMAIL)
    assert 404 == api("GET", "company", "query-jobs", job_id).status_code
    listed = {
        kind: {job["job_id"] for job in api("GET", kind, "query-jobs", params={"limit": 100}).json()["jobs"]}
        for kind in ("person", "company")
    }
    assert job_id in listed["person"]
    assert job_id not in listed["company"]


def test_results_come_in_pages_of_lines(api: DataApi) -> None:
    job_id, told = api.job("person", select=EMAIL), []
    for page in (1, 2, 3):
        answer = api(
            "GET",
            "person",
            "query-jobs",
            job_id,
            "results",
            params={"page": page, "page_size": 2},
            headers={"accept": "application/x-ndjson"},
        )
        assert ("3", str(page), "2") == tuple(answer.headers[f"x-{name}"] for name in ("total", "page", "page-size"))
        told.append(emails([json.loads(line) for line in answer.text.splitlines()]))
    assert [[PIA, QUIN], [RAJ], []] == told


def test_results_are_kept_for_a_day(api: DataApi, sandbox: Sandbox) -> None:
    job_id = api.job("person", select=EMAIL)
    sandbox.advance(NOW + timedelta(hours=24) - timedelta(seconds=1))
    assert 200 == api("GET", "person", "query-jobs", job_id, "results").status_code
    sandbox.advance(NOW + timedelta(hours=24))
    answer = api("GET", "person", "query-jobs", job_id, "results")
    assert (410, "results_expired") == (answer.status_code, answer.json()["status"])


def test_a_job_that_was_cancelled_has_no_results(api: DataApi) -> None:
    job_id = api("POST", "person", "query-jobs", json={"query": {"select": EMAIL}}).json()["job_id"]
    assert "results_not_ready" == api("GET", "person", "query-jobs", job_id, "results").json()["status"]
    assert "CANCELED" == api("POST", "person", "query-jobs", job_id, "cancel").json()["status"]
    assert "results_canceled" == api("GET", "person", "query-jobs", job_id, "results").json()["status"]
