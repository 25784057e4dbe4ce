"""The cases: a procedure, what its workspace has of each contact, and what is to become of each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.procedures.filling import MAILBOX, OTHER, OWNER, SECOND, THIRD
from models.changes import Change, ChangeMailboxOwner

Parameters = Callable[[Path, int], dict[str, Any]]
MEMBERS = "INSERT INTO audience_member (audience_id, position, person_id) SELECT 1, id, id FROM person"
ENROLLED = """
    INSERT INTO enrollment (id, person_id, sequence_id, mailbox_id, play_id, version, state, steps_done, started_at,
        next_step_at)
    SELECT id, id, 1, 1, {play}, 1, {state}, {done}, {{now}} - 86400, {{now}} + 86400 * 3 FROM person"""
STEPS = """
    INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived)
    SELECT id, steps_done + 1, 'AUTOMATIC_EMAIL', 'SCHEDULED', {now} + 86400 * 3, 0 FROM enrollment"""
HALF_QUEUED = {"state": "CASE id % 2 WHEN 0 THEN 'queued' ELSE 'active' END", "done": "id % 2"}
ACTIVE = {"state": "'active'", "done": "1"}
QUEUED = {"state": "'queued'", "done": "0"}
TASKS = """
    INSERT INTO rep_task (person_id, type, status, assignee_id, sequence_id, mailbox_id, enrollment_id, due_at,
        priority, created_at)
    SELECT id, CASE id % 2 WHEN 0 THEN 'EMAIL' ELSE 'PHONE_CALL' END, 'READY', 1, 1, 1, id, {now} + 86400, 'MEDIUM',
        {now} - 86400 FROM person"""


@dataclass(frozen=True)
class Case:
    """`rows` are the statements that fill it, `outcome` is what is to become of everybody; where `undoes` is given,
    that case is carried out before."""

    procedure: str
    outcome: str
    parameters: Parameters
    rows: tuple[str, ...]
    excluded: bool = False
    changes: tuple[Change, ...] = ()
    files: Callable[[int], dict[str, list[str]]] = lambda size: {}
    undoes: "Case | None" = None
    status: str = "completed"


def _enrolled(play: str = "NULL", **how: str) -> tuple[str, ...]:
    return ENROLLED.format(play=play, **how), STEPS


def _undo_of(case: Case, outcome: str) -> Case:
    return replace(case, procedure="undo", outcome=outcome, parameters=lambda home, size: {}, undoes=case)


def _calls(size: int) -> dict[str, list[str]]:
    rows = [f"p{i}@x{i % 997}.test,Not interested" for i in range(1, size + 1)]
    return {"calls.csv": ["email,disposition", *rows]}


BACKLOG = {"from_mailbox": MAILBOX, "to_mailboxes": [SECOND, THIRD]}
MOVE = {"from_sequence": "Outbound", "to_sequence": "Nurture"}
NEW_STEPS = "\n".join("- {type: AUTOMATIC_EMAIL, wait_days: 3}" for _ in range(5))

OWNERSHIP_CHANGE = Case(
    "ownership-change",
    "enrolled",
    lambda home, size: {"mailbox": MAILBOX},
    _enrolled("1", **HALF_QUEUED),
    changes=(ChangeMailboxOwner(mailbox=MAILBOX, owner=OTHER),),
)
MOVE_BY_PLAY = Case("sequence-move", "enrolled", lambda home, size: MOVE, _enrolled("1", **ACTIVE))
MOVE_DIRECTLY = Case("sequence-move", "enrolled", lambda home, size: MOVE, _enrolled(**ACTIVE))
QUEUED_BACKLOG = Case("queued-backlog", "reassigned", lambda home, size: BACKLOG, _enrolled(**QUEUED))
RERUN = Case(
    "exclusion-rerun",
    "enrolled",
    lambda home, size: {"exclusion": "Customers", "play": "Play", "approve": "all", "hold_until": "enrolled"},
    (MEMBERS,),
    excluded=True,
)
CASES = {
    "exclusion-rerun": RERUN,
    "exclusion-rerun, held": replace(
        RERUN,
        parameters=lambda home, size: {"exclusion": "Customers", "play": "Play", "approve": "all"},
    ),
    "queued-backlog": QUEUED_BACKLOG,
    "queued-backlog, directly": replace(QUEUED_BACKLOG, parameters=lambda home, size: {**BACKLOG, "via": "direct"}),
    "sequence-move, by play": MOVE_BY_PLAY,
    "sequence-move, directly": MOVE_DIRECTLY,
    "version-upgrade": Case(
        "version-upgrade",
        "upgraded",
        lambda home, size: {"sequence": "Outbound", "steps": NEW_STEPS},
        _enrolled("1", **HALF_QUEUED),
    ),
    "task-reassignment": Case(
        "task-reassignment",
        "reassigned",
        lambda home, size: {"from_user": OWNER, "to_user": OTHER},
        (*_enrolled("1", **ACTIVE), TASKS),
    ),
    "call-outcomes": Case(
        "call-outcomes",
        "unenrolled",
        lambda home, size: {"outcomes_csv": str(home / "calls.csv"), "policy": {"Not interested": "unenroll"}},
        _enrolled("1", **ACTIVE),
        files=_calls,
    ),
    "handover-plan": Case(
        "handover-plan",
        "considered",
        lambda home, size: {"mailbox": MAILBOX, "new_owner": OTHER},
        (*_enrolled("1", **HALF_QUEUED), f"{TASKS} WHERE id % 5 = 0"),
    ),
    "undo of ownership-change": _undo_of(OWNERSHIP_CHANGE, "unenrolled"),
    "undo of sequence-move": _undo_of(MOVE_BY_PLAY, "enrolled"),
    "undo of queued-backlog": _undo_of(QUEUED_BACKLOG, "enrolled"),
    "undo of task-reassignment": Case(
        "undo",
        "reassigned",
        lambda home, size: {},
        (*_enrolled("1", **ACTIVE), TASKS),
        undoes=Case(
            "task-reassignment",
            "reassigned",
            lambda home, size: {"from_user": OWNER, "to_user": OTHER},
            (),
        ),
    ),
}
