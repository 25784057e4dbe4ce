"""Whether a change is made, as far as the platform shows it."""

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from models.changes import (
    Change,
    ChangeMailboxOwner,
    DuplicatePlay,
    DuplicateSequence,
    EditSequence,
    PauseSequence,
    ReassignQueued,
    RunPlay,
    SetSetting,
    SetTaskAssignment,
    UploadAudience,
    plain,
)
from models.errors import Hidden
from models.rules.upgrading import steps_of
from models.setting_words import in_words, value_in_words
from models.step_words import steps_in_words
from models.wording import counted
from tasks.applying import DELETED, MADE, owner_of
from tasks.operation import Operation
from tasks.shown import is_there, own_assignment

CHUNK = 1_000
SHOWN_AS_IT_IS: tuple[type[Change], ...] = (
    SetSetting,
    SetTaskAssignment,
    ChangeMailboxOwner,
    PauseSequence,
    *DELETED,
)
"""Of these the workspace shows whether they are so, whatever made them so."""


def was_made_already(operation: Operation, change: Change) -> bool:
    """Whether the workspace shows beyond doubt that a change needs nobody any more."""
    try:
        return isinstance(change, SHOWN_AS_IT_IS) and _LOOKS[type(change)](operation, change) is None
    except Hidden:
        return False


def not_made(operation: Operation, change: Change) -> str | None:
    """What the workspace shows instead of the change, in a sentence; None: it is made, or the platform hides it."""
    try:
        return _LOOKS[type(change)](operation, change)
    except Hidden:
        return None


def _setting(operation: Operation, change: SetSetting) -> str | None:
    now = operation.platform.setting(change.setting)
    return None if now == plain(change.value) else f"{in_words(change.setting)}: it is {value_in_words(now)} still"


def _made(operation: Operation, change: Any) -> str | None:
    kind = MADE[type(change)]
    there = is_there(operation.platform, kind, change.name)
    return None if there else f"there is no {kind} '{change.name}'"


def _deleted(operation: Operation, change: Any) -> str | None:
    kind = DELETED[type(change)]
    name = getattr(change, kind)
    return f"the {kind} '{name}' is there still" if is_there(operation.platform, kind, name) else None


def _steps(operation: Operation, change: EditSequence) -> str | None:
    there = steps_of(operation.platform.steps(change.sequence))
    return None if there == change.steps else f"'{change.sequence}' has other steps: {steps_in_words(there)}"


def _somebody_came(operation: Operation, change: RunPlay) -> str | None:
    """A play that has run has let in somebody that the operation is to enroll: enrollments name their play."""
    waiting, by_others = 0, set[str]()
    for contacts in _awaited(operation, forecast="enrolled"):
        for sequence, group in contacts.groupby("sequence"):
            last = operation.platform.last_enrollments(group["email"].tolist(), str(sequence))
            plays = last.loc[last["ended_at"].isna(), "play"]
            if plays.eq(change.play).any():
                return None
            by_others |= set(plays.fillna("none"))
        waiting += len(contacts)
    came = f" by the play '{change.play}'" + (f", some by {', '.join(sorted(by_others))}" if by_others else "")
    return f"none of {counted(waiting, 'contact')} is in the sequence yet{came}: if all were refused, {REMARK}"


REMARK = "say so as a remark"


def _moved(operation: Operation, change: ReassignQueued) -> str | None:
    """Whoever was queued at the time of the question is not queued there any more, and went nowhere else."""
    running = operation.platform.running(CHUNK, sequence=change.sequence, mailbox=change.from_mailbox)
    queued = {email for part in running for email in part.loc[part["state"] == "queued", "email"]}
    left, elsewhere = 0, set[str]()
    for contacts in _awaited(operation, forecast="reassigned", sequence=change.sequence):
        left += int(contacts["email"].isin(queued).sum())
        there = operation.platform.places(contacts["email"].tolist(), change.sequence)["mailbox"]
        elsewhere |= set(there) - {change.from_mailbox, *change.to_mailboxes}
    if elsewhere:
        return f"some send from {', '.join(sorted(elsewhere))} now: if that is right, {REMARK}"
    are = counted(left, "enrollment is", "enrollments are")
    return f"{are} queued on {change.from_mailbox} still: if it has to be so, {REMARK}" if left else None


def _awaited(operation: Operation, **of: Any) -> Iterator[pd.DataFrame]:
    """The contacts of which the operation waits to see something."""
    return operation.outcomes.chunks(CHUNK, outcome=None, **of)


def _assignment(operation: Operation, change: SetTaskAssignment) -> str | None:
    now = [*own_assignment(operation.platform, change.sequence).values()]
    return None if now == [change.mode, change.user] else f"'{change.sequence}' is set to {now[0]} {now[1] or ''}"


def _owner(operation: Operation, change: ChangeMailboxOwner) -> str | None:
    owner = owner_of(operation.platform, change.mailbox)
    if owner is None and operation.platform.hidden:
        raise Hidden("mailboxes")  # Unify shows a mailbox's owner by its enrollments, and may show none
    return None if owner == change.owner else f"{change.mailbox} belongs to {owner or 'nobody'} still"


def _paused(operation: Operation, change: PauseSequence) -> str | None:
    paused = bool(operation.platform.sequences().set_index("sequence")["paused"][change.sequence])
    return None if paused == change.paused else f"'{change.sequence}' is {'paused' if paused else 'not paused'} still"


_LOOKS: dict[type[Change], Callable[[Operation, Any], str | None]] = {
    SetSetting: _setting,
    UploadAudience: _made,
    DuplicatePlay: _made,
    RunPlay: _somebody_came,
    DuplicateSequence: _made,
    **dict.fromkeys(DELETED, _deleted),
    EditSequence: _steps,
    ReassignQueued: _moved,
    SetTaskAssignment: _assignment,
    ChangeMailboxOwner: _owner,
    PauseSequence: _paused,
}
