"""`handoff notify --test`: one message of each kind, by the very automations, and what Prefect says became of it.

For a kind that goes by a run's state, a run is made that has that state and carries nothing out; it is deleted
afterwards. For the others the event is made. Each says that it is a test.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import uuid4

from cli.keeping.prefect_api import emit, post, send
from cli.notifying.automations import Automation, automations
from models.notices import LOAN_OVERDUE, NIGHT_ENDED, NOTICES, RUN, TAG, TROUBLE, Notice

WITHIN = 30.0  # seconds; a server writes its events down every five, and tries a webhook that refuses again
A_TEST = "TEST, nothing has happened"
STATES = {"NeedsAttention": "COMPLETED", "Suspended": "PAUSED", "Failed": "FAILED"}
EVENTS: dict[str, dict[str, str]] = {
    NIGHT_ENDED: {"workspace": A_TEST, "title": "this is what a night's summary looks like"},
    LOAN_OVERDUE: {"workspace": A_TEST},
    TROUBLE: {"what": A_TEST},
}
MESSAGE = "this message was sent by `handoff notify --test`; nobody has to do anything"
DONE, NOT_DONE = "prefect.automation.action.executed", "prefect.automation.action.failed"
Ended = Literal["sent", "failed", "unknown", "off", "missing"]


@dataclass(frozen=True)
class Tried:
    """What became of a kind's message by one block (its id; empty where there is no automation, or it is off)."""

    notice: Notice
    block: str
    ended: Ended
    why: str = ""


def try_each(api_url: str, home: Path, within: float = WITHIN) -> list[Tried]:
    """Send a message of each kind by each block; wait until Prefect has said of each what became of it."""
    there = {one.name: one for one in automations(api_url)}
    found, tried = dict[tuple[str, int], dict[str, Any]](), [notice for notice in NOTICES if notice.name in there]
    expected = {(one.id, at) for one in there.values() if one.enabled for at in range(len(one.blocks))}
    began = datetime.now(UTC)
    with _runs(api_url, [notice for notice in tried if notice.of_runs]) as runs:
        made = {
            emit(api_url, notice.events[0], home, _payload(notice, began)) for notice in tried if not notice.of_runs
        }
        end = time.monotonic() + within
        while expected - found.keys() and time.monotonic() < end:
            time.sleep(0.5)
            found = _ended(api_url, [one.id for one in there.values()], made | _events_of(api_url, runs), began)
    return [one for notice in NOTICES for one in became(notice, there.get(notice.name), found)]


@contextmanager
def _runs(api_url: str, notices: list[Notice]) -> Iterator[list[str]]:
    """The ids of a run for each kind, in the first state that it goes by; they are gone at the end."""
    flow, runs = post(api_url, "flows/", {"name": f"handoff-notify-{uuid4().hex[:8]}"})["id"], list[str]()
    try:
        for notice in notices:
            name = notice.events[0].removeprefix(RUN)
            state = {"type": STATES[name], "name": name, "message": MESSAGE}
            run = {"flow_id": flow, "name": A_TEST, "tags": [TAG], "state": state}
            runs.append(post(api_url, "flow_runs/", run)["id"])
        yield runs
    finally:
        for made in runs:
            send("DELETE", f"{api_url}/flow_runs/{made}")
        send("DELETE", f"{api_url}/flows/{flow}")


def _payload(notice: Notice, now: datetime) -> dict[str, str]:
    return {"message": MESSAGE, "since": now.isoformat(timespec="seconds")} | EVENTS[notice.events[0]]


def _events_of(api_url: str, runs: list[str]) -> set[str]:
    """The ids of the events that the server made of the runs' states."""
    if not runs:
        return set()
    query = {"event": {"prefix": [RUN]}, "resource": {"id": [f"{RUN}{run}" for run in runs]}}
    return {one["id"] for one in post(api_url, "events/filter", {"filter": query, "limit": 50})["events"]}


def _ended(api_url: str, ids: list[str], causes: set[str], since: datetime) -> dict[tuple[str, int], dict[str, Any]]:
    """The events that say how an action ended that one of `causes` had begun, by automation and number of action."""
    query = {
        "event": {"name": [DONE, NOT_DONE]},
        "resource": {"id": [f"prefect.automation.{one}" for one in ids]},
        "occurred": {"since": (since - timedelta(hours=1)).isoformat()},  # by the server's clock
    }
    found = dict[tuple[str, int], dict[str, Any]]()
    for one in post(api_url, "events/filter", {"filter": query, "limit": 50})["events"]:
        because = {
            related["prefect.resource.id"].removeprefix("prefect.event.")
            for related in one["related"]
            if related["prefect.resource.role"] == "triggering-event"
        }
        if because & causes:
            automation = one["resource"]["prefect.resource.id"].removeprefix("prefect.automation.")
            found[automation, one["payload"]["action_index"]] = one
    return found


def became(
    notice: Notice, automation: Automation | None, found: dict[tuple[str, int], dict[str, Any]]
) -> Iterator[Tried]:
    """What became of a kind's message by each block, given the events of `_ended`."""
    if automation is None or not automation.enabled:
        yield Tried(notice, "", "off" if automation else "missing")
        return
    for at, block in enumerate(automation.blocks):
        event = found.get((automation.id, at))
        if event is None:
            yield Tried(notice, block, "unknown", "Prefect says nothing of it; the log of its server may")
        elif event["event"] == DONE:
            yield Tried(notice, block, "sent")
        else:
            yield Tried(notice, block, "failed", _why(event["payload"]))


def _why(payload: dict[str, Any]) -> str:
    """The last line of what the block logged says most; else the reason that Prefect gives."""
    lines = [line for line in str(payload.get("notification_log") or "").splitlines() if line.strip()]
    return lines[-1] if lines else str(payload.get("reason", ""))
