"""The documented limits are never passed, wherever one looks, and whatever the network does with the requests."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Unreachable
from platforms.unify.limits import Limits, Window
from platforms.unify.wire import Request
from tests.platforms.unify.conftest import Wires
from tests.platforms.unify.small_server import Says, Seen, SmallServer, in_turn

ENROLLMENTS = "/sequences/v1/enrollments"


def most_within(times: Sequence[float], seconds: float) -> int:
    """The most arrivals in any window of so many seconds."""
    times = sorted(times)
    return max((sum(1 for time in times[at:] if time < first + seconds) for at, first in enumerate(times)), default=0)


@given(
    limit=st.integers(1, 5),
    requests=st.lists(
        st.tuples(st.floats(0, 3), st.floats(0, 2), st.floats(0, 1)), max_size=40
    ),  # pause before it, time until it is answered, which part of that it takes to arrive
)
def test_a_window_is_never_passed_by_when_requests_arrive(
    limit: int, requests: list[tuple[float, float, float]]
) -> None:
    now, arrivals = 0.0, []
    window = Window(limit, 1.0, clock=lambda: now)
    for pause, latency, part in requests:
        now += pause
        wait = window.wait()
        assert wait is not None  # one at a time: nothing is under way
        now += wait
        while (wait := window.wait()) != 0:  # the last bit of a float
            now += wait or 0
        with window.place():
            arrivals.append(now + latency * part)
            now += latency
    assert most_within(arrivals, 1.0 - 1e-9) <= limit


def test_a_place_is_free_again_only_a_window_after_its_answer() -> None:
    now = 0.0
    window = Window(2, 10.0, clock=lambda: now)
    with window.place():
        with window.place():
            assert window.wait() is None  # both are under way
            now = 4.0
        assert 10.0 == window.wait()
        now = 9.0
    assert 5.0 == window.wait()  # of the one that was answered at 4
    now = 14.0
    assert 0 == window.wait()


def test_many_at_once_never_pass_the_limit_as_the_server_sees_it(server: SmallServer, wires: Wires) -> None:
    server.answering = lambda seen: Says(201, {}, after=0.02 * (len(server.seen) % 3))
    wire = wires(limits=Limits(requests=20, seconds=0.3), at_once=8)
    wire.send_each([Request("POST", ENROLLMENTS, {"n": n}) for n in range(70)])
    assert 70 == len(server.seen)
    assert 20 == most_within([seen.at for seen in server.seen], 0.3)


def test_each_service_has_a_limit_of_its_own(server: SmallServer, wires: Wires) -> None:
    wire, began = wires(limits=Limits(requests=1, seconds=5)), time.monotonic()
    for path in (ENROLLMENTS, "/tasks/v1/tasks/1", "/data/v1/objects"):
        wire.get(path)
    assert time.monotonic() - began < 2


def test_a_429_holds_everybody_of_its_service_back(server: SmallServer, wires: Wires) -> None:
    server.answering = lambda seen: refuse_first(seen, server)
    outcomes = wires(at_once=6).send_each([Request("POST", f"{ENROLLMENTS}/{n}/pause") for n in range(30)])
    assert [200] * 30 == [getattr(outcome, "status", None) for outcome in outcomes]
    first = server.seen[0].at
    assert [] == [seen.at - first for seen in server.seen if first + 0.2 < seen.at < first + 1]


def test_and_nobody_of_another_service() -> None:
    limits = Limits()
    limits.service("/tasks/v1/tasks").keep_quiet(60)
    assert (limits.service("/tasks/v1/tasks/1").wait() or 0) > 50
    assert 0 == limits.service(ENROLLMENTS).wait()


def refuse_first(seen: Seen, server: SmallServer) -> Says:
    return Says(429, headers={"Retry-After": "1"}) if seen is server.seen[0] else Says(200, {}, after=0.05)


def test_retry_after_may_be_a_time_by_the_servers_clock(server: SmallServer, wires: Wires) -> None:
    server.dates = "Mon, 02 Nov 2026 09:00:00 GMT"
    server.answering = in_turn(Says(429, headers={"Retry-After": "Mon, 02 Nov 2026 09:00:01 GMT"}), Says(200, {}))
    wires().get(ENROLLMENTS)
    first, second = (seen.at for seen in server.seen)
    assert 1 <= second - first < 2


def test_a_wait_of_hours_is_told_and_not_waited_for(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(429, headers={"Retry-After": "7200"}))
    with pytest.raises(Unreachable, match="it says to wait 7200 s"):
        wires().send(Request("POST", ENROLLMENTS, {}))
    assert 1 == len(server.seen)


@pytest.mark.parametrize(
    ("method", "path", "counted"),
    [
        ("POST", "/query-jobs", (1, 0, 0)),
        ("GET", "/query-jobs", (0, 0, 0)),
        ("GET", "/query-jobs/j1", (0, 1, 0)),
        ("GET", "/query-jobs/j1/results", (0, 0, 1)),
        ("POST", "/query-jobs/j1/cancel", (0, 0, 0)),
        ("POST", "", (0, 0, 0)),
    ],
)
def test_query_jobs_count_in_their_own_limits(method: str, path: str, counted: tuple[int, int, int]) -> None:
    limits = Limits(jobs_made=1, looks_a_second=1, pages_a_second=1)
    with limits.place(method, ENROLLMENTS + path):
        pass
    windows = (limits._jobs, limits._looks, limits._pages)
    assert counted == tuple(int(window.wait() != 0) for window in windows)
