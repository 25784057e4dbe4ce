"""What contacts do: they reply, opt out, or their address bounces. Whatever runs then ends."""

from typing import Any

from models.changes import Bounce, OptOut, Reply
from models.tables.workspace.columns import RUNNING_SQL
from platforms.sandbox.behaviour.assignment import assign_tasks
from platforms.sandbox.behaviour.enrolling import end_enrollments
from platforms.sandbox.lookup import named, running_anywhere
from platforms.sandbox.store import Work

Result = dict[str, Any]


def reply(work: Work, change: Reply) -> Result:
    """A contact replies to the sequence they run in: that ends, and somebody has the reply to answer."""
    enrollment = running_anywhere(work, change.person)
    take_replies(work, "id = :id", id=enrollment["id"])
    return {"person": change.person, "sequence": enrollment["sequence"], "ended": "replied"}


def bounce(work: Work, change: Bounce) -> Result:
    """An email of the sequence that a contact runs in comes back: that ends."""
    enrollment = running_anywhere(work, change.person)
    end_enrollments(work, "id = :id", "bounced", id=enrollment["id"])
    return {"person": change.person, "sequence": enrollment["sequence"], "ended": "bounced"}


def opt_out(work: Work, change: OptOut) -> Result:
    """Bars every new enrollment and ends what runs (D1, H29). Nothing here takes an opt-out back."""
    person = named(work, "person", "person", change.person)
    return {"person": person["email"], "unenrolled": take_opt_outs(work, ":person", person=person["id"])}


def take_opt_outs(work: Work, people: str, **values: Any) -> int:
    """Opt these people out, a query of their keys; give how many enrollments end by it."""
    work.run(
        f"UPDATE person SET email_opt_out = TRUE, updated_at = :now WHERE id IN ({people}) AND NOT email_opt_out",
        **values,
    )
    return end_enrollments(work, f"person_id IN ({people})", "opted_out", **values)


def take_replies(work: Work, which: str, **values: Any) -> None:
    """End the running enrollments that a condition on `enrollment` names as replied; each reply waits for an answer.

    Such a task is no step of the sequence, so it goes with no enrollment: it stays open whatever becomes of those.
    """
    last = work.value("SELECT COALESCE(MAX(id), 0) FROM rep_task")
    work.run(
        "INSERT INTO rep_task (person_id, type, status, priority, sequence_id, mailbox_id, enrollment_id, due_at,"
        " created_at) SELECT person_id, 'REPLY_TO_EMAIL', 'READY', 'MEDIUM', sequence_id, mailbox_id, id, :now, :now"
        f" FROM enrollment WHERE {RUNNING_SQL} AND {which} ORDER BY id",
        **values,
    )
    assign_tasks(work, last)
    work.run("UPDATE rep_task SET enrollment_id = NULL WHERE id > :last", last=last)
    end_enrollments(work, which, "replied", **values)
