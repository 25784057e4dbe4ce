"""Frames of what runs and of its tally, for tests of a handover: said in few words."""

from datetime import timedelta
from typing import Any

import pandas as pd

from models.names import NONE
from models.rules.handover.falling_out import ALIKE
from tests.workspaces import ANAS_MAILBOX, NOW, OUTBOUND, PLAY

STEPS = pd.DataFrame(
    {
        "number": [1, 2, 3, 4],
        "type": ["AUTOMATIC_EMAIL", "PHONE_CALL", "AUTOMATIC_EMAIL", "AUTOMATIC_EMAIL"],
        "wait_days": [0, 2, 3, 4],
    }
)
EMAILS_ONLY = STEPS.assign(type="AUTOMATIC_EMAIL")


def runs(email: str, *, done: int = 1, **own: Any) -> dict[str, Any]:
    """A row of `Platform.running`: from Ana's mailbox, by a play."""
    return {
        "email": email,
        "sequence": OUTBOUND,
        "mailbox": ANAS_MAILBOX,
        "play": PLAY,
        "state": "active" if done else "queued",
        "steps_done": done,
        "version": 1,
        "started_at": pd.Timestamp(NOW - timedelta(days=2)),
        "next_step_at": pd.Timestamp(NOW),
        **own,
    }


def running(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def alike(contacts: int, *, done: int = 1, **own: Any) -> dict[str, Any]:
    """A row of a tally: so many who can go back once settings are borrowed."""
    return {
        "mailbox": ANAS_MAILBOX,
        "sequence": OUTBOUND,
        "ruleset": "Default",
        "play": PLAY,
        "state": "active" if done else "queued",
        "steps_done": done,
        "back": True,
        "reasons": NONE,
        "needs_same": True,
        "needs_block": True,
        "record_owner": "",
        "today": "",
        "after": "",
        "contacts": contacts,
        "first_due": pd.Timestamp(NOW),
        **own,
    }


def tallied(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=[*ALIKE, "contacts", "first_due"])
