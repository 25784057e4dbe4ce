"""What can be taken back of what an operation did, by what has happened since: a row a contact, nothing is read."""

from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from models.rules.undoing import PLACED, left_of, tasks_left
from tests.workspaces import ANA, ANAS_MAILBOX, BO, BOS_MAILBOX, NOW, NURTURE, OUTBOUND, PIA

BEFORE, AFTER, LATER = NOW - timedelta(days=2), NOW + timedelta(minutes=1), NOW + timedelta(hours=3)
HISTORY = [
    "email",
    "since",
    "sequence",
    "mailbox",
    "play",
    "version",
    "started_at",
    "ended_at",
    "steps_done",
    "end",
    "paused",
    "paused_until",
]


def enrolled(**own: Any) -> dict[str, Any]:
    usual = {
        "email": PIA,
        "since": NOW,
        "sequence": OUTBOUND,
        "mailbox": BOS_MAILBOX,
        "play": None,
        "version": 1,
        "started_at": AFTER,
        "ended_at": None,
        "steps_done": 0,
        "end": None,
        "paused": False,
        "paused_until": None,
    }
    return usual | own


def left(*rows: dict[str, Any], held: bool = False, **own: Any) -> dict[str, Any]:
    """What is left of enrolling Pia into Outbound from Bo's mailbox, at step 1, unless told otherwise."""
    placed = {
        "email": PIA,
        "sequence": OUTBOUND,
        "mailbox": BOS_MAILBOX,
        "began": 1,
        "paused": False,
        "home": None,
        "home_mailbox": None,
        "until": AFTER,
    }
    frame = pd.DataFrame([placed | own], columns=PLACED).astype({"home": object, "home_mailbox": object})
    history = pd.DataFrame(rows, columns=HISTORY)
    for at in ("since", "started_at", "ended_at"):
        history[at] = pd.to_datetime(history[at], utc=True)
    found = left_of(frame, history, pd.Timestamp(NOW), pd.Series([held]))
    return dict(found.iloc[0])


def state(*rows: dict[str, Any], held: bool = False, **own: Any) -> tuple[str, str]:
    found = left(*rows, held=held, **own)
    return found["state"], found["detail"]


def test_who_runs_as_the_operation_left_them_can_be_taken_back() -> None:
    assert ("undo", "") == state(enrolled())
    assert ("undo", "") == state(enrolled(paused=True), paused=True)
    assert ("undo", "") == state(enrolled(steps_done=2), began=3)


@pytest.mark.parametrize(
    ("now", "own", "expected"),
    [
        ({"steps_done": 1}, {}, "email_sent"),
        ({"steps_done": 3}, {"began": 3}, "email_sent"),
        ({"paused": True}, {}, "superseded"),
        ({"paused": False}, {"paused": True}, "superseded"),
        ({"ended_at": LATER, "end": "replied"}, {}, "ended"),
        ({"ended_at": LATER, "end": "canceled"}, {}, "ended"),
        ({"mailbox": ANAS_MAILBOX}, {}, "ended"),
        ({"sequence": NURTURE}, {}, "ended"),
    ],
    ids=["step begun", "next step begun", "paused", "resumed", "replied", "unenrolled", "other mailbox", "elsewhere"],
)
def test_what_has_happened_since_keeps_them(now: dict[str, Any], own: dict[str, Any], expected: str) -> None:
    assert expected == state(enrolled(**now), **own)[0]


def test_how_it_ended_is_in_words() -> None:
    assert "ended 2026-11-02 12:00 UTC (replied)" == state(enrolled(ended_at=LATER, end="replied"))[1]


def test_who_was_enrolled_anew_after_the_operation_ended_is_somebody_elses() -> None:
    first = enrolled(ended_at=AFTER + timedelta(minutes=5), end="canceled")
    assert "ended" == state(first, enrolled(started_at=LATER))[0]
    assert "undo" == state(first, enrolled(started_at=LATER), until=LATER)[0]  # brought back by an undo by then


def test_who_is_held_is_paused_by_the_undo_itself() -> None:
    assert "undo" == state(enrolled(paused=True), held=True)[0]
    assert ("superseded", "was resumed since") == state(enrolled(paused=False), held=True)


def test_who_was_moved_goes_back_to_where_they_ran_as_they_were() -> None:
    was = enrolled(started_at=BEFORE, ended_at=AFTER, end="canceled", mailbox=ANAS_MAILBOX, paused=True)
    found = left(was, enrolled(sequence=NURTURE), sequence=NURTURE, home=OUTBOUND)
    assert ("undo", OUTBOUND, ANAS_MAILBOX, True) == (
        found["state"],
        found["home"],
        found["home_mailbox"],
        found["paused"],
    )
    replied = was | {"end": "replied"}
    assert left(replied, enrolled(sequence=NURTURE), sequence=NURTURE, home=OUTBOUND)["home"] is None


def test_who_was_moved_in_place_goes_back_to_the_mailbox_that_the_operation_tells() -> None:
    own = {"home": OUTBOUND, "home_mailbox": ANAS_MAILBOX}
    found = left(enrolled(started_at=BEFORE, paused=True), **own)
    assert ("undo", ANAS_MAILBOX, True) == (found["state"], found["home_mailbox"], found["paused"])
    held = left(enrolled(started_at=BEFORE, paused=True), held=True, **own)
    assert ("undo", False) == (held["state"], held["paused"])


def test_who_was_taken_out_goes_back_unless_they_run_again_or_ended_otherwise() -> None:
    out = {"sequence": None, "home": OUTBOUND}
    was = enrolled(started_at=BEFORE, ended_at=AFTER, end="canceled")
    assert "undo" == state(was, **out)[0]
    assert "superseded" == state(was, enrolled(sequence=NURTURE, started_at=LATER), **out)[0]
    assert "ended" == state(was | {"end": "replied"}, **out)[0]


@pytest.mark.parametrize(
    ("assignee", "status", "expected"),
    [
        (BO, "READY", "undo"),
        (ANA, "READY", "superseded"),
        (None, "READY", "superseded"),
        (BO, "COMPLETED", "task_closed"),
    ],
)
def test_a_task_goes_back_while_it_is_open_and_with_whom_it_was_given_to(
    assignee: str | None, status: str, expected: str
) -> None:
    tasks = pd.DataFrame({"task": [7], "assignee": [assignee], "status": [status]}, dtype=object)
    handed = pd.DataFrame({"item": ["7"], "assignee": [ANA]})
    assert expected == tasks_left(handed, tasks, BO)["state"].iloc[0]
