"""What an operation made, by the journal: who was enrolled where, which tasks it handed over, and what else."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import URL

from journal import operations
from journal.changes import changes_of
from journal.database import Journal
from journal.enrolled import enrolled_by
from journal.folders import folder_of
from journal.outcomes import Outcomes
from models.changes import EditSequence, SetTaskAssignment
from models.outcomes import DONE
from models.rules.undoing import PLACED
from models.tables.journal import ChangeRow, OperationRow
from models.undo_plan import Copy, Deleted
from tasks.operation import Operation
from tasks.paused_contacts import NOT_PAUSED, STAYS_PAUSED

TASKS = "task-reassignment"
NOBODY: tuple[str, ...] = (TASKS, "task-assignment-audit", "version-upgrade")
"""The procedures that enroll nobody and end no enrollment that could begin again."""
MADE_BY: dict[str, Deleted] = {
    "duplicate_play": "play",
    "upload_audience": "audience",
    "duplicate_sequence": "sequence",
}
"""What each change makes, in the order in which it can be deleted again."""


def undone_row(operation: Operation, operation_id: str) -> OperationRow:
    """The operation that is undone, which the request has found."""
    return operations.named(operation.journal, "undone", operation_id)


@lru_cache(maxsize=2)
def _done(url: URL, operation_id: str) -> pd.DataFrame:
    """What an operation did, a row a contact or task, by address: it has ended, and this stays as it is."""
    chunks = list(Outcomes(Journal(url), operation_id).chunks(before=True))
    every = pd.concat(chunks, ignore_index=True) if chunks else pd.DataFrame(columns=["email", "outcome"])
    if len(every):
        runs = every["outcome"].eq("failed") & every["detail"].eq(NOT_PAUSED)  # enrolled all the same
        every = every[every["outcome"].isin(DONE) | runs]
    return every.set_axis(pd.Index(every["email"].to_numpy(dtype=object)))


def placed_by(journal: Journal, row: OperationRow, emails: "pd.Series[str] | None" = None) -> pd.DataFrame:
    """Where an operation put contacts (None: all of its), or out of which sequence it took them: columns PLACED."""
    done = _done(journal.url, row.id)
    if emails is not None:  # looked up: a chunk costs the same, however many there are
        places = done.index.get_indexer_for(pd.Index(emails.unique()))
        done = done.iloc[np.sort(places[places >= 0])]
    done = done.reset_index(drop=True)
    if row.procedure in NOBODY or done.empty:
        return pd.DataFrame(columns=PLACED)
    plan, nothing = row.plan or {}, pd.Series(None, index=done.index, dtype=object)
    placed = pd.DataFrame(
        {
            "email": done["email"],
            "sequence": done["sequence"],
            "mailbox": done["mailbox"],
            "began": done["step"],
            "paused": done["detail"].fillna("").str.contains(STAYS_PAUSED, regex=False),
            "home": nothing,
            "home_mailbox": nothing,
            "until": _until(journal, row, done["email"]),
        }
    )
    match row.procedure:
        case "sequence-move":
            return placed.assign(home=plan.get("source"))
        case "queued-backlog":
            return placed.assign(home=placed["sequence"], home_mailbox=plan.get("from_mailbox"))
        case "call-outcomes":
            return placed.assign(home=placed["sequence"], sequence=nothing)
    return placed


def _until(journal: Journal, row: OperationRow, emails: "pd.Series[str]") -> "pd.Series[Any]":
    """Until when each contact's enrollments can be the operation's: it had ended then, or a later undo that brought
    them back, which counts as if they had been there all the time."""
    until = pd.Series(row.ended_at, index=emails.index, dtype="datetime64[ns, UTC]")
    undone = operations.ended_of(journal, row.workspace, ("undo",), "live")
    for undo in reversed(undone):  # the first one first
        if undo.recorded_at > row.recorded_at:
            until[emails.isin(enrolled_by(journal, undo.id, emails))] = undo.ended_at
    return until


def handed_over_by(journal: Journal, row: OperationRow) -> pd.DataFrame:
    """The tasks that an operation handed over: `email, item`, and whose each was before (`assignee`, or None).

    A journal of an earlier release does not say whose; the operation's own tasks.csv does.
    """
    done = _done(journal.url, row.id).reset_index(drop=True)
    if row.procedure != TASKS or done.empty:
        return pd.DataFrame(columns=["email", "item", "assignee"])
    before = [was.get("assignee") if isinstance(was, dict) else None for was in done["before"]]
    handed = done[["email", "item"]].assign(assignee=pd.Series(before, index=done.index, dtype=object))
    if done["before"].isna().all():
        handed["assignee"] = handed["item"].map(_in_file(row))
    return handed


def _in_file(row: OperationRow) -> "pd.Series[str]":
    file = folder_of(row) / "tasks.csv"
    if not file.exists():
        return pd.Series(dtype=object)
    tasks = pd.read_csv(file, dtype=str)
    return tasks.set_index("task")["assignee"].str.removeprefix("'")


def assignments_by(journal: Journal, row: OperationRow) -> Iterator[tuple[SetTaskAssignment, SetTaskAssignment | None]]:
    """The assignments that an operation set, or may have, and what each was before; None where nobody knows."""
    planned = {one["sequence"]: one for one in (row.plan or {}).get("assignments", ())}
    for change in _written_down(journal, row, "set_task_assignment"):
        sequence = change.key.partition(":")[2]
        one = planned.get(sequence, {})
        was = change.before if change.before is not None else _was(str(one.get("was", "")))
        before = None if was is None else SetTaskAssignment.model_validate({"sequence": sequence, **was})
        yield SetTaskAssignment(sequence=sequence, mode=one.get("mode"), user=one.get("user")), before


def _was(words: str) -> dict[str, str | None] | None:
    """What an assignment was, as an earlier release wrote it down in words."""
    if words.startswith("its ruleset"):
        return {"mode": None, "user": None}
    mode, _, user = words.partition(" ")
    return {"mode": mode, "user": user or None} if mode.startswith("ASSIGN_TO_") else None


def edits_by(journal: Journal, row: OperationRow) -> Iterator[tuple[EditSequence, EditSequence | None]]:
    """The edits of sequences that an operation made, and the one that leads back; None where nobody knows the steps."""
    for change in _written_down(journal, row, "edit_sequence"):
        plan = row.plan or {}
        made = EditSequence(sequence=plan["sequence"], steps=plan["new_steps"], upgrade=True)
        steps = (change.before or {}).get("steps")
        yield made, EditSequence(sequence=made.sequence, steps=steps, upgrade=True) if steps else None


def copies_by(journal: Journal, row: OperationRow) -> list[tuple[Copy, bool]]:
    """The plays, audiences and sequences that an operation made, in the order in which they can be deleted; and whether
    it knew that it made them."""
    found = []
    for action, kind in MADE_BY.items():
        for change in _written_down(journal, row, action):
            name = (change.document or {}).get("name") or _quoted_last(change.told)
            found.append((Copy(kind=kind, name=name), change.state == "applied"))
    return found


def _quoted_last(description: str) -> str:
    """The name that a change's description ends with, as an earlier release wrote it."""
    for before in (" as '", "audience '"):
        if before in description:
            return description.rpartition(before)[2].removesuffix("'")
    return description.rpartition("name ")[2]


def _written_down(journal: Journal, row: OperationRow, action: str) -> list[ChangeRow]:
    """The changes that an operation made, or died while it made: whether they are there the workspace shows."""
    return [one for one in changes_of(journal, row.id) if one.action == action and one.state != "refused"]
