"""Paused and resumed: enrollments, sequences and mailboxes.

A paused enrollment stays where it is and is sent nothing, until somebody resumes it; one whose contact is out of office
resumes by itself at an instant. Of two pauses the longer one holds: somebody's before an automatic one, a later date
before an earlier.
"""

from typing import Any

from models.changes import OutOfOffice, PauseEnrollment, PauseMailbox, PauseSequence, ResumeEnrollment
from models.errors import InvalidInput
from models.tables.workspace.columns import RUNNING_SQL
from models.wording import in_utc
from platforms.sandbox.clock import iso, moment, seconds
from platforms.sandbox.lookup import named, running_anywhere, running_in, sequence_by_name
from platforms.sandbox.store import Work

Result = dict[str, Any]
LASTS_LONGER = """
    NOT enrollment_pause.paused OR (enrollment_pause.until IS NOT NULL
        AND (excluded.until IS NULL OR excluded.until > enrollment_pause.until))"""


def pause(work: Work, which: str, *, until: str = "NULL", **values: Any) -> None:
    """Pause the running enrollments that a condition on `enrollment` names; `until` is an SQL expression over it."""
    work.run(
        "INSERT INTO enrollment_pause (enrollment_id, paused, at, until)"
        f" SELECT id, TRUE, :now, CAST({until} AS BIGINT) FROM enrollment WHERE {RUNNING_SQL} AND {which}"
        " ON CONFLICT (enrollment_id) DO UPDATE SET paused = TRUE, at = excluded.at, until = excluded.until"
        f" WHERE {LASTS_LONGER}",
        **values,
    )


def resume(work: Work, which: str, **values: Any) -> None:
    """Resume the paused ones of the running enrollments that a condition on `enrollment` names."""
    work.run(
        "UPDATE enrollment_pause SET paused = FALSE, at = :now, until = NULL WHERE paused"
        f" AND enrollment_id IN (SELECT id FROM enrollment WHERE {RUNNING_SQL} AND {which})",
        **values,
    )


def next_return(work: Work) -> int | None:
    """When the next paused enrollment resumes by itself."""
    found: int | None = work.value(
        "SELECT z.until FROM enrollment_pause z JOIN enrollment e ON e.id = z.enrollment_id"
        f" WHERE z.until > :now AND z.paused AND e.{RUNNING_SQL} ORDER BY z.until LIMIT 1"
    )
    return found


def resume_who_is_back(work: Work) -> None:
    """Resume by itself what was paused until now."""
    resume(work, "id IN (SELECT z.enrollment_id FROM enrollment_pause z WHERE z.until <= :now)")


def pause_enrollment(work: Work, change: PauseEnrollment | ResumeEnrollment) -> Result:
    """Somebody pauses or resumes the enrollment that runs in a sequence; what is so already leaves no trace."""
    enrollment = running_in(work, change.person, change.sequence)
    paused = isinstance(change, PauseEnrollment)
    (pause if paused else resume)(work, "id = :id", id=enrollment["id"])
    return {"person": change.person, "sequence": enrollment["sequence"], "paused": paused}


def out_of_office(work: Work, change: OutOfOffice) -> Result:
    """A contact's automatic reply pauses what runs until they are back. Raises InvalidInput for an instant gone by."""
    enrollment = running_anywhere(work, change.person)
    if seconds(change.until) <= work.now:
        raise InvalidInput("until", f"it is {in_utc(moment(work.now))} already", "Write a later instant")
    pause(work, "id = :id", until=":back_at", id=enrollment["id"], back_at=seconds(change.until))
    until = work.value("SELECT until FROM enrollment_pause WHERE enrollment_id = :id", id=enrollment["id"])
    result = {"person": change.person, "sequence": enrollment["sequence"]}
    return result | {"paused_until": None if until is None else iso(until)}


def pause_mailbox(work: Work, change: PauseMailbox) -> Result:
    """A paused mailbox sends nothing and takes no new enrollments."""
    mailbox = named(work, "mailbox", "mailbox", change.mailbox)
    work.run("UPDATE mailbox SET paused = :paused WHERE id = :id", paused=change.paused, id=mailbox["id"])
    return {"mailbox": mailbox["email"], "paused": change.paused}


def pause_sequence(work: Work, change: PauseSequence) -> Result:
    """In a paused sequence enrollments queue."""
    sequence = sequence_by_name(work, change.sequence)
    work.run("UPDATE sequence SET paused = :paused WHERE id = :id", paused=change.paused, id=sequence["id"])
    return {"sequence": sequence["name"], "paused": change.paused}
