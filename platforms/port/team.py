"""The part of the contract that is about the team and what it works with: users, mailboxes, sequences."""

from typing import Protocol

import pandas as pd

USER_COLUMNS = [
    "user",  # email
    "name",
    "role",  # admin or rep; None where the platform does not tell
]
MAILBOX_COLUMNS = [
    "mailbox",  # email
    "owner",  # email, or None
    "paused",
    "daily_limit",  # emails in 24 hours; NA where the platform hides `daily_limits`
]
SEQUENCE_COLUMNS = [
    "sequence",
    "ruleset",
    "paused",
    "steps",  # how many the present version has
    "version",  # its number
    "send_days",  # a tuple: `MON`, …
]
STEP_COLUMNS = [
    "number",  # from 1
    "type",
    "wait_days",  # after the step before
]


class Team(Protocol):
    """Users, mailboxes and sequences."""

    def users(self) -> pd.DataFrame:
        """Columns `USER_COLUMNS`."""

    def mailboxes(self) -> pd.DataFrame:
        """Columns `MAILBOX_COLUMNS`. Where mailboxes show by their enrollments alone, those without any are left
        out."""

    def sequences(self) -> pd.DataFrame:
        """Columns `SEQUENCE_COLUMNS`."""

    def steps(self, sequence: str) -> pd.DataFrame:
        """The steps of a sequence's present version: columns `STEP_COLUMNS`."""
