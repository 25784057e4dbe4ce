"""Versions of a sequence's steps: editing makes a new one, upgrading carries what runs over to it (R52, R53).

Whoever is not upgraded goes on with the steps of the version they began with. An upgraded enrollment is canceled and
another one goes on in its place, with another id (C20): same person, mailbox and play, at the same step, due when that
was due. Whoever has nothing left to do in the new version is through: finished, not canceled.
"""

from collections import defaultdict
from typing import Any

from models.changes import EditSequence
from models.records import Sequence, SequenceStep
from models.tables.workspace import EnrollmentRow, SequenceStepRow
from platforms.sandbox.behaviour.enrolling import end_enrollments, hand_tasks_on
from platforms.sandbox.clock import moments
from platforms.sandbox.lookup import sequence_by_id, sequence_by_name
from platforms.sandbox.store import Work, from_json

BEHIND = "sequence_id = :sequence AND version < :version"
RUNS_BEHIND = f"state IN ('queued', 'active') AND {BEHIND}"
# Whatever an enrollment carries beyond what an upgrade decides anew.
KEPT = [
    column.name
    for column in EnrollmentRow.metadata.tables["enrollment"].columns
    if column.name not in ("id", "version", "state", "started_at", "ended_at", "end_reason")
]


def read_sequences(work: Work) -> tuple[Sequence, ...]:
    """The sequences, each with the steps of all its versions."""
    steps: dict[int, dict[int, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for row in work.rows("SELECT sequence_id, version, type, wait_days FROM sequence_step ORDER BY id"):
        steps[row.pop("sequence_id")][row.pop("version")].append(row)
    return tuple(
        Sequence.model_validate(
            {
                "name": row["name"],
                "ruleset": row["ruleset"],
                "paused": row["paused"],
                "deleted": row["deleted"],
                "version": row["version"],
                "task_assignment": from_json(row["task_assignment"]),
                "send_days": from_json(row["send_days"]),
                **moments({"task_assignment_set_at": row["task_assignment_set_at"]}, "task_assignment_set_at"),
                "steps": steps[row["id"]].pop(row["version"]),
                "versions": [{"version": number, "steps": earlier} for number, earlier in steps[row["id"]].items()],
            }
        )
        for row in work.rows(
            "SELECT s.*, r.name AS ruleset FROM sequence s LEFT JOIN ruleset r ON r.id = s.ruleset_id ORDER BY s.id"
        )
    )


def edit_sequence(work: Work, change: EditSequence) -> dict[str, Any]:
    """Give a sequence other steps, and carry its enrollments over where the change says so (R52).

    Equal steps make no new version; with `upgrade` they carry over whoever is still behind.
    """
    sequence = sequence_by_name(work, change.sequence)
    if _present_steps(work, sequence) != change.steps:
        sequence = _next_version(work, sequence, change.steps)
    upgraded, completed = _upgrade(work, sequence) if change.upgrade else (0, 0)
    result = {"sequence": sequence["name"], "version": sequence["version"]}
    return result | {"upgraded": upgraded, "completed": completed}


def _present_steps(work: Work, sequence: dict[str, Any]) -> tuple[SequenceStep, ...]:
    return tuple(
        SequenceStep.model_validate(row)
        for row in work.rows(
            "SELECT type, wait_days FROM sequence_step WHERE sequence_id = :sequence AND version = :version"
            " ORDER BY number",
            sequence=sequence["id"],
            version=sequence["version"],
        )
    )


def _next_version(work: Work, sequence: dict[str, Any], steps: tuple[SequenceStep, ...]) -> dict[str, Any]:
    """Make these steps the sequence's present version; give its row anew."""
    work.run("UPDATE sequence SET version = version + 1 WHERE id = :id", id=sequence["id"])
    work.add(
        SequenceStepRow,
        [
            {
                "sequence_id": sequence["id"],
                "version": sequence["version"] + 1,
                "number": number,
                "type": step.type,
                "wait_days": step.wait_days,
            }
            for number, step in enumerate(steps, 1)
        ],
    )
    return sequence_by_id(work, sequence["id"])


def _upgrade(work: Work, sequence: dict[str, Any]) -> tuple[int, int]:
    """Carry everything that runs behind over to the present version; give how many were, and how many are through."""
    which = {"sequence": sequence["id"], "version": sequence["version"]}
    _cancel_tasks_of_steps_that_are_gone(work, which)
    completed = end_enrollments(
        work, f"{BEHIND} AND steps_done >= :length", "completed", state="finished", length=sequence["length"], **which
    )
    last = int(work.value("SELECT COALESCE(MAX(id), 0) FROM enrollment"))
    _begin_successors(work, which, last)
    upgraded = end_enrollments(work, BEHIND, "upgraded", **which)
    work.run("UPDATE enrollment SET state = end_reason, end_reason = NULL WHERE id > :last", last=last)
    return upgraded, completed


def _cancel_tasks_of_steps_that_are_gone(work: Work, which: dict[str, int]) -> None:
    """Cancel the open tasks of whoever waits for a person's step that the new version does not have at that place."""
    work.run(
        "UPDATE rep_task SET status = 'CANCELED', ended_at = :now WHERE status IN ('NOT_READY', 'READY')"
        " AND enrollment_id IN (SELECT e.id FROM enrollment e JOIN enrollment_step s ON s.enrollment_id = e.id"
        " AND s.number = e.steps_done + 1 AND s.status = 'PENDING'"
        " WHERE e.state IN ('queued', 'active') AND e.sequence_id = :sequence AND e.version < :version"
        " AND NOT EXISTS (SELECT 1 FROM sequence_step t WHERE t.sequence_id = :sequence AND t.version = :version"
        " AND t.number = s.number AND t.type = s.type))",
        **which,
    )


def _begin_successors(work: Work, which: dict[str, int], last: int) -> None:
    """Make the enrollments that go on, each with its next step and with the tasks of the one before it.

    Until that one has ended its successor counts as canceled, the state to be kept in `end_reason`: nobody runs twice,
    not even for a moment (R20).
    """
    kept = ", ".join(KEPT)
    work.run(
        f"INSERT INTO enrollment ({kept}, version, started_at, state, end_reason)"
        f" SELECT {kept}, :version, :now, 'canceled', state FROM enrollment WHERE {RUNS_BEHIND} ORDER BY id",
        **which,
    )
    work.run(
        "INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived) SELECT n.id, t.number, t.type,"
        " COALESCE(s.status, 'SCHEDULED'), COALESCE(s.at, n.next_step_at), FALSE FROM enrollment n"
        " JOIN enrollment e ON e.person_id = n.person_id AND e.state IN ('queued', 'active')"
        " JOIN sequence_step t ON t.sequence_id = n.sequence_id AND t.version = n.version"
        " AND t.number = n.steps_done + 1 LEFT JOIN enrollment_step s ON s.enrollment_id = e.id"
        " AND s.number = t.number AND s.type = t.type AND s.status IN ('SCHEDULED', 'PENDING')"
        " WHERE n.id > :last ORDER BY n.id",
        last=last,
    )
    work.run(
        "INSERT INTO enrollment_pause (enrollment_id, paused, at, until) SELECT n.id, TRUE, :now, z.until"
        " FROM enrollment_pause z"
        " JOIN enrollment e ON e.id = z.enrollment_id AND e.state IN ('queued', 'active')"
        " JOIN enrollment n ON n.person_id = e.person_id AND n.id > :last WHERE z.paused",
        last=last,
    )
    hand_tasks_on(work, which["sequence"], last)
