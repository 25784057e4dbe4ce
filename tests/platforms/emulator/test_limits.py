"""How much may be asked, as the vendor documents it: in any window, for each service, and of query jobs besides."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from platforms.emulator.app import make_app
from platforms.emulator.limits import Limits, unlimited
from platforms.emulator.problems import Problem
from tests.conftest import Sandboxes
from tests.workspaces import workspace

KEY = "the-key-of-these-tests"
SEQUENCES, TASKS = "/sequences/v1/sequences", "/tasks/v1/tasks"
JOBS = "/tasks/v1/tasks/query-jobs"


class Clock:
    """Ticks when it is told to."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(sandboxes: Sandboxes, clock: Clock) -> Iterator[Callable[..., TestClient]]:
    """`asking(requests=3)` is a client of an emulator with these limits; the rest is not limited."""

    def client(**limits: Any) -> TestClient:
        allowed = unlimited()
        for name, value in limits.items():
            setattr(allowed, name, value)
        allowed.ticks = clock
        return TestClient(make_app(sandboxes(workspace()), SecretStr(KEY), limits=allowed), headers={"X-Api-Key": KEY})

    return client


def test_the_limits_are_the_documented_ones() -> None:
    limits = Limits()
    assert (100_000, 300.0) == (limits.requests, limits.window)
    assert (100, 10, 5) == (limits.jobs_a_day, limits.looks_a_second, limits.pages_a_second)


def test_one_request_too_many_is_told_when_to_come_back(asking: Callable[..., TestClient], clock: Clock) -> None:
    client = asking(requests=3, window=10.0)
    for _ in range(3):
        assert 200 == client.get(SEQUENCES).status_code
        clock.at += 2
    answer = client.get(SEQUENCES)
    assert (429, "4") == (answer.status_code, answer.headers["Retry-After"])  # the first came 6 seconds ago
    assert {"status": "rate_limited", "message": "Too many requests"} == answer.json()
    clock.at += 4
    assert [200, 429] == [client.get(SEQUENCES).status_code for _ in range(2)]  # the window slides: one place is free


def test_each_service_has_a_window_of_its_own(asking: Callable[..., TestClient]) -> None:
    client = asking(requests=1)
    assert [200, 429, 200, 429] == [client.get(path).status_code for path in (SEQUENCES, SEQUENCES, TASKS, TASKS)]


def test_who_has_another_key_uses_nothing_up(asking: Callable[..., TestClient]) -> None:
    client = asking(requests=1)
    assert 401 == client.get(SEQUENCES, headers={"X-Api-Key": "another"}).status_code
    assert 200 == client.get(SEQUENCES).status_code


def test_jobs_are_counted_for_the_account_and_the_day(asking: Callable[..., TestClient], clock: Clock) -> None:
    client = asking(jobs_a_day=2)
    paths = (JOBS, "/sequences/v1/enrollments/query-jobs", JOBS)
    answers = [client.post(path) for path in paths]
    assert [201, 201, 429] == [answer.status_code for answer in answers]
    assert "86400" == answers[-1].headers["Retry-After"]
    clock.at += 86_400
    assert 201 == client.post(JOBS).status_code


def test_a_job_that_is_refused_is_not_counted(asking: Callable[..., TestClient]) -> None:
    client = asking(jobs_a_day=1)
    assert [400, 201] == [client.post(JOBS, json=body).status_code for body in ({"filter": 1}, None)]


def test_looks_and_pages_are_counted_by_the_second(asking: Callable[..., TestClient], clock: Clock) -> None:
    client = asking(looks_a_second=2, pages_a_second=1)
    job = client.post(JOBS).json()["job_id"]
    assert [200, 200, 429] == [client.get(f"{JOBS}/{job}").status_code for _ in range(3)]
    assert [200, 429] == [client.get(f"{JOBS}/{job}/results").status_code for _ in range(2)]
    clock.at += 1
    assert 200 == client.get(f"{JOBS}/{job}").status_code
    assert 200 == client.get(f"{JOBS}/{job}/results").status_code


def test_arrivals_can_be_read_afterwards(sandboxes: Sandboxes, clock: Clock) -> None:
    limits = Limits(requests=1, ticks=clock)
    client = TestClient(make_app(sandboxes(workspace()), SecretStr(KEY), limits=limits), headers={"X-Api-Key": KEY})
    for path in (SEQUENCES, SEQUENCES, TASKS, "/nothing/at/all"):
        client.get(path)
        clock.at += 1
    assert {"data": [], "sequences": [1000, 1001], "tasks": [1002]} == {
        service: list(times) for service, times in limits.arrivals.items()
    }


@given(st.lists(st.floats(0, 3), max_size=60), st.integers(1, 5))
def test_no_window_ever_holds_more_than_is_allowed(pauses: list[float], allowed: int) -> None:
    clock = Clock()
    limits, taken = Limits(requests=allowed, window=4.0, ticks=clock), []
    for pause in pauses:
        clock.at += pause
        try:
            limits.request("data")
        except Problem as problem:
            assert 1 <= int(problem.headers["Retry-After"]) <= 4
        else:
            taken.append(clock.at)
    assert [] == [at for at in taken if sum(at <= other < at + 4.0 - 1e-6 for other in taken) > allowed]


@given(st.lists(st.floats(0, 3), min_size=1, max_size=30), st.integers(1, 5))
def test_who_waits_as_long_as_told_gets_in(pauses: list[float], allowed: int) -> None:
    clock = Clock()
    limits = Limits(requests=allowed, window=4.0, ticks=clock)
    for pause in pauses:
        clock.at += pause
        try:
            limits.request("data")
        except Problem as problem:
            clock.at += int(problem.headers["Retry-After"])
            limits.request("data")
