"""The vendor's own client, `unifygtm-sdk`, works on the emulator as it is, over a real socket.

Its answers are validated strictly, so what it takes is what its types say.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import httpx
import pytest
import unify
from pydantic import SecretStr

from platforms.emulator.app import make_app
from platforms.emulator.limits import Limits, unlimited
from platforms.emulator.weather import FAIR, Fault, Weather
from platforms.sandbox.sandbox import Sandbox
from tests.platforms.emulator.data_api import KEY
from tests.platforms.serving import served
from tests.workspaces import ANA, PIA, QUIN, running, workspace

WORKSPACE = workspace(people=(PIA, QUIN), enrollments=(running(QUIN),))
JOBS = "/data/v1/objects/person/query-jobs"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    sandbox = Sandbox(f"sqlite:///{tmp_path_factory.mktemp('sdk') / 'sandbox.db'}")
    sandbox.load(WORKSPACE)
    yield sandbox
    sandbox.close()


@pytest.fixture(scope="module")
def address(kept: Sandbox) -> Iterator[str]:
    with served(make_app(kept, SecretStr(KEY), limits=unlimited())) as url:
        yield url


@pytest.fixture
def sandbox(kept: Sandbox) -> Sandbox:
    kept.load(WORKSPACE)
    return kept


@contextmanager
def client(url: str, *, key: str = KEY, max_retries: int = 0) -> Iterator[unify.Unify]:
    with unify.Unify(api_key=key, base_url=url, max_retries=max_retries, _strict_response_validation=True) as opened:
        yield opened


@pytest.fixture
def sdk(address: str, sandbox: Sandbox) -> Iterator[unify.Unify]:
    with client(address) as opened:
        yield opened


def once(fault: Fault) -> Weather:
    """Weather in which the first request goes wrong and the next three do not."""
    for seed in range(1000):
        random = Random(seed)
        first = random.random() < 0.5
        random.choice((fault,))
        if first and all(random.random() >= 0.5 for _ in range(3)):
            return Weather(fault_rate=0.5, seed=seed, faults=(fault,))
    raise AssertionError("no such seed")


@contextmanager
def in_weather(sandbox: Sandbox, weather: Weather, *, max_retries: int, limits: Limits | None = None) -> Iterator[Any]:
    app = make_app(sandbox, SecretStr(KEY), weather, limits or unlimited())
    with served(app) as url, client(url, max_retries=max_retries) as opened:
        yield opened


def emails(sandbox: Sandbox) -> list[str]:
    return [one.email for one in sandbox.workspace_record().people]


# Its calls


def test_it_lists_and_reads_objects_attributes_and_options(sdk: unify.Unify) -> None:
    assert ["company", "person", "user"] == [one.api_name for one in sdk.data.objects.list().data]
    assert "UNIFY" == sdk.data.objects.retrieve("person").data.provider
    listed = sdk.data.attributes.list("person").data
    assert ("email", "EMAIL_ADDRESS") == (listed[0].api_name, listed[0].type)
    assert listed[2] == sdk.data.attributes.retrieve("company", object_name="person").data
    options = sdk.data.attributes.options.list("status", object_name="company").data
    customer = sdk.data.attributes.options.retrieve("customer", object_name="company", attribute_name="status").data
    assert customer in options


def test_it_creates_reads_updates_and_deletes_records(sdk: unify.Unify, sandbox: Sandbox) -> None:
    records = sdk.data.records
    company = records.create("company", data={"domain": "new.test"}).data
    owner = {"match": {"email": ANA}}
    made = records.create(
        "person", data={"email": "raj@new.test", "company": {"id": company.id}, "record_owner": owner}
    ).data
    assert made == records.retrieve(made.id, object_name="person").data
    changed = records.update(made.id, object_name="person", data={"email_opt_out": True, "first_name": "Raj"}).data
    assert (True, "Raj") == (changed.attributes["email_opt_out"], changed.attributes["first_name"])
    assert [PIA, QUIN, "raj@new.test"] == emails(sandbox)
    assert "success" == records.delete(made.id, object_name="person").status
    assert [PIA, QUIN] == emails(sandbox)


def test_it_finds_and_upserts_records(sdk: unify.Unify) -> None:
    records = sdk.data.records
    assert records.find_unique("person", match={"email": "nobody@x.test"}).data is None
    found = records.find_unique("person", match={"email": PIA}).data
    assert found is not None
    upserted = records.upsert("person", match={"email": PIA}, create_or_update={"status": "won"}).data
    assert (found.id, "won") == (upserted.id, upserted.attributes["status"])
    lenient = records.upsert(
        "person", match={"email": PIA}, create_or_update={"last_name": "P"}, validation_mode="ignore_invalid"
    )
    assert upserted == lenient.data


def test_its_client_for_asyncio_works_too(address: str, sandbox: Sandbox) -> None:
    async def names() -> list[str]:
        async with unify.AsyncUnify(api_key=KEY, base_url=address, _strict_response_validation=True) as opened:
            return [one.api_name for one in (await opened.data.objects.list()).data]

    assert ["company", "person", "user"] == asyncio.run(names())


def test_its_client_can_call_what_it_has_no_method_for(sdk: unify.Unify) -> None:
    query = {"query": {"select": {"email": True}}}
    job: Any = sdk.post(JOBS, body=query, cast_to=object)
    while (told := sdk.get(f"{JOBS}/{job['job_id']}", cast_to=object))["status"] == "IN_PROGRESS":  # type: ignore[index]
        pass
    assert ("FINISHED", 2) == (told["status"], told["total_rows"])  # type: ignore[index]
    lines = sdk.get(
        f"{JOBS}/{job['job_id']}/results",
        cast_to=httpx.Response,
        options={"headers": {"Accept": "application/x-ndjson"}, "params": {"page_size": 10_000}},
    ).text.splitlines()
    assert [PIA, QUIN] == [json.loads(line)["attributes"]["email"] for line in lines]


# Its errors


def test_another_key_is_not_let_in(address: str) -> None:
    with client(address, key="another") as other, pytest.raises(unify.AuthenticationError) as raised:
        other.data.objects.list()
    assert "unauthorized" == raised.value.body["status"]  # type: ignore[index]


def test_what_is_not_there_is_not_found(sdk: unify.Unify) -> None:
    with pytest.raises(unify.NotFoundError) as raised:
        sdk.data.records.retrieve("00000000-0000-4000-8000-000000000000", object_name="person")
    assert "record_not_found" == raised.value.body["status"]  # type: ignore[index]
    with pytest.raises(unify.NotFoundError):
        sdk.data.objects.retrieve("opportunity")


def test_a_wrong_value_and_a_person_with_a_history_are_bad_requests(sdk: unify.Unify) -> None:
    with pytest.raises(unify.BadRequestError) as raised:
        sdk.data.records.create("person", data={"email": "raj@x.test", "last_name": "R"})
    assert "last_name" == raised.value.body["errors"][0]["attribute_api_name"]  # type: ignore[index]
    quin = sdk.data.records.find_unique("person", match={"email": QUIN}).data
    assert quin is not None
    with pytest.raises(unify.BadRequestError):
        sdk.data.records.delete(quin.id, object_name="person")


def test_an_address_that_is_taken_is_a_conflict(sdk: unify.Unify) -> None:
    with pytest.raises(unify.ConflictError) as raised:
        sdk.data.records.create("person", data={"email": PIA})
    assert "record_conflict" == raised.value.body["status"]  # type: ignore[index]


def test_what_the_emulator_does_not_have_says_so(sdk: unify.Unify) -> None:
    with pytest.raises(unify.InternalServerError) as raised:
        sdk.data.objects.delete("person")
    assert 501 == raised.value.status_code


def test_without_retries_a_limit_is_an_error(sandbox: Sandbox) -> None:
    with in_weather(sandbox, FAIR, max_retries=0, limits=Limits(requests=1, window=60.0)) as sdk:
        sdk.data.objects.list()
        with pytest.raises(unify.RateLimitError) as raised:
            sdk.data.objects.list()
    assert 1 <= int(raised.value.response.headers["retry-after"]) <= 60


# Its retries


@pytest.mark.parametrize("fault", ["rate_limited", "cut_before"])
def test_a_read_that_went_wrong_is_made_again(sandbox: Sandbox, fault: Fault) -> None:
    with in_weather(sandbox, once(fault), max_retries=0) as sdk, pytest.raises(unify.APIError):
        sdk.data.objects.list()
    with in_weather(sandbox, once(fault), max_retries=1) as sdk:
        assert 3 == len(sdk.data.objects.list().data)


def test_a_create_whose_answer_was_lost_is_sent_again_and_then_a_conflict(sandbox: Sandbox) -> None:
    """Which is why Handoff has a wire of its own, that reads before it writes again."""
    with in_weather(sandbox, once("cut_after"), max_retries=1) as sdk, pytest.raises(unify.ConflictError):
        sdk.data.records.create("person", data={"email": "raj@x.test"})
    assert [PIA, QUIN, "raj@x.test"] == emails(sandbox)


def test_an_upsert_whose_answer_was_lost_may_be_sent_again(sandbox: Sandbox) -> None:
    with in_weather(sandbox, once("cut_after"), max_retries=1) as sdk:
        sdk.data.records.upsert("person", match={"email": "raj@x.test"}, create_or_update={"email": "raj@x.test"})
    assert [PIA, QUIN, "raj@x.test"] == emails(sandbox)
