"""What several processes take of one rate in blocks is never more than allowed, and nearly all of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import Refused
from platforms.unify.allowance import Allowance, Bucket
from platforms.unify.limits import FIVE_MINUTES, REQUESTS, Limits
from tests.platforms.unify.test_limits import most_within

SEQUENCES = "sequences"


class Clock:
    """A clock that is moved, and a bucket that leaks by it, as Prefect's server keeps one."""

    def __init__(self, bucket: Bucket) -> None:
        self.now = 0.0
        self._bucket, self._held, self._since = bucket, 0.0, 0.0
        self.granted: list[int] = []

    def grant(self, service: str, requests: int) -> None:
        while self.held() + requests > self._bucket.size:
            self.now += 0.01
        self._held, self._since = self.held() + requests, self.now
        self.granted.append(requests)

    def held(self) -> float:
        return max(0.0, self._held - (self.now - self._since) * self._bucket.a_second)


def test_of_the_vendors_rate_nearly_all_is_granted() -> None:
    bucket = Bucket(REQUESTS, FIVE_MINUTES)
    assert 0.99 < bucket.a_second * FIVE_MINUTES / REQUESTS < 1
    assert bucket.size + bucket.a_second * (FIVE_MINUTES + bucket.good_for + bucket.late) == pytest.approx(REQUESTS)


@given(
    pauses=st.lists(st.tuples(st.integers(0, 2), st.floats(0, 0.3)), min_size=50, max_size=400),
    late=st.floats(0, 0.5),
)
def test_three_processes_that_take_blocks_never_pass_the_limit(pauses: list[tuple[int, float]], late: float) -> None:
    bucket = Bucket(40, 5.0, block=5)
    clock = Clock(bucket)
    processes = [Allowance(clock.grant, block=5, clock=lambda: clock.now) for _ in range(3)]
    arrived = []
    for at, (process, pause) in enumerate(pauses):
        clock.now += pause if at % 9 == 0 else pause / 40
        processes[process].take(SEQUENCES)
        arrived.append(clock.now + late * (at % 2))
    assert most_within(arrived, bucket.seconds - 1e-9) <= bucket.limit


def test_a_block_grows_as_it_is_used_up_and_shrinks_where_it_is_not() -> None:
    clock = Clock(Bucket(REQUESTS, FIVE_MINUTES))
    allowance = Allowance(clock.grant, block=16, clock=lambda: clock.now)
    for _ in range(40):
        allowance.take(SEQUENCES)
    assert [1, 2, 4, 8, 16, 16] == clock.granted
    clock.now += 9
    allowance.take(SEQUENCES)
    assert 9 == clock.granted[-1], "so many of the last were used"
    clock.now += 9
    allowance.take(SEQUENCES)
    assert 1 == clock.granted[-1]


def test_who_was_stopped_for_a_while_asks_before_going_on() -> None:
    stopped = False
    clock = Clock(Bucket(REQUESTS, FIVE_MINUTES))

    def grant(service: str, requests: int) -> None:
        if stopped:
            raise Refused("in_progress", "another carries it")
        clock.grant(service, requests)

    allowance = Allowance(grant, clock=lambda: clock.now)
    for _ in range(10):
        allowance.take(SEQUENCES)
    stopped = True
    allowance.take(SEQUENCES)  # of the block that it had
    clock.now += 600
    for _ in range(2):
        with pytest.raises(Refused):
            allowance.take(SEQUENCES)


def test_each_service_has_an_allowance_of_its_own_and_looks_are_parted_among_the_workers() -> None:
    asked = []
    allowance = Allowance(lambda service, requests: asked.append(service))
    limits = Limits(allowance=allowance, workers=4)
    for path in ("/sequences/v1/sequences", "/data/v1/objects", "/sequences/v1/enrollments"):
        with limits.place("GET", path):
            pass
    assert ["sequences", "data", "sequences"] == asked
    assert (2, 1) == (limits._looks.limit, limits._pages.limit)
