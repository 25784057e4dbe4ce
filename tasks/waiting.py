"""Waits: durable in a deployed run, with a progress bar in a shell, at once where the clock is moved by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed

from journal import operations, waits
from models.ended_waits import Done, Refused, TimedOut, WaitEnd
from models.wording import in_utc
from tasks import carrying, heartbeat
from tasks.narration import sleep, tell
from tasks.operation import Operation
from tasks.step import task
from tasks.suspending import hand_back_process, is_deployed

PROBE_EVERY = timedelta(minutes=5)  # of the workspace's time, after the first probe


def await_effect(
    operation: Operation,
    waits_for: str,
    since: datetime | None,
    times: tuple[timedelta, timedelta],
    probe: Callable[[], WaitEnd | None] | None,
    every: timedelta = PROBE_EVERY,
) -> WaitEnd:
    """Wait until a probe proves that `waits_for` is so: first after the least time, then at every interval.

    `since` is when it was set going; None where nothing was, and nothing is waited for.

    `probe` gives how the wait ends, or None: not yet. Without one, reaching the longest time is done, by the clock.
    Its times are in the journal: a run that starts again goes on with the same ones.
    """
    if since is None:
        return Done("clock")
    waits_for = _in_attempt(operation, waits_for)
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


def was_in_vain(operation: Operation, waits_for: str) -> bool:
    """Whether the wait has ended in this attempt, without what was waited for: a run that is started again goes on
    with giving back, and borrows nothing anew."""
    found = waits.of_operation(operation.journal, operation.id)
    name = _in_attempt(operation, waits_for)
    return any(row.ended not in (None, "done") for row in found if row.waits_for == name)


def _in_attempt(operation: Operation, waits_for: str) -> str:
    """What a wait is called in the operation's present attempt."""
    return waits_for + (f", attempt {operation.row.attempt}" if operation.row.attempt > 1 else "")


def _ended(ended: str, proved_by: str | None) -> WaitEnd:
    if ended == "done":
        return Done(proved_by or "clock")
    return Refused("the platform refused") if ended == "refused" else TimedOut()


def _end(operation: Operation, waits_for: str, end: WaitEnd) -> WaitEnd:
    note_end(operation.id, waits_for, end, return_state=True)  # type: ignore[call-arg]  # an option of Prefect
    return end


@task(task_run_name="wait for {waits_for}", cache_policy=NO_CACHE)
def note_end(operation_id: str, waits_for: str, end: WaitEnd) -> State[None]:
    """Write down how a wait ended. In Prefect the end is a state of its own: `Done`, `Refused` or `TimedOut`."""
    operation = Operation.at_hand(operation_id)
    name = {Done: "done", Refused: "refused", TimedOut: "timed_out"}[type(end)]
    proved_by = end.proved_by if isinstance(end, Done) else None
    waits.end(operation.journal, operation.id, waits_for, name, proved_by, operation.now())
    for one in operation.chain:
        operations.update(operation.journal, one, status="running")
    tell(f"the wait for {waits_for} ended: {name}")
    return Completed(name=type(end).__name__, message=f"proved by {proved_by}" if proved_by else None)


def wait_until(operation: Operation, until: datetime, reason: str) -> None:
    """Wait until an instant of the workspace's time, in the way this run can."""
    platform = operation.platform
    left = until - platform.now()
    if left <= timedelta(0):
        return
    for one in operation.chain:
        operations.update(operation.journal, one, status="waiting")
    rate = platform.clock_rate()
    if not rate:
        tell(f"moving the clock to {in_utc(until)}, waiting for {reason}")
        platform.advance(until)
        return
    seconds = left.total_seconds() / rate
    due = datetime.now(UTC) + timedelta(seconds=seconds)
    for one in operation.chain:
        heartbeat.promise(operation.journal, one, due)
    if is_deployed():
        words = waiting_words(reason, until, due, rate)
        tell(words)
        for one in operation.chain:
            carrying.put_down(operation.journal, one)
        hand_back_process(due, words)
    sleep(until, seconds, reason)


def waiting_words(reason: str, until: datetime, due: datetime, rate: float) -> str:
    """What the state of a waiting run says: what for, and when it wakes; by both clocks where they differ."""
    words = f"waiting for {reason} until {in_utc(until)}"
    return words if rate == 1 else f"{words} of the workspace's time; wakes at {due:%H:%M:%S} UTC"
