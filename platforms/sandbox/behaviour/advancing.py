"""What happens by itself while the clock moves: sequences advance, changed settings come to act.

Emails leave on the hour between 9:00 and 16:00 UTC on a sequence's send days, within each mailbox's limit over
the last 24 hours (D11, H26), first due first (H25). A manual step becomes a task for a person when it is due;
the sandbox's people complete their tasks a day later, since a sequence would otherwise stand still there.
"""

from typing import Any

from sqlalchemy import text

from models.tables.workspace import RepTaskRow
from platforms.sandbox.behaviour.assignment import assign_tasks
from platforms.sandbox.behaviour.life import expect_answers, next_answer, take_answers
from platforms.sandbox.behaviour.pausing import next_return, resume_who_is_back
from platforms.sandbox.behaviour.removing import bring_about, in_force, remove_who_started_to_match
from platforms.sandbox.clock import moment
from platforms.sandbox.store import Work

HOUR, DAY = 3_600, 86_400
WINDOW = range(9, 17)
EVERYTHING = 10**9
WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
TASK_OF_STEP = {
    "MANUAL_EMAIL": "EMAIL",
    "MANUAL_LINKEDIN_PROFILE_VIEW": "LINKEDIN_VIEW_PROFILE",
    "MANUAL_LINKEDIN_CONNECTION": "LINKEDIN_SEND_CONNECTION_REQUEST",
    "MANUAL_LINKEDIN_MESSAGE": "LINKEDIN_SEND_MESSAGE",
}


def catch_up(work: Work, to: int) -> None:
    """Bring the workspace from `work.now` to the instant `to`, event by event."""
    hour = _next_hour_with_work(work, to)
    while True:
        answer = next_answer(work) or to + 1
        others = min(_next_setting(work, to), next_return(work) or to + 1, hour)
        at = min(answer, others)
        if at > to:
            break
        _advance_to(work, at)
        resume_who_is_back(work)
        take_answers(work)
        if at == others:  # answers alone leave nobody due any sooner, and to look costs a look at all that runs
            if at % HOUR == 0 and moment(at).hour in WINDOW:
                _advance_sequences(work)
            hour = _next_hour_with_work(work, to)
    work.now = to


def _next_setting(work: Work, to: int) -> int:
    found = work.value("SELECT MIN(takes_effect_at) FROM pending_setting")
    return max(int(found), work.now) if found is not None else to + 1


def _next_hour_with_work(work: Work, to: int) -> int:
    due = work.value(
        "SELECT MIN(next_step_at) FROM enrollment WHERE state IN ('queued', 'active') AND next_step_at <= :until"
        " AND sequence_id NOT IN (SELECT id FROM sequence WHERE paused)"
        " AND mailbox_id NOT IN (SELECT id FROM mailbox WHERE paused) AND id NOT IN (SELECT z.enrollment_id"
        " FROM enrollment_pause z WHERE z.paused)",
        until=to,
    )
    if due is None:
        return to + 1
    hour = max((work.now // HOUR + 1) * HOUR, -(-int(due) // HOUR) * HOUR)
    while moment(hour).hour not in WINDOW:
        hour += HOUR
    return hour


def _advance_to(work: Work, at: int) -> None:
    """Move to the instant `at` and forget the pending settings that act by then, with what follows of exclusions."""
    exclusions_change = work.value(
        "SELECT 1 FROM pending_setting WHERE takes_effect_at <= :at AND setting LIKE '%exclusion%'", at=at
    )
    before = in_force(work) if exclusions_change else None
    work.now = at
    work.run("DELETE FROM pending_setting WHERE takes_effect_at <= :now")
    if before is not None:
        bring_about(work, before)


def _advance_sequences(work: Work) -> None:
    _send_emails(work)
    _start_tasks(work)
    _complete_tasks(work)
    expect_answers(work, "s.at = :now")


def _due(work: Work, extra: str, limit: int, **values: object) -> list[dict[str, Any]]:
    """Enrollments whose next step is due on a send day, in the order they became due."""
    day = WEEK[moment(work.now).weekday()]
    return work.rows(
        "SELECT e.id, e.person_id, e.sequence_id, e.mailbox_id, t.type, t.number"
        " FROM enrollment e JOIN sequence q ON q.id = e.sequence_id AND NOT q.paused"
        " JOIN mailbox m ON m.id = e.mailbox_id AND NOT m.paused"
        " JOIN enrollment_step t ON t.enrollment_id = e.id AND t.number = e.steps_done + 1"
        f" WHERE e.state IN ('queued', 'active') AND e.next_step_at <= :now AND {extra}"
        " AND CAST(q.send_days AS TEXT) LIKE :day"
        " AND e.id NOT IN (SELECT z.enrollment_id FROM enrollment_pause z WHERE z.paused)"
        " ORDER BY e.next_step_at, e.id LIMIT :limit",
        day=f"%{day}%",
        limit=limit,
        **values,
    )


def _send_emails(work: Work) -> None:
    for mailbox in work.rows("SELECT id, daily_limit FROM mailbox WHERE NOT paused ORDER BY id"):
        sent = work.value(
            "SELECT COUNT(*) FROM enrollment_step s JOIN enrollment e ON e.id = s.enrollment_id"
            " WHERE s.status = 'FINISHED' AND s.type IN ('AUTOMATIC_EMAIL', 'MANUAL_EMAIL')"
            " AND s.at > :since AND e.mailbox_id = :mailbox",
            since=work.now - DAY,
            mailbox=mailbox["id"],
        )
        if (room := mailbox["daily_limit"] - sent) > 0:
            due = _due(work, "t.type = 'AUTOMATIC_EMAIL' AND e.mailbox_id = :mailbox", room, mailbox=mailbox["id"])
            _finish_step(work, due)


def _start_tasks(work: Work) -> None:
    due = _due(work, "t.type <> 'AUTOMATIC_EMAIL' AND t.status = 'SCHEDULED'", EVERYTHING)
    last = work.value("SELECT COALESCE(MAX(id), 0) FROM rep_task")
    work.add(
        RepTaskRow,
        [
            {
                "person_id": row["person_id"],
                "type": TASK_OF_STEP.get(row["type"], row["type"]),
                "status": "READY",
                "sequence_id": row["sequence_id"],
                "mailbox_id": row["mailbox_id"],
                "enrollment_id": row["id"],
                "due_at": work.now,
                "ended_at": None,
                "created_at": work.now,
            }
            for row in due
        ],
    )
    assign_tasks(work, last)
    _update_each(
        work,
        "UPDATE enrollment_step SET status = 'PENDING', derived = FALSE WHERE enrollment_id = :id AND number = :number",
        due,
    )
    _update_each(
        work,
        "UPDATE enrollment SET next_step_at = :done_at WHERE id = :id",
        [row | {"done_at": work.now + DAY} for row in due],
    )


def complete_task_of_step(work: Work, enrollment_id: int) -> None:
    """A person did the step that an enrollment waits for: it goes on, where it runs."""
    done = work.rows(
        "SELECT e.id, s.number FROM enrollment e JOIN enrollment_step s ON s.enrollment_id = e.id"
        " AND s.number = e.steps_done + 1 WHERE e.id = :id AND e.state IN ('queued', 'active')"
        " AND s.status = 'PENDING'",
        id=enrollment_id,
    )
    _finish_step(work, done)
    for step in done:
        expect_answers(work, "s.enrollment_id = :id AND s.number = :number", **step)


def _complete_tasks(work: Work) -> None:
    due = _due(work, "t.type <> 'AUTOMATIC_EMAIL' AND t.status = 'PENDING'", EVERYTHING)
    _update_each(
        work,
        "UPDATE rep_task SET status = 'COMPLETED', ended_at = :at"
        " WHERE enrollment_id = :id AND status IN ('READY', 'NOT_READY')",
        [row | {"at": work.now} for row in due],
    )
    _finish_step(work, due)


def _finish_step(work: Work, due: list[dict[str, Any]]) -> None:
    """Mark these enrollments' steps done; schedule the next one, or end the enrollment after its last."""
    if not due:
        return
    rows = [{"id": row["id"], "number": row["number"], "at": work.now} for row in due]
    _update_each(
        work,
        "UPDATE enrollment_step SET status = 'FINISHED', at = :at, derived = FALSE"
        " WHERE enrollment_id = :id AND number = :number",
        rows,
    )
    _update_each(
        work,
        "INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived)"
        " SELECT e.id, t.number, t.type, 'SCHEDULED', :at + t.wait_days * 86400, FALSE FROM enrollment e"
        " JOIN sequence_step t ON t.sequence_id = e.sequence_id AND t.version = e.version AND t.number = :number + 1"
        " WHERE e.id = :id",
        rows,
    )
    _update_each(
        work,
        "UPDATE enrollment SET state = 'active', steps_done = :number, next_step_at ="
        " (SELECT s.at FROM enrollment_step s WHERE s.enrollment_id = :id AND s.number = :number + 1) WHERE id = :id",
        rows,
    )
    _update_each(
        work,
        "UPDATE enrollment SET state = 'finished', ended_at = :at, end_reason = 'completed'"
        " WHERE id = :id AND next_step_at IS NULL",
        rows,
    )
    remove_who_started_to_match(work)


def _update_each(work: Work, sql: str, rows: list[dict[str, Any]]) -> None:
    if rows:
        wanted = [{name: value for name, value in row.items() if f":{name}" in sql} for row in rows]
        work.connection.execute(text(sql), wanted)
