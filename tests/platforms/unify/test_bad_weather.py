"""A fifth of all requests goes wrong, each time in another way: the end is the same, and nothing is done twice."""

import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from platforms.unify.http_wire import HttpWire
from platforms.unify.limits import Limits
from platforms.unify.wire import Answer, Request, Unsure
from tests.platforms.unify.conftest import KEY, QUICK, Wires
from tests.platforms.unify.small_server import Answering, Says, Seen, SmallServer, by_path, in_turn, lines

NOTHING_LANDED = [Says(429, headers={"Retry-After": "0"}), Says(500), Says(503, text="<html>"), Says(hangs_up=True)]
LANDED = [{"status": 500}, {"cut": 5}, {"hangs_up": True}, {"text": "<html>"}]


def stormy(seed: int, carry_out: Answering, fault_rate: float = 0.2) -> Answering:
    """`carry_out` in bad weather: some requests fail before it was called, some after."""
    random_, lock = random.Random(seed), threading.Lock()

    def answer(seen: Seen) -> Says:
        with lock:
            fails, before = random_.random() < fault_rate, random_.random() < 0.5
            first, after = random_.choice(NOTHING_LANDED), random_.choice(LANDED)
            if fails and before:
                return first
            said = carry_out(seen)
            return Says(**(vars(said) | after)) if fails else said

    return answer


@pytest.mark.parametrize("seed", range(1, 9))
def test_no_write_lands_twice_and_every_outcome_is_true(seed: int, server: SmallServer, wires: Wires) -> None:
    landed: Counter[int] = Counter()

    def carry_out(seen: Seen) -> Says:
        landed[seen.body["n"]] += 1
        return Says(201, {"n": seen.body["n"]})

    server.answering = stormy(seed, carry_out)
    outcomes = wires().send_each([Request("POST", "/sequences/v1/enrollments", {"n": n}) for n in range(60)])
    assert {1} >= set(landed.values())
    for number, outcome in enumerate(outcomes):
        match outcome:
            case Answer(status=201, body=body):
                assert (1, number) == (landed[number], body["n"])
            case Unsure(sent=False):
                assert 0 == landed[number]
            case _:
                assert isinstance(outcome, Unsure)


@pytest.mark.parametrize("seed", range(1, 6))
def test_lists_and_query_jobs_come_whole_and_in_order(seed: int, server: SmallServer, wires: Wires) -> None:
    def page(seen: Seen) -> Says:
        first = int(seen.query.get("cursor", 0))
        rows = [{"n": n} for n in range(first, min(first + 10, 95))]
        return Says(200, {"enrollments": rows, "next_cursor": str(first + 10) if first + 10 < 95 else None})

    calm = by_path(
        get_enrollments=page,
        post_query_jobs=in_turn(Says(201, {"job_id": "j1"})),
        get_job=in_turn(Says(200, {"status": "FINISHED"})),
        get_results=in_turn(lines([{"n": n} for n in range(95)], 95)),
    )
    server.answering = stormy(seed, calm)
    wire = wires(attempts=12, times_made=12, limits=Limits(pages_a_second=1000, looks_a_second=1000))
    assert list(range(95)) == [row["n"] for row in wire.pages("/sequences/v1/enrollments")]
    assert list(range(95)) == [row["n"] for row in wire.query("/sequences/v1/enrollments/query-jobs", {})]


def test_two_processes_with_one_key_pass_the_limit_together_and_obey_when_they_are_told(server: SmallServer) -> None:
    server.answering = limited(20, 1.0)
    wires = [HttpWire(server.url, SecretStr(KEY), at_once=4, limits=Limits(20, 1.0), patience=QUICK) for _ in range(2)]
    found: list[list[Answer | Unsure]] = []

    def send(wire: HttpWire, service: str) -> None:
        found.append(wire.send_each([Request("POST", "/tasks/v1/tasks", {"of": service, "n": n}) for n in range(25)]))

    threads = [threading.Thread(target=send, args=(wire, str(at))) for at, wire in enumerate(wires)]
    for act in (threading.Thread.start, threading.Thread.join):
        for thread in threads:
            act(thread)
    for wire in wires:
        wire.close()
    assert Counter({200: 50}) == Counter(
        outcome.status for outcomes in found for outcome in outcomes if isinstance(outcome, Answer)
    )
    assert len(server.seen) > 50  # some were refused, and sent again


def limited(limit: int, seconds: float) -> Answering:
    """A platform that counts, and refuses with 429."""
    taken: list[float] = []
    lock = threading.Lock()

    def answer(_: Seen) -> Says:
        with lock:
            now = time.monotonic()
            if sum(1 for at in taken if at > now - seconds) >= limit:
                return Says(429, headers={"Retry-After": "1"})
            taken.append(now)
        return Says(200, {})

    return answer


@pytest.fixture
def at_a_terminal() -> Iterator[None]:
    """SIGINT is heard: a shell starts what runs in its background, as a server of CI may, deaf to it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("at_a_terminal")
def test_ctrl_c_lets_what_is_under_way_end_and_begins_nothing_else(server: SmallServer, wires: Wires) -> None:
    server.answering = in_turn(Says(200, {}, after=0.05))
    wire = wires()
    interrupt(wire, after=8)
    with pytest.raises(KeyboardInterrupt):
        wire.send_each([Request("POST", f"/tasks/v1/tasks/{n}/complete") for n in range(200)])
    assert 8 <= len(server.seen) <= 20


def interrupt(wire: HttpWire, after: int) -> None:
    """As if somebody pressed the keys when so many were sent."""
    send: Callable[[Request], Answer] = wire.send
    sent = iter(range(1_000))

    def counted(request: Request) -> Answer:
        if next(sent) == after:
            signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
        return send(request)

    wire.send = counted  # type: ignore[method-assign]
