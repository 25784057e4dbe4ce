"""Making changes, each once: written down before, made, read back, written down after."""

from typing import Any

import pandas as pd

from models.changes import (
    AddExclusion,
    Change,
    ChangeMailboxOwner,
    DeleteAudience,
    DeletePlay,
    DeleteSequence,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    MakePlay,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    UploadAudience,
    plain,
)
from models.errors import Hidden
from models.rules.upgrading import steps_of
from models.tables.journal import ChangeRow
from platforms.port import Platform
from tasks.narration import tell
from tasks.operation import Operation
from tasks.shown import Named, is_there, own_assignment

MADE: dict[type[Change], Named] = {
    DuplicatePlay: "play",
    MakePlay: "play",
    DuplicateSequence: "sequence",
    AddExclusion: "exclusion",
    UploadAudience: "audience",
}
"""What each of these makes, under its `name`."""
DELETED: dict[type[Change], Named] = {DeletePlay: "play", DeleteAudience: "audience", DeleteSequence: "sequence"}
"""What each of these deletes, under the name of its kind."""


def make_once(operation: Operation, key: str, change: Change) -> dict[str, Any]:
    """Make a change unless it was made; give the platform's answer to it. Repeated: the first answer."""
    row = intend(operation, key, change)
    if row.state == "applied":
        return row.result or {}
    result = _found_made(operation.platform, change) if row.state == "intended" else None
    if result is None:
        result = operation.platform.apply(change, briefly=True)
        tell(str(change))
    operation.changes.applied(key, result)
    return result


def intend(operation: Operation, key: str, change: Change, description: str = "") -> ChangeRow:
    """Write a change down before it is made, with what is there before it; or find it as it was written down."""
    document = change.model_dump(mode="json")
    return operation.changes.intend(
        key, change.action, description or str(change), document, lambda: _before(operation.platform, change)
    )


def _before(platform: Platform, change: Change) -> dict[str, Any] | None:
    """What a change replaces, in the change's own fields; None where it replaces nothing, or the platform hides it."""
    try:
        match change:
            case SetSetting():
                return {"value": platform.setting(change.setting)}
            case SetTaskAssignment():
                return dict(own_assignment(platform, change.sequence))
            case ChangeMailboxOwner():
                return {"owner": owner_of(platform, change.mailbox)}
            case EditSequence():
                return {"steps": [step.model_dump(mode="json") for step in steps_of(platform.steps(change.sequence))]}
            case _:
                return None
    except Hidden:
        return None


def note_where_made(operation: Operation, key: str, change: Change) -> None:
    """Write down that a change whose answer was lost was made, where the workspace shows it. Repeated: nothing more."""
    if not operation.changes.is_made(key):
        result = _found_made(operation.platform, change)
        if result is not None:
            operation.changes.applied(key, result)


def _found_made(platform: Platform, change: Change) -> dict[str, Any] | None:
    """Whether a change whose answer was lost was made after all, by reading the workspace; None: it was not."""
    if (kind := DELETED.get(type(change))) is not None:
        return None if is_there(platform, kind, getattr(change, kind)) else {"deleted": True}
    if isinstance(change, ChangeMailboxOwner):
        there = owner_of(platform, change.mailbox) == change.owner
        return {"mailbox": change.mailbox, "owner": change.owner} if there else None
    return _found_there(platform, change)


def _found_there(platform: Platform, change: Change) -> dict[str, Any] | None:
    """Names of audiences and duplicates carry the operation's id, so that what bears the name is ours."""
    match change:
        case UploadAudience():
            size = platform.audience_size(change.name)
            return None if size is None else {"audience": change.name, "people": size}
        case DuplicatePlay() | MakePlay() | AddExclusion() | DuplicateSequence():
            kind = MADE[type(change)]
            return {kind: change.name} if is_there(platform, kind, change.name) else None
        case RunPlay():
            metrics = platform.play_metrics(change.play)
            return None if metrics is None else {"play": change.play, "metrics": metrics}
        case SetSetting():
            set_now = platform.setting(change.setting)
            return {"setting": change.setting, "value": set_now} if set_now == plain(change.value) else None
        case _:
            return None


def owner_of(platform: Platform, mailbox: str) -> str | None:
    """Who owns a mailbox now; None where nobody does. Raises Hidden where the platform does not show the mailbox."""
    owners = platform.mailboxes().set_index("mailbox")["owner"]
    if mailbox not in owners.index:
        raise Hidden("mailboxes")
    owner = owners[mailbox]
    return None if pd.isna(owner) else str(owner)
