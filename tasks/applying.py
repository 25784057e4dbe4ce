"""Making changes, each once: written down before, made, read back, written down after."""

from typing import Any

from models.changes import (
    Change,
    DuplicatePlay,
    DuplicateSequence,
    RunPlay,
    SetSetting,
    UploadAudience,
    plain,
)
from platforms.port import Platform
from tasks.narration import tell
from tasks.operation import Operation


def make_once(operation: Operation, key: str, change: Change) -> dict[str, Any]:
    """Make a change unless it was made; give the platform's answer to it. Repeated: the first answer."""
    row = operation.changes.intend(key, change.action, str(change))
    if row.state == "applied":
        return row.result or {}
    result = _found_made(operation.platform, change) if row.state == "intended" else None
    if result is None:
        result = _without_log(operation.platform.apply(change))
        tell(str(change))
    operation.changes.applied(key, result)
    return result


def note_where_made(operation: Operation, key: str, change: Change) -> None:
    """Write down that a change whose answer was lost was made, where the workspace shows it. Repeated: nothing more."""
    if not operation.changes.is_made(key):
        result = _found_made(operation.platform, change)
        if result is not None:
            operation.changes.applied(key, result)


def _without_log(result: dict[str, Any]) -> dict[str, Any]:
    """What a run of a play answers, less its log: that is read in chunks, and kept as outcomes."""
    return {name: value for name, value in result.items() if name != "log"}


def _found_made(platform: Platform, change: Change) -> dict[str, Any] | None:
    """Whether a change whose answer was lost was made after all, by reading the workspace; None: it was not.

    Names of audiences and duplicates carry the operation's id, so that what bears the name is ours.
    """
    match change:
        case UploadAudience():
            size = platform.audience_size(change.name)
            return None if size is None else {"audience": change.name, "people": size}
        case DuplicatePlay():
            return {"play": change.name} if (platform.plays()["play"] == change.name).any() else None
        case DuplicateSequence():
            found = (platform.sequences()["sequence"] == change.name).any()
            return {"sequence": change.name} if found else None
        case RunPlay():
            metrics = platform.play_metrics(change.play)
            return None if metrics is None else {"play": change.play, "metrics": metrics}
        case SetSetting():
            set_now = platform.setting(change.setting)
            return {"setting": change.setting, "value": set_now} if set_now == plain(change.value) else None
        case _:
            return None
