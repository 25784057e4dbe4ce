"""Contacts whom an operation of ours took out of a sequence and did not put in again: named, and found by the next run.

A run may end between the two halves of a pair: it was cancelled, it failed, nobody looked after it. The pairs that were
begun are finished then (`tasks/unfinished.py`); who is refused on both sides is named in the report, and the next run
of the procedure on the same subject considers them.
"""

from collections.abc import Iterator
from datetime import datetime

import pandas as pd

from journal import operations
from journal.changes import changes_of
from journal.outcomes import Outcomes
from models.outcomes import DONE
from models.rules.ours import SLACK
from tasks.made_before import came_of
from tasks.operation import Operation

PAIR = "move:"
"""How the keys of pairs begin (`tasks/pairs.py`)."""
PAIRS = (PAIR, "reassign_queued:")
"""The keys of the changes that take contacts out of a sequence, to be put in again by the same operation."""
MOVING = "being moved"
"""The detail of a contact that is about to be taken out: who comes after a crash finds the mark."""
UNCERTAIN = "taken out, and perhaps in no sequence now"
MARKS = (UNCERTAIN, "refused, and not back", "was cancelled, and not let in again")
"""How the details of those begin who were taken out and not put in again."""
CUT_SHORT = "not reached"
"""The detail of who was in a pair that an earlier release left open, among others whom it had not come to."""
AT_ONCE = pd.Timedelta(hours=1)  # of writing the intent down, for a chunk of requests; what ended later did otherwise
COLUMNS = ["email", "sequence", "mailbox", "operation"]


def name_left_out(operation: Operation, emails: list[str], where: str) -> None:
    """Say in the operation's `next` who runs nowhere now, and `where` to enroll them."""
    if emails:
        line = f"in no sequence now: {', '.join(emails)}. Enroll them by hand {where}, or run this again"
        operation.add_next(line)


def left_out(operation: Operation, leaves: str | None = None) -> pd.DataFrame:
    """Who was taken out by an earlier operation of this procedure on this subject, which has ended, and runs nowhere
    since: columns COLUMNS, where `sequence` and `mailbox` are those that they were taken out of.

    By history: who left by themselves, answered, or began anywhere since is nobody to put back. `leaves` is the
    sequence that they were taken out of; None: each contact's own.
    """
    found = [_left_out_by(operation, *earlier, leaves) for earlier in _ended_before(operation)]
    every = pd.concat(found, ignore_index=True) if found else pd.DataFrame(columns=COLUMNS)
    return every.drop_duplicates("email").reset_index(drop=True)


def _ended_before(operation: Operation) -> Iterator[tuple[str, datetime]]:
    """The ids of those operations, and when each ended."""
    row = operation.row
    for earlier in operations.of_subject(operation.journal, row.workspace, row.procedure, row.subject):
        if earlier.ended_at is not None and earlier.id != row.id:
            yield earlier.id, earlier.ended_at


def _left_out_by(operation: Operation, earlier: str, ended_at: datetime, leaves: str | None) -> pd.DataFrame:
    pairs = [row for row in changes_of(operation.journal, earlier) if row.key.startswith(PAIRS)]
    if not pairs:
        return pd.DataFrame(columns=COLUMNS)
    every = Outcomes(operation.journal, earlier).everything()
    failed = every[every["forecast"].isin(DONE) & every["outcome"].fillna("failed").eq("failed")]
    marked = failed["detail"].eq(MOVING) | failed["detail"].str.startswith(MARKS)
    found = [_out_since(operation, failed[marked], pairs[0].intended_at, leaves)]
    for pair in pairs:
        if pair.state != "applied" and not pair.told.startswith("by hand"):
            out = _out_since(operation, failed[failed["detail"].eq(CUT_SHORT)], pair.intended_at, leaves)
            found.append(out[out["ended_at"].le(pair.intended_at + AT_ONCE)])
    together = pd.concat([one for one in found if len(one)] or found[:1])
    return together[together["ended_at"].le(pd.Timestamp(ended_at) + SLACK)].assign(operation=earlier)[COLUMNS]


def _out_since(operation: Operation, contacts: pd.DataFrame, since: datetime, leaves: str | None) -> pd.DataFrame:
    """Who of these was taken out since and began nowhere: `email, sequence, mailbox, ended_at`."""
    parts = []
    for sequence, some in contacts.groupby("sequence"):
        came = came_of(operation, some, since, sequence=str(sequence), leaves=leaves or str(sequence), mailboxes=())
        parts.append(came[came["came"].eq("out")].assign(email=some["email"]))
    columns = ["email", "sequence", "mailbox", "ended_at"]
    return pd.concat(parts)[columns] if parts else pd.DataFrame(columns=columns)
