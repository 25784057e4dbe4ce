"""The workspace's own clock: moved by hand, real, or real time multiplied."""

import time
from datetime import datetime, timedelta

import pytest

from models.changes import Enroll
from models.errors import InvalidInput
from tests.conftest import Sandboxes
from tests.workspaces import ANAS_MAILBOX, NOW, OUTBOUND, PIA, running, workspace

AFTERWARDS = 1_900_000_000.0  # some instant of ours, in seconds: years away from the workspace's own time


class Watch:
    """Our own time, moved by hand, so that no test waits."""

    def __init__(self) -> None:
        self.seconds = AFTERWARDS

    def time(self) -> float:
        return self.seconds


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    ours = Watch()
    monkeypatch.setattr("platforms.sandbox.clock.time.time", ours.time)
    return ours


def test_a_simulated_clock_moves_by_hand_only(sandboxes: Sandboxes, watch: Watch) -> None:
    sandbox = sandboxes(workspace())
    assert 0 == sandbox.clock_rate()
    watch.seconds += 86_400
    assert NOW == sandbox.now()
    sandbox.advance(NOW + timedelta(minutes=45))
    assert NOW + timedelta(minutes=45) == sandbox.now() == sandboxes().now()


@pytest.mark.parametrize("to", [NOW, NOW - timedelta(days=1)])
def test_a_clock_never_goes_back(sandboxes: Sandboxes, to: datetime) -> None:
    sandbox = sandboxes(workspace())
    before = sandbox.dump()
    sandbox.advance(to)
    assert before == sandbox.dump()


@pytest.mark.parametrize(("clock", "rate"), [("real", 1), ("x600", 600)])
def test_a_running_clock_counts_on_from_the_workspaces_own_time(
    sandboxes: Sandboxes, watch: Watch, clock: str, rate: int
) -> None:
    sandboxes(workspace())
    sandbox = sandboxes(clock=clock)
    assert NOW == sandbox.now()
    assert rate == sandbox.clock_rate()
    watch.seconds += 90
    assert NOW + timedelta(seconds=90 * rate) == sandbox.now()


def test_a_workspace_dated_last_november_does_not_leap_when_its_clock_is_let_run(
    sandboxes: Sandboxes, watch: Watch
) -> None:
    sandbox = sandboxes(workspace())
    watch.seconds += 200 * 86_400
    assert NOW == sandboxes(clock="real").now()
    assert NOW == sandbox.now()


def test_a_clock_of_another_mode_starts_where_that_one_stopped(sandboxes: Sandboxes, watch: Watch) -> None:
    sandboxes(workspace())
    assert NOW == sandboxes(clock="x600").now()
    watch.seconds += 6
    assert NOW + timedelta(hours=1) == sandboxes(clock="x600").now()
    watch.seconds += 100
    by_hand = sandboxes()
    assert NOW + timedelta(hours=1) == by_hand.now()
    by_hand.advance(NOW + timedelta(hours=2))
    real = sandboxes(clock="real")
    assert NOW + timedelta(hours=2) == real.now()
    watch.seconds += 1
    assert NOW + timedelta(hours=2, seconds=1) == real.now()


@pytest.mark.parametrize("clock", ["real", "x600"])
def test_a_clock_that_is_looked_at_often_is_not_slow(sandboxes: Sandboxes, watch: Watch, clock: str) -> None:
    sandboxes(workspace())
    sandbox = sandboxes(clock=clock)
    sandbox.now()
    for _ in range(300):
        watch.seconds += 0.0125
        sandbox.now()
    passed = (sandbox.now() - NOW).total_seconds()
    assert abs(300 * 0.0125 * sandbox.clock_rate() - passed) <= 1


def test_a_clock_of_ours_that_was_set_back_stops_the_workspaces_and_does_not_turn_it(
    sandboxes: Sandboxes, watch: Watch
) -> None:
    sandboxes(workspace())
    sandbox = sandboxes(clock="real")
    sandbox.now()
    watch.seconds += 60
    assert NOW + timedelta(seconds=60) == sandbox.now()
    watch.seconds -= 3600
    assert NOW + timedelta(seconds=60) == sandbox.now()


def test_what_was_due_has_happened_when_a_running_clock_is_read(sandboxes: Sandboxes, watch: Watch) -> None:
    sandboxes(workspace())
    sandbox = sandboxes(clock="x600")
    sandbox.apply(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    watch.seconds += 9  # an hour and a half
    assert 2 == sandbox.places([PIA], OUTBOUND)["step"].item()


def test_a_running_clock_is_not_moved_by_hand(sandboxes: Sandboxes, watch: Watch) -> None:
    sandboxes(workspace(enrollments=[running(PIA)]))
    with pytest.raises(InvalidInput, match=r"clock: this clock runs by itself \(x600\)"):
        sandboxes(clock="x600").advance(NOW + timedelta(days=1))


@pytest.mark.parametrize("clock", ["", "fast", "x", "x0", "x-600", "x1.5", "REAL"])
def test_a_clock_that_is_none_is_refused(sandboxes: Sandboxes, clock: str) -> None:
    with pytest.raises(InvalidInput, match=f"HANDOFF_SANDBOX_CLOCK: '{clock}' is no clock"):
        sandboxes(clock=clock)


def test_a_sandbox_without_a_workspace_says_how_to_get_one(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes()
    assert sandbox.is_empty()
    with pytest.raises(InvalidInput, match=r"sandbox: it is empty\. Run `handoff sandbox reset`"):
        sandbox.now()
    sandbox.load(workspace())
    assert not sandbox.is_empty()


def test_a_glance_at_the_clock_of_another_process_does_not_stop_it(sandboxes) -> None:
    running = sandboxes(workspace(), clock="x600")
    running.state()
    simulated = sandboxes(clock="simulated")
    first = simulated.glance_at_clock()
    time.sleep(0.05)
    assert first < simulated.glance_at_clock() <= running.now()
