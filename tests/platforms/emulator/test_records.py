"""Records are read and written as the Data API says, in the sandbox's own tables."""

from datetime import timedelta
from uuid import uuid4

import pytest

from models.changes import OptOut
from models.records import Company, Person
from models.workspace import problems
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.platforms.emulator.data_api import DataApi
from tests.workspaces import ANA, BO, NOW, PIA, QUIN, excluding, running, workspace

X, Y = "x.test", "y.test"


WORKSPACE = workspace(
    people=(Person(email=PIA, first_name="Pia", company_domain=X, owner=ANA, email_opt_out=True), QUIN),
    companies=(Company(domain=X, owner=BO, status="customer"), Company(domain=Y)),
    exclusions=(excluding(name="Left", person_email=(), person_status=("left",)),),
    enrollments=(running(QUIN),),
)


pytestmark = pytest.mark.usefixtures("sandbox")


def people(sandbox: Sandbox) -> dict[str, Person]:
    return {one.email: one for one in sandbox.workspace_record().people}


# Reading


def test_a_person_is_read_with_references_and_opt_outs(api: DataApi) -> None:
    pia = api.find("person", email=PIA)
    assert {
        "email": PIA,
        "first_name": "Pia",
        "company": {"id": api.find("company", domain=X)["id"]},
        "record_owner": {"id": api.find("user", email=ANA)["id"]},
        "status": "lead",
        "email_opt_out": True,
        "do_not_email": False,
    } == pia["attributes"]
    assert pia == api("GET", "person", "records", pia["id"]).json()["data"]


def test_who_has_no_value_has_null(api: DataApi) -> None:
    told = api.find("person", email=QUIN)["attributes"]
    assert [None, None, None] == [told[name] for name in ("first_name", "company", "record_owner")]


def test_a_user_is_read_and_never_written(api: DataApi) -> None:
    bo = api.find("user", email=BO)
    assert {"email": BO, "name": "Bo", "role": "rep"} == bo["attributes"]
    for method, path, body in (
        ("POST", ("records",), {"data": {"email": "new@acme.test"}}),
        ("PATCH", ("records", bo["id"]), {"data": {"name": "Bob"}}),
        ("DELETE", ("records", bo["id"]), None),
    ):
        assert "object_not_writable" == api.refused(method, "user", *path, json=body)["errors"][0]["code"]


def test_a_record_that_is_not_there_is_not_found(api: DataApi) -> None:
    company = api.find("company", domain=X)["id"]  # the id of a company is no id of a person
    for record_id in ("x", str(uuid4()), company):
        for method, body in (("GET", None), ("PATCH", {"data": {}}), ("DELETE", None)):
            answer = api(method, "person", "records", record_id, json=body)
            assert (404, "record_not_found") == (answer.status_code, answer.json()["status"])


# Finding


def test_nobody_who_matches_is_null(api: DataApi) -> None:
    assert api.find("person", email="nobody@x.test") is None
    assert api.find("person", email=PIA, first_name="Quin") is None


def test_a_match_refines_by_values_references_and_their_absence(api: DataApi) -> None:
    assert api.find("person", email=PIA, company={"match": {"domain": X}}) is not None
    assert api.find("person", email=PIA, company={"match": {"domain": Y}}) is None
    assert api.find("person", email=PIA, company=None) is None
    assert api.find("person", email=QUIN, company=None, first_name=None) is not None


def test_a_match_needs_a_unique_attribute(api: DataApi) -> None:
    for match in ({}, {"first_name": "Pia"}, {"email": None}):
        body = api.refused("POST", "person", "records/find-unique", json={"match": match})
        assert "missing_unique_attribute" == body["errors"][0]["code"], match


# Creating


def test_a_created_person_is_in_the_sandbox(api: DataApi, sandbox: Sandbox) -> None:
    made = api.create(
        "person",
        email="Raj@X.test",
        first_name="Raj",
        company={"match": {"domain": Y}},
        record_owner={"id": api.find("user", email=BO)["id"]},
        status="won",
        do_not_email=True,
    )
    expected = Person(email="raj@x.test", first_name="Raj", company_domain=Y, owner=BO, status="won", do_not_email=True)
    assert expected == people(sandbox)["raj@x.test"]
    assert made == api.find("person", email="raj@x.test")
    assert "2026-11-02T09:00:00.000Z" == made["created_at"] == made["updated_at"]


def test_a_created_company_is_in_the_sandbox_under_its_domain(api: DataApi, sandbox: Sandbox) -> None:
    api.create("company", domain="https://www.New.test/about", record_owner={"match": {"email": ANA}})
    assert Company(domain="new.test", owner=ANA) == sandbox.workspace_record().companies[-1]
    assert 409 == api("POST", "company", "records", json={"data": {"domain": "new.test."}}).status_code


def test_an_address_that_is_taken_is_a_conflict(api: DataApi) -> None:
    answer = api("POST", "person", "records", json={"data": {"email": PIA.upper()}})
    assert (409, "record_conflict") == (answer.status_code, answer.json()["status"])
    quin = api.find("person", email=QUIN)
    assert 409 == api("PATCH", "person", "records", quin["id"], json={"data": {"email": PIA}}).status_code


def test_who_has_no_address_is_not_created(api: DataApi) -> None:
    body = api.refused("POST", "person", "records", json={"data": {"first_name": "Raj"}})
    assert ("record_missing_required_field", "email") == (body["status"], body["errors"][0]["attribute_api_name"])


def test_every_wrong_attribute_is_named(api: DataApi, sandbox: Sandbox) -> None:
    data = {"email": "raj@x.test", "last_name": "R", "email_opt_out": "yes", "status": None, "company": "x.test"}
    body = api.refused("POST", "person", "records", json={"data": data})
    expected = {
        "last_name": "unrecognized_attribute",
        "email_opt_out": "invalid_value",
        "status": "invalid_value",
        "company": "invalid_value",
    }
    assert expected == {one["attribute_api_name"]: one["code"] for one in body["errors"]}
    assert ["data", "last_name"] == body["errors"][0]["path"]
    assert "raj@x.test" not in people(sandbox)


def test_ignoring_what_is_invalid_keeps_the_rest(api: DataApi, sandbox: Sandbox) -> None:
    data = {"email": "raj@x.test", "last_name": "R", "email_opt_out": "yes", "first_name": "Raj"}
    lenient = {"params": {"validation_mode": "ignore_invalid"}}
    assert 201 == api("POST", "person", "records", json={"data": data}, **lenient).status_code
    assert Person(email="raj@x.test", first_name="Raj") == people(sandbox)["raj@x.test"]
    assert 400 == api("POST", "person", "records", json={"data": {"email": "raj"}}, **lenient).status_code


def test_a_text_that_no_column_holds_is_refused(api: DataApi) -> None:
    for text in (r'"a\u0000b"', r'"\ud800"', '" "', "7"):  # as JSON: half of a pair of surrogates cannot be sent else
        body = b'{"data": {"email": "r@x.test", "status": %s}}' % text.encode()
        answer = api("POST", "person", "records", content=body)
        assert (400, "invalid_value") == (answer.status_code, answer.json()["errors"][0]["code"]), text


def test_a_body_without_its_parts_is_refused(api: DataApi) -> None:
    for body in (None, [], {}, {"data": []}, {"data": None}):
        assert "bad_request" == api.refused("POST", "person", "records", json=body)["status"], body


# References


def test_a_reference_to_nobody_is_refused_by_id_and_null_by_match(api: DataApi) -> None:
    data = {"email": "raj@x.test", "company": {"id": str(uuid4())}}
    assert "referenced_record_not_found" == api.refused("POST", "person", "records", json={"data": data})["status"]
    made = api.create("person", email="raj@x.test", company={"match": {"domain": "none.test"}})
    assert made["attributes"]["company"] is None


def test_a_reference_may_make_the_company_on_the_way(api: DataApi, sandbox: Sandbox) -> None:
    company = {"match": {"domain": "new.test"}, "create": {"domain": "new.test", "status": "customer"}}
    for name in ("raj", "sue"):  # the second finds what the first made
        api.create("person", email=f"{name}@new.test", company=company)
    assert 1 == sandbox.workspace_record().companies.count(Company(domain="new.test", status="customer"))
    assert "new.test" == people(sandbox)["sue@new.test"].company_domain


def test_a_refused_record_leaves_nothing_of_its_references(api: DataApi, sandbox: Sandbox) -> None:
    company = {"match": {"domain": "new.test"}, "create": {"domain": "new.test"}}
    assert 409 == api("POST", "person", "records", json={"data": {"email": PIA, "company": company}}).status_code
    assert [X, Y] == [one.domain for one in sandbox.workspace_record().companies]


# Upserting


def test_an_upsert_makes_whom_nothing_matches(api: DataApi, sandbox: Sandbox) -> None:
    api.upsert(
        "person",
        match={"email": "raj@x.test"},
        create={"email": "raj@x.test", "first_name": "first"},
        create_or_update={"first_name": "second", "status": "second"},
        create_or_update_if_empty={"status": "third", "do_not_email": True},
        update={"email_opt_out": True},
    )
    expected = Person(email="raj@x.test", first_name="first", status="second", do_not_email=True)
    assert expected == people(sandbox)["raj@x.test"]


def test_an_upsert_changes_whom_it_finds_in_the_order_of_its_groups(api: DataApi, sandbox: Sandbox) -> None:
    found = api.upsert(
        "person",
        match={"email": QUIN},
        create={"email": "other@x.test"},
        update={"status": "first"},
        create_or_update={"status": "second"},
        update_if_empty={"first_name": "third", "status": "third"},
        create_or_update_if_empty={"first_name": "fourth", "company": {"match": {"domain": Y}}},
    )
    assert api.find("person", email=QUIN) == found
    assert Person(email=QUIN, first_name="third", status="first", company_domain=Y) == people(sandbox)[QUIN]


def test_an_upsert_leaves_what_has_a_value_where_it_asks_for_empty_ones(api: DataApi, sandbox: Sandbox) -> None:
    api.upsert("person", match={"email": PIA}, create_or_update_if_empty={"first_name": "Other"})
    assert "Pia" == people(sandbox)[PIA].first_name


def test_an_upsert_that_could_not_make_anybody_is_refused(api: DataApi) -> None:
    for groups in ({}, {"update": {"status": "won"}}):
        body = api.refused("POST", "person", "records/upsert", json={"match": {"email": "raj@x.test"}} | groups)
        assert "missing_property_group" == body["errors"][0]["code"]
    body = api.refused(
        "POST", "person", "records/upsert", json={"match": {"email": "raj@x.test"}, "create": {"first_name": "Raj"}}
    )
    assert "record_missing_required_field" == body["status"]


# Updating


def test_an_update_changes_what_it_names_and_says_when(api: DataApi, sandbox: Sandbox) -> None:
    pia = api.find("person", email=PIA)
    sandbox.advance(NOW + timedelta(hours=1))
    changed = api.update(pia, status="won")
    assert pia["attributes"] | {"status": "won"} == changed["attributes"]
    assert (pia["created_at"], "2026-11-02T10:00:00.000Z") == (changed["created_at"], changed["updated_at"])


def test_an_update_that_changes_nothing_is_no_change(api: DataApi, sandbox: Sandbox) -> None:
    pia = api.find("person", email=PIA)
    sandbox.advance(NOW + timedelta(hours=1))
    assert pia == api.update(pia, status="lead", email_opt_out=True, company={"match": {"domain": X}})


def test_an_opt_out_in_the_platform_is_a_change(api: DataApi, sandbox: Sandbox) -> None:
    sandbox.advance(NOW + timedelta(hours=1))
    sandbox.apply(OptOut(person=QUIN))
    assert "2026-11-02T10:00:00.000Z" == api.find("person", email=QUIN)["updated_at"]
    sandbox.apply(OptOut(person=PIA))  # is so already
    assert "2026-11-02T09:00:00.000Z" == api.find("person", email=PIA)["updated_at"]


def test_an_opt_out_is_written_ends_what_runs_and_can_be_lifted(api: DataApi, sandbox: Sandbox) -> None:
    quin = api.update(api.find("person", email=QUIN), email_opt_out=True, do_not_email=True)
    assert ["opted_out"] == [one.end_reason for one in sandbox.workspace_record().enrollments]
    assert (True, True) == (quin["attributes"]["email_opt_out"], quin["attributes"]["do_not_email"])
    lifted = api.update(quin, email_opt_out=False, do_not_email=False)["attributes"]
    assert (False, False) == (lifted["email_opt_out"], lifted["do_not_email"])


@pytest.mark.rule("R62")
def test_who_comes_to_match_an_exclusion_that_acts_falls_out(api: DataApi, sandbox: Sandbox) -> None:
    api.update(api.find("person", email=QUIN), status="won")
    assert ["active"] == [one.state for one in sandbox.workspace_record().enrollments]
    api.update(api.find("person", email=QUIN), status="left")
    assert ["excluded"] == [one.end_reason for one in sandbox.workspace_record().enrollments]


# Deleting


def test_a_deleted_person_is_gone_from_audiences_too(api: DataApi, sandbox: Sandbox) -> None:
    pia = api.find("person", email=PIA)
    assert {"status": "success"} == api("DELETE", "person", "records", pia["id"]).json()
    assert api.find("person", email=PIA) is None
    assert [(QUIN,)] == [one.people for one in sandbox.workspace_record().audiences]


def test_who_has_a_history_is_not_deleted(api: DataApi, sandbox: Sandbox) -> None:
    quin = api.find("person", email=QUIN)
    body = api.refused("DELETE", "person", "records", quin["id"], json=None)
    assert "record_in_use" == body["errors"][0]["code"]
    assert "enrollments: 1" in body["message"]
    assert QUIN in people(sandbox)


def test_people_of_a_deleted_company_stay(api: DataApi, sandbox: Sandbox) -> None:
    assert 200 == api("DELETE", "company", "records", api.find("company", domain=X)["id"]).status_code
    assert people(sandbox)[PIA].company_domain is None


def test_what_was_written_by_records_is_dumped_and_loads_again(
    api: DataApi, sandbox: Sandbox, sandboxes: Sandboxes
) -> None:
    made = {"domain": "new.test", "status": "competitor"}
    api.create("person", email="raj@new.test", company={"match": {"domain": "new.test"}, "create_or_update": made})
    api("DELETE", "person", "records", api.find("person", email=PIA)["id"])
    kept = sandbox.workspace_record()
    assert [] == problems(kept)
    assert kept == sandboxes(kept, name="again").workspace_record()
