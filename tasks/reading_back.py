"""Whether a change is made, as far as the platform shows it."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from journal import outcomes
from models.changes import (
    Change,
    ChangeMailboxOwner,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    ReassignQueued,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    UploadAudience,
    plain,
)
from models.errors import Hidden
from models.records import SequenceStep
from models.rules.upgrading import steps_of
from models.setting_keys import shown
from models.wording import counted
from tasks.operation import Operation

CHUNK = 1_000


def was_made_already(operation: Operation, change: Change) -> bool:
    """Whether the workspace shows beyond doubt that a change needs nobody any more."""
    try:
        return isinstance(change, SetSetting | SetTaskAssignment) and _LOOKS[type(change)](operation, change) is None
    except Hidden:
        return False


def not_made(operation: Operation, change: Change) -> str | None:
    """What the workspace shows instead of the change, in a sentence; None: it is made, or the platform hides it."""
    try:
        return _LOOKS[type(change)](operation, change)
    except Hidden:
        return None


def _setting(operation: Operation, change: SetSetting) -> str | None:
    now = operation.platform.setting(change.key)
    return None if now == plain(change.value) else f"{change.setting} is {shown(now)} still"


def _audience(operation: Operation, change: UploadAudience) -> str | None:
    there = operation.platform.audience_size(change.name) is not None
    return None if there else f"there is no audience '{change.name}'"


def _play(operation: Operation, change: DuplicatePlay) -> str | None:
    there = operation.platform.plays()["play"].eq(change.name).any()
    return None if there else f"there is no play '{change.name}'"


def _sequence(operation: Operation, change: DuplicateSequence) -> str | None:
    there = operation.platform.sequences()["sequence"].eq(change.name).any()
    return None if there else f"there is no sequence '{change.name}'"


def _steps(operation: Operation, change: EditSequence) -> str | None:
    there = steps_of(operation.platform.steps(change.sequence))
    return None if there == change.steps else f"'{change.sequence}' has other steps: {_said(there)}"


def _said(steps: tuple[SequenceStep, ...]) -> str:
    return "; ".join(f"{number} {step.type} after {step.wait_days} days" for number, step in enumerate(steps, 1))


def _somebody_came(operation: Operation, change: RunPlay) -> str | None:
    """A play that has run has let in somebody of those whom the operation is to enroll."""
    waiting = 0
    for contacts in outcomes.chunks(operation.journal, operation.id, CHUNK, forecast="enrolled", outcome=None):
        for sequence, group in contacts.groupby("sequence"):
            if len(operation.platform.places(group["email"].tolist(), str(sequence))):
                return None
        waiting += len(contacts)
    return f"none of {counted(waiting, 'contact')} is in the sequence yet: if all were refused, say so as a remark"


def _none_queued(operation: Operation, change: ReassignQueued) -> str | None:
    running = operation.platform.running(CHUNK, sequence=change.sequence, mailbox=change.from_mailbox)
    left = sum(int(part["state"].eq("queued").sum()) for part in running)
    are = counted(left, "enrollment is", "enrollments are")
    return f"{are} queued on {change.from_mailbox} still" if left else None


def _assignment(operation: Operation, change: SetTaskAssignment) -> str | None:
    if "sequence_task_assignment" in operation.platform.hidden:
        raise Hidden("sequence_task_assignment")
    found = operation.platform.assignment().set_index("sequence")
    now = [None if pd.isna(found[name][change.sequence]) else found[name][change.sequence] for name in OWN]
    return None if now == [change.mode, change.user] else f"'{change.sequence}' is set to {now[0]} {now[1] or ''}"


OWN = ("own_mode", "own_user")


def _owner(operation: Operation, change: ChangeMailboxOwner) -> str | None:
    owner = operation.platform.mailboxes().set_index("mailbox")["owner"].get(change.mailbox)
    return None if owner == change.owner else f"the owner of {change.mailbox} is {owner or 'nobody'} still"


_LOOKS: dict[type[Change], Callable[[Operation, Any], str | None]] = {
    SetSetting: _setting, UploadAudience: _audience, DuplicatePlay: _play, RunPlay: _somebody_came,
    DuplicateSequence: _sequence, EditSequence: _steps, ReassignQueued: _none_queued, SetTaskAssignment: _assignment,
    ChangeMailboxOwner: _owner,
}  # fmt: skip
