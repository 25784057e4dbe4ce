"""The emulator tells which objects and attributes it has, and no others."""

from models.tables.workspace import WORKSPACE_TABLES
from platforms.emulator.data.attributes import KINDS
from tests.platforms.emulator.data_api import DataApi
from tests.workspaces import workspace

WORKSPACE = workspace()


def test_the_objects_are_company_person_and_user(api: DataApi) -> None:
    listed = api("GET").json()["data"]
    assert ["company", "person", "user"] == [one["api_name"] for one in listed]
    assert listed[1] == api("GET", "person").json()["data"]


def test_an_object_that_is_not_there_is_not_found(api: DataApi) -> None:
    for path in (("opportunity",), ("opportunity", "attributes"), ("opportunity", "attributes", "name")):
        answer = api("GET", *path)
        assert (404, "object_not_found") == (answer.status_code, answer.json()["status"])


def test_the_attributes_of_a_person_are_those_that_the_sandbox_keeps(api: DataApi) -> None:
    listed = {one["api_name"]: one for one in api("GET", "person", "attributes").json()["data"]}
    names = ["email", "first_name", "company", "record_owner", "status", "email_opt_out", "do_not_email"]
    assert names == list(listed)
    assert (True, True) == (listed["email"]["is_required"], listed["email"]["is_unique"])
    assert ("company", "ONE") == (listed["company"]["related_object"], listed["company"]["cardinality"])
    assert listed["company"] == api("GET", "person", "attributes", "company").json()["data"]


def test_every_advertised_attribute_has_a_column_of_its_own() -> None:
    tables = {table.name: set(table.columns.keys()) for table in WORKSPACE_TABLES}
    for kind in KINDS.values():
        assert {one.column for one in kind.attributes} <= tables[kind.table]
        assert len(kind.attributes) == len({one.column for one in kind.attributes})


def test_an_attribute_that_is_not_there_is_not_found(api: DataApi) -> None:
    for path in (("last_name",), ("last_name", "options"), ("last_name", "options", "lead")):
        answer = api("GET", "person", "attributes", *path)
        assert (404, "attribute_not_found") == (answer.status_code, answer.json()["status"])


def test_options_are_those_of_an_attribute_to_select_from(api: DataApi) -> None:
    listed = api("GET", "company", "attributes", "status", "options").json()["data"]
    assert ["prospect", "open_opportunity", "customer", "competitor"] == [one["api_name"] for one in listed]
    assert listed[1] == api("GET", "company", "attributes", "status", "options", "open_opportunity").json()["data"]
    assert [] == api("GET", "person", "attributes", "status", "options").json()["data"]


def test_an_option_that_is_not_there_is_not_found(api: DataApi) -> None:
    answer = api("GET", "company", "attributes", "status", "options", "friend")
    assert (404, "attribute_option_not_found") == (answer.status_code, answer.json()["status"])
