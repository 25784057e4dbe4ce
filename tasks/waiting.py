"""Waits: durable in a deployed run, with a progress bar in a shell, at once where the clock is moved by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from journal import loans, operations, waits
from models.ended_waits import Done, Refused, TimedOut, WaitEnd
from tasks.narration import sleep, tell
from tasks.operation import Operation
from tasks.pausing import hand_back_process, is_deployed

PROBE_EVERY = timedelta(minutes=5)  # of the workspace's time, after the first probe
LIFE_SIGN = timedelta(minutes=30)  # how long after its waking time a waiting run may be silent


def await_effect(
    operation: Operation, waits_for: str, since: datetime | None, times: tuple[timedelta, timedelta],
    probe: Callable[[], WaitEnd | None] | None, every: timedelta = PROBE_EVERY,
) -> WaitEnd:  # fmt: skip
    """Wait until a probe proves that `waits_for` is so: first after the least time, then at every interval.

    `since` is when it was set going; None where nothing was, and nothing is waited for.

    `probe` gives how the wait ends, or None: not yet. Without one, reaching the longest time is done, by the clock.
    Its times are in the journal: a run that starts again goes on with the same ones.
    """
    if since is None:
        return Done("clock")
    waits_for += f", attempt {operation.row.attempt}" if operation.row.attempt > 1 else ""
    journal, (least, most) = operation.journal, times
    row = waits.begin(journal, operation.id, waits_for, since, since + (least if probe else most), since + most)
    if row.ended:
        return _ended(row.ended, row.proved_by)
    while True:
        wait_until(operation, row.wakes_at, waits_for)
        end = probe() if probe else Done("clock")
        if end is None and operation.now() >= row.latest:
            end = TimedOut()
        if end is not None:
            return _end(operation, waits_for, end)
        row.wakes_at = min(max(operation.now(), row.wakes_at) + every, row.latest)
        waits.sleep_until(journal, operation.id, waits_for, row.wakes_at)


def _ended(ended: str, proved_by: str | None) -> WaitEnd:
    if ended == "done":
        return Done(proved_by or "clock")
    return Refused("the platform refused") if ended == "refused" else TimedOut()


def _end(operation: Operation, waits_for: str, end: WaitEnd) -> WaitEnd:
    name = {Done: "done", Refused: "refused", TimedOut: "timed_out"}[type(end)]
    waits.end(
        operation.journal, operation.id, waits_for, name, end.proved_by if isinstance(end, Done) else None,
        operation.now(),
    )  # fmt: skip
    operations.update(operation.journal, operation.id, status="running")
    tell(f"the wait for {waits_for} ended: {name}")
    return end


def wait_until(operation: Operation, until: datetime, reason: str) -> None:
    """Wait until an instant of the workspace's time, in the way this run can."""
    platform = operation.platform
    left = until - platform.now()
    if left <= timedelta(0):
        return
    operations.update(operation.journal, operation.id, status="waiting")
    loans.promise_life(operation.journal, operation.id, until + LIFE_SIGN)
    rate = platform.clock_rate()
    if not rate:
        tell(f"moving the clock to {until:%Y-%m-%d %H:%M}Z, waiting for {reason}")
        platform.advance(until)
        return
    seconds = left.total_seconds() / rate
    if is_deployed():
        hand_back_process(datetime.now(UTC) + timedelta(seconds=seconds), f"waiting for {reason} until {until:%H:%M}Z")
    sleep(until, seconds, reason)
