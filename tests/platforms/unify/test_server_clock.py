"""The platform's time is what its answers say, however wrong ours is."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platforms.unify.server_clock import ServerClock
from tests.platforms.unify.conftest import Wires
from tests.platforms.unify.small_server import SmallServer

EPOCH = datetime(2026, 11, 2, 9, tzinfo=UTC)


@given(
    answers=st.lists(st.tuples(st.floats(0, 5), st.floats(0, 2), st.floats(0, 1)), min_size=1, max_size=20),
    ahead=st.floats(0, 1000),
)
def test_the_time_is_never_further_off_than_half_a_second_and_half_a_latency(
    answers: list[tuple[float, float, float]], ahead: float
) -> None:
    ticks = 100.0
    clock = ServerClock(lambda: ticks)
    smallest = 2.0
    for pause, latency, part in answers:
        sent = ticks = ticks + pause
        at = EPOCH + timedelta(seconds=sent + latency * part + ahead)
        ticks += latency
        clock.hear(format_datetime(at.replace(microsecond=0), usegmt=True), sent, ticks)
        smallest = min(smallest, latency)
    true = EPOCH + timedelta(seconds=ticks + ahead)
    assert abs((clock.now() - true).total_seconds()) <= (1 + smallest) / 2 + 0.001


def test_a_server_clock_that_is_set_is_believed_at_once() -> None:
    clock = ServerClock(lambda: 10.0)
    for at in (EPOCH, EPOCH - timedelta(days=1)):
        clock.hear(format_datetime(at, usegmt=True), 10.0, 10.0)
        assert abs(clock.now() - at) <= timedelta(seconds=1)


@pytest.mark.parametrize("date", [None, "", "yesterday", "Mon, 99 Nov 2026 09:00:00 GMT"])
def test_without_a_date_that_can_be_read_the_time_is_ours(date: str | None) -> None:
    clock = ServerClock()
    clock.hear(date, 1.0, 2.0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize("hours", [-26, 0, 3])
def test_the_wire_tells_the_servers_time(hours: int, server: SmallServer, wires: Wires) -> None:
    server.dates_off_by = hours * 3600
    wire = wires()
    wire.get("/tasks/v1/tasks/t1")
    assert abs(wire.server_now() - (datetime.now(UTC) + timedelta(hours=hours))) < timedelta(seconds=2)


def test_the_time_never_steps_back_while_it_is_learned_better() -> None:
    """Answers in the first second narrow the span down: what was said before may prove to have been too late."""
    ticks = 100.0
    clock = ServerClock(lambda: ticks)
    said = []
    for fraction in (0.0, 0.4, 0.7, 0.95):
        ticks = 100.0 + fraction
        clock.hear(format_datetime(EPOCH, usegmt=True), ticks, ticks)
        said.append(clock.now())
    assert said == sorted(said)
