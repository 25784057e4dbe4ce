"""What the platform shows of plays and exclusions; nothing where it hides them: then the caller says so."""

from typing import Literal

import pandas as pd

from models.errors import Hidden
from models.rules.hold import ASSUMED_LIMIT
from platforms.port import Platform
from platforms.port.plays import PLAY_COLUMNS
from platforms.port.settings import EXCLUSION_COLUMNS, TOGGLE_COLUMNS

Named = Literal["play", "audience", "sequence", "exclusion"]


def is_there(platform: Platform, kind: Named, name: str) -> bool:
    """Whether the workspace has something of that name. Raises Hidden where it does not show such."""
    match kind:
        case "audience":
            return platform.audience_size(name) is not None
        case "play":
            found = platform.plays()
        case "sequence":
            found = platform.sequences()
        case _:
            found = platform.exclusions()
    return name in set(found[kind])


def own_assignment(platform: Platform, sequence: str) -> dict[str, str | None]:
    """Who gets the tasks of a sequence by its own setting: `mode, user`, None where it follows its ruleset. Raises
    Hidden where the platform does not show it."""
    if "sequence_task_assignment" in platform.hidden:
        raise Hidden("sequence_task_assignment")
    own = platform.assignment().set_index("sequence").loc[sequence, ["own_mode", "own_user"]]
    return {name: None if pd.isna(value) else str(value) for name, value in zip(("mode", "user"), own, strict=True)}


def plays(platform: Platform) -> pd.DataFrame:
    """As `Platform.plays`; no rows where plays or audiences are hidden."""
    hidden = platform.hidden & {"plays", "audiences"}
    return _none(PLAY_COLUMNS, published=bool, allow_reruns=bool) if hidden else platform.plays()


def exclusions(platform: Platform) -> pd.DataFrame:
    """As `Platform.exclusions`; no rows where they are hidden."""
    hidden = "exclusions" in platform.hidden
    return _none(EXCLUSION_COLUMNS, exclude_from_sequences=bool) if hidden else platform.exclusions()


def exclusion_toggles(platform: Platform) -> pd.DataFrame:
    """As `Platform.exclusion_toggles`; no rows where they are hidden."""
    hidden = "exclusions" in platform.hidden
    return _none(TOGGLE_COLUMNS, everywhere=bool, here=bool) if hidden else platform.exclusion_toggles()


def mailboxes(platform: Platform) -> pd.DataFrame:
    """As `Platform.mailboxes`; of those whose limit is hidden the lowest documented one is assumed (D11, C22)."""
    found = platform.mailboxes()
    limits = pd.to_numeric(found["daily_limit"]).fillna(ASSUMED_LIMIT).astype("int64")
    return found.assign(daily_limit=limits.astype(object), paused=found["paused"].eq(True))


def _none(columns: list[str], **types: type) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series([], dtype=types.get(name, object)) for name in columns})
