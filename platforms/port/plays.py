"""The part of the contract that is about plays and the audiences that they enroll from."""

from typing import Protocol

import pandas as pd

PLAY_COLUMNS = [
    "play",
    "audience",
    "sequence",
    "published",
    "allow_reruns",
    "last_run_at",  # or NaT
    "cooldown_days",
    "mailboxes",  # a tuple, in the order of the play's turns
]
ENTRANT_COLUMNS = [
    "email",
    "seen",  # the play started with this person before
    "never_enrolled",  # in whatever sequence
    "kept_out_by",  # Names of the audience's own exclusions that act and match
]
PLAY_LOG_COLUMNS = [
    "email",
    "reason",  # None: enrolled
]


class Plays(Protocol):
    """Plays, their audiences and what became of their runs. Making and running them: `Changes.apply`."""

    def plays(self) -> pd.DataFrame:
        """Columns `PLAY_COLUMNS`."""

    def audience(self, name: str) -> list[str]:
        """The people of an audience. Raises InvalidInput where there is none."""

    def audience_size(self, name: str) -> int | None:
        """How many people an audience has; None where there is no such audience."""

    def entrants(self, play: str) -> pd.DataFrame:
        """The members of a play's audience: columns `ENTRANT_COLUMNS`."""

    def play_log(self, play: str) -> pd.DataFrame:
        """The last run's log, as far as the platform logs it (R54): columns `PLAY_LOG_COLUMNS`."""

    def play_metrics(self, play: str) -> dict[str, int] | None:
        """The last run's `entered, enrolled, not_enrolled`; None where it never ran."""
