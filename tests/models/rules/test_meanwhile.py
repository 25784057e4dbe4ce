"""Whom to leave as they are, by what has happened since the plan that was to enroll them."""

from typing import Any

import pandas as pd
import pytest

from models.rules.meanwhile import left_as_they_are
from tests.workspaces import BOS_MAILBOX, NURTURE, OUTBOUND, PIA, QUIN, days_ago

PLANNED, WEBINAR = days_ago(3), "Webinar"
Rows = list[dict[str, Any]]


def row(sequence: str, *, began: float = 2, ended: float | None = 1, **own: Any) -> dict[str, Any]:
    """An enrollment of Pia's that began a day after the plan and was cancelled a day later."""
    return {
        "email": PIA,
        "since": PLANNED,
        "sequence": sequence,
        "mailbox": BOS_MAILBOX,
        "play": None,
        "version": 1,
        "started_at": days_ago(began),
        "ended_at": None if ended is None else days_ago(ended),
        "steps_done": 1,
        "end": None if ended is None else "canceled",
        "paused": False,
        "paused_until": None,
        **own,
    }


def what(history: Rows, takes_from: str | None = None) -> list[str]:
    """What is said of Pia, who is to be enrolled in Outbound; Quin, of whom nothing is known, is never left."""
    told = pd.DataFrame(history, columns=list(row(OUTBOUND)))
    for name in ("since", "started_at", "ended_at", "paused_until"):
        told[name] = pd.to_datetime(told[name], utc=True)
    contacts = pd.DataFrame({"email": [QUIN, PIA], "sequence": OUTBOUND}, index=[7, 9])
    found = left_as_they_are(contacts, told.astype({"paused": "boolean"}), pd.Timestamp(PLANNED), takes_from)
    assert set(found.index) <= {9}
    return found["what"].tolist()


RUNS = row(NURTURE, began=20, ended=None)
CASES: dict[str, tuple[Rows, str | None, list[str]]] = {
    "nothing has happened": ([], None, []),
    "replied in another sequence": ([row(WEBINAR, end="replied")], None, ["answered"]),
    "bounced, and runs elsewhere": ([row(NURTURE, end="bounced"), row(WEBINAR, ended=None)], None, ["answered"]),
    "runs elsewhere": ([row(WEBINAR, ended=None)], None, ["elsewhere"]),
    "runs in the target already": ([row(OUTBOUND, ended=None)], None, []),
    "ran elsewhere, and runs in the target": ([row(WEBINAR), row(OUTBOUND, began=1, ended=None)], None, []),
    "began elsewhere and was taken out": ([row(WEBINAR)], None, ["began"]),
    "began in the target and was taken out": ([row(OUTBOUND)], None, ["began"]),
    "what ran at the plan has ended": ([row(WEBINAR, began=20)], None, []),
    "to be moved, and runs": ([RUNS], NURTURE, []),
    "to be moved, and paused": ([RUNS | {"paused": True}], NURTURE, ["paused"]),
    "to be moved, and perhaps paused": ([RUNS | {"paused": None}], NURTURE, ["paused"]),
    "to be moved, and taken out": ([row(NURTURE, began=20)], NURTURE, ["left"]),
    "to be moved, taken out paused": ([row(NURTURE, began=20, paused=True)], NURTURE, ["left"]),
    "to be moved, and replied": ([row(NURTURE, began=20, end="replied")], NURTURE, ["answered"]),
    "to be moved, moved elsewhere": ([row(NURTURE, began=20), row(WEBINAR, ended=None)], NURTURE, ["elsewhere"]),
    "to be moved, out and in again": ([row(NURTURE, began=20), row(NURTURE, began=1, ended=None)], NURTURE, []),
    "moved already": ([row(NURTURE, began=20), row(OUTBOUND, began=1, ended=None)], NURTURE, []),
}


@pytest.mark.parametrize("case", CASES)
def test_whom_to_leave_and_why(case: str) -> None:
    history, takes_from, expected = CASES[case]
    assert expected == what(history, takes_from)
