"""The email backlog: a sequence's queued enrollments moved from one mailbox to others (R73 to R75)."""

from typing import Any

from models.changes import ReassignQueued
from models.errors import InvalidInput, Refused
from platforms.sandbox.behaviour.enrolling import end_enrollments
from platforms.sandbox.lookup import behaviour_of, named, sequence_by_name
from platforms.sandbox.store import Work


def reassign_queued(work: Work, change: ReassignQueued) -> dict[str, Any]:
    """Queued enrollments get other mailboxes by turns, in the order of the queue; nothing past step one moves (R75).

    Under conflict C6 `keeps_id` they keep their place; under `cancels` they are cancelled, and a person has to enroll
    them again. A paused target is refused with `mailbox_unavailable`.
    """
    sequence = sequence_by_name(work, change.sequence)
    source = named(work, "mailbox", "from_mailbox", change.from_mailbox)
    targets = [named(work, "mailbox", "to_mailboxes", email) for email in change.to_mailboxes]
    if source["id"] in {target["id"] for target in targets}:
        raise InvalidInput("to_mailboxes", f"{source['email']} is where they are", "Name other mailboxes")
    if paused := [target["email"] for target in targets if target["paused"]]:
        raise Refused("mailbox_unavailable", f"{', '.join(paused)} is paused", "Nothing was changed: name others")
    which = "sequence_id = :sequence AND mailbox_id = :mailbox AND state = 'queued'"
    place: dict[str, int] = {"sequence": sequence["id"], "mailbox": source["id"]}
    found = int(work.value(f"SELECT COUNT(*) FROM enrollment WHERE state IN ('queued', 'active') AND {which}", **place))
    if behaviour_of(work).C6 == "cancels":
        end_enrollments(work, which, "unenrolled", sequence=sequence["id"], mailbox=source["id"])
        return {"sequence": sequence["name"], "reassigned": 0, "cancelled": found}
    cases = " ".join(f"WHEN {turn} THEN {target['id']}" for turn, target in enumerate(targets))
    work.run(
        f"UPDATE enrollment SET mailbox_id = CASE q.turn % {len(targets)} {cases} END FROM (SELECT id AS moving,"
        " ROW_NUMBER() OVER (ORDER BY next_step_at, id) - 1 AS turn FROM enrollment"
        f" WHERE state IN ('queued', 'active') AND {which}) AS q WHERE q.moving = enrollment.id",
        **place,
    )
    _take_tasks_along(work, place)
    return {"sequence": sequence["name"], "reassigned": found}


def _take_tasks_along(work: Work, place: dict[str, int]) -> None:
    """The emails of open tasks leave from where their enrollment now sends from."""
    work.run(
        "UPDATE rep_task SET mailbox_id = (SELECT e.mailbox_id FROM enrollment e WHERE e.id = rep_task.enrollment_id)"
        " WHERE status IN ('NOT_READY', 'READY') AND mailbox_id = :mailbox AND enrollment_id IN (SELECT id"
        " FROM enrollment WHERE state = 'queued' AND sequence_id = :sequence AND mailbox_id <> :mailbox)",
        **place,
    )
