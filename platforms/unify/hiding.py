"""What Unify's API does not tell: each of these raises Hidden, so that nobody takes silence for "none"."""

from datetime import datetime
from typing import NoReturn

import pandas as pd

from models.errors import Hidden
from models.records import PendingSetting

HIDDEN = frozenset(
    {
        "exclusions",
        "plays",
        "audiences",
        "pending_settings",
        "sequence_task_assignment",
        "daily_limits",
        "idle_mailboxes",
    }
)


class HiddenOnUnify:
    """The part of the port that Unify cannot answer: `platforms.port.Platform`."""

    @property
    def hidden(self) -> frozenset[str]:
        return HIDDEN

    def pending(self) -> tuple[PendingSetting, ...]:
        return ()  # "empty where the platform does not tell"

    def plays(self) -> pd.DataFrame:
        _refuse("plays")

    def play_log(self, play: str) -> pd.DataFrame:
        _refuse("plays")

    def play_metrics(self, play: str) -> dict[str, int] | None:
        _refuse("plays")

    def audience(self, name: str) -> list[str]:
        _refuse("audiences")

    def history_of_audience(self, audience: str, since: datetime) -> pd.DataFrame:
        _refuse("audiences")

    def audience_size(self, name: str) -> int | None:
        _refuse("audiences")

    def entrants(self, play: str) -> pd.DataFrame:
        _refuse("audiences")

    def exclusions(self) -> pd.DataFrame:
        _refuse("exclusions")

    def exclusion_toggles(self) -> pd.DataFrame:
        _refuse("exclusions")

    def matches(self, exclusion: str, emails: list[str] | None = None) -> pd.DataFrame:
        _refuse("exclusions")

    def behaves(self, question: str) -> str | None:
        return None


def _refuse(topic: str) -> NoReturn:
    raise Hidden(topic)
