"""Faults that are made on purpose, over a socket: what the client sees, and what became of the request."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from platforms.emulator.app import make_app
from platforms.emulator.ids import uuid_of
from platforms.emulator.weather import Fault, Weather
from platforms.sandbox.sandbox import Sandbox
from tests.conftest import Sandboxes
from tests.platforms.serving import served
from tests.workspaces import OUTBOUND, workspace

KEY = "the-key-of-these-tests"
SEQUENCES = "/sequences/v1/sequences"
Under = Callable[[Weather], httpx.Client]


@pytest.fixture
def sandbox(sandboxes: Sandboxes) -> Sandbox:
    return sandboxes(workspace())


@pytest.fixture
def under(sandbox: Sandbox) -> Iterator[Under]:
    """`under(Weather(…))` asks an emulator in that weather over a socket."""
    with ExitStack() as stack:

        def client(weather: Weather) -> httpx.Client:
            address = stack.enter_context(served(make_app(sandbox, SecretStr(KEY), weather)))
            return stack.enter_context(httpx.Client(base_url=address, headers={"X-Api-Key": KEY}, timeout=20))

        yield client


def only(fault: Fault) -> Weather:
    return Weather(fault_rate=1, faults=(fault,))


def paused(sandbox: Sandbox) -> bool:
    with sandbox.work() as work:
        return bool(work.value("SELECT paused FROM sequence WHERE name = :name", name=OUTBOUND))


def pause(client: httpx.Client, sandbox: Sandbox) -> httpx.Response:
    """Pause the sequence."""
    with sandbox.work() as work:
        key = work.value("SELECT id FROM sequence WHERE name = :name", name=OUTBOUND)
    return client.post(f"{SEQUENCES}/{uuid_of('sequence', key)}/pause")


@pytest.mark.parametrize(
    ("fault", "status", "word", "wait"),
    [
        ("rate_limited", 429, "rate_limited", "1"),
        ("error", 500, "error", None),
        ("unavailable", 503, "service_unavailable", None),
    ],
)
def test_a_refusal_is_in_the_vendors_envelope_and_changes_nothing(
    fault: Fault, status: int, word: str, wait: str | None, sandbox: Sandbox, under: Under
) -> None:
    answer = pause(under(only(fault)), sandbox)
    assert (status, word) == (answer.status_code, answer.json()["status"])
    assert wait == answer.headers.get("Retry-After")
    assert not paused(sandbox)


@pytest.mark.parametrize(("fault", "done"), [("cut_before", False), ("cut_after", True), ("cut_body", True)])
def test_an_answer_that_is_cut_may_have_been_carried_out(
    fault: Fault, done: bool, sandbox: Sandbox, under: Under
) -> None:
    with pytest.raises(httpx.TransportError):
        pause(under(only(fault)), sandbox)
    assert done == paused(sandbox)


def test_half_of_an_answer_comes_before_it_is_cut(under: Under) -> None:
    with under(only("cut_body")).stream("GET", SEQUENCES) as answer:
        assert 200 == answer.status_code
        came = b""
        with pytest.raises(httpx.RemoteProtocolError):
            for part in answer.iter_bytes():
                came += part
    assert int(answer.headers["Content-Length"]) // 2 == len(came)


def test_an_answer_that_is_no_json_was_carried_out(sandbox: Sandbox, under: Under) -> None:
    answer = pause(under(only("malformed")), sandbox)
    assert (200, "application/json") == (answer.status_code, answer.headers["Content-Type"])
    with pytest.raises(ValueError, match="Expecting value"):
        answer.json()
    assert paused(sandbox)


def test_an_answer_is_late_by_what_was_asked_for(under: Under) -> None:
    client, began = under(Weather(latency_ms=150)), time.monotonic()
    assert 200 == client.get(SEQUENCES).status_code
    assert 0.15 <= time.monotonic() - began


def outcomes(client: httpx.Client, times: int) -> list[Any]:
    def outcome() -> Any:
        try:
            answer = client.get(SEQUENCES)
            return answer.status_code, answer.text[:1]
        except httpx.TransportError:
            return "cut"

    return [outcome() for _ in range(times)]


def test_the_same_seed_makes_the_same_weather(under: Under) -> None:
    first, again, other = (outcomes(under(Weather(fault_rate=0.5, seed=seed)), 12) for seed in (4, 4, 5))
    assert first == again != other
    assert 0 < sum((200, "{") == outcome for outcome in first) < 12


def test_without_faults_nothing_goes_wrong(under: Under) -> None:
    assert [(200, "{")] * 12 == outcomes(under(Weather(seed=4)), 12)
