"""An operation's story, put together from what the journal holds. Nothing here writes, and no list is made of what an
operation has for each change or contact."""

import heapq
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, TypeVar

from sqlmodel import col, select

from journal import decisions, operations, waits
from journal.counted import counts
from journal.database import Journal
from models.setting_keys import shown
from models.setting_words import in_words
from models.story import MADE, NOT_KNOWN, REFUSED, Event, as_text
from models.tables.journal import (
    ChangeRow,
    DecisionRow,
    LoanHolderRow,
    LoanRow,
    OperationRow,
    OutcomeRow,
    QuestionRow,
    WaitRow,
)

R = TypeVar("R", ChangeRow, OutcomeRow)
Placed = tuple[tuple[datetime, int, int], Event]
"""An event and its place: when, which kind comes first at one time, and the number of its row. The order is total: at a
simulated clock many events have one time."""
PLANNED, ASKED, ANSWERED, BORROWED, WAITED, PROBED, CHANGED, LET_GO, GIVEN_BACK, READ_BACK, CONTACT, ENDED = range(12)
CHUNK = 5_000  # rows read at once
BY_NOBODY = ("found so", "another operation")  # what stands as `by` in results and names no person
_STATES = {"applied": MADE, "refused": REFUSED}


def events_of(journal: Journal, operation: OperationRow, *, contacts: bool = False) -> Iterator[Event]:
    """What happened in an operation, in order; with `contacts` also what became of each contact, once a live one ended.

    Without them the events of its parts are among its own; a part's contacts are only among the part's events. Outcomes
    have no time of their own in the journal: their events have that of the operation's end.
    """
    yield _begun(operation)
    few = sorted(
        [
            *_planned(journal, operation),
            *_asked(journal, operation),
            *map(_answered, decisions.of_operation(journal, operation.id)),
            *_lent(journal, operation),
            *_waited(journal, operation),
            *_ended(journal, operation),
        ],
        key=_place,
    )
    streams: list[Iterable[Placed]] = [few, _changes(journal, operation)]
    if contacts:
        streams.append(_contacts(journal, operation))
    else:
        streams += [_of_part(journal, part) for part in operations.parts_of(journal, operation.id)]
    for _, event in heapq.merge(*streams, key=_place):
        yield event


def _of_part(journal: Journal, part: OperationRow) -> Iterator[Placed]:
    """What happened in a part: what it asked, borrowed, waited for and changed. That it was begun, agreed to with the
    whole and ended is among the whole's events."""
    asked = [row for row in decisions.of_operation(journal, part.id) if row.shown is not None]
    few = sorted([*map(_answered, asked), *_lent(journal, part), *_waited(journal, part)], key=_place)
    return heapq.merge(few, _changes(journal, part), key=_place)


def _place(placed: Placed) -> tuple[datetime, int, int]:
    return placed[0]


def _begun(operation: OperationRow) -> Event:
    after = {
        "from": operation.started_from,
        "deployment": operation.deployment,
        "flow_run_id": operation.flow_run_id,
        "acting_user": operation.acting_user or None,
        "mode": operation.mode,
        "subject": operation.subject,
        "parameters": operation.parameters or {},
    }
    return Event("begun", operation.started_at, operation.started_by, after=after, recorded_at=operation.recorded_at)


def _planned(journal: Journal, operation: OperationRow) -> Iterator[Placed]:
    if operation.plan_hash is None:
        return
    shown_before = operation.told or {}
    after = {
        "plan": operation.plan_hash,
        "lines": shown_before.get("lines", []),
        "found": shown_before.get("found", ""),
        "rejected": shown_before.get("rejected", 0),
        "forecast": counts(journal, operation.id, "forecast"),
    }
    at = operation.planned_at  # an earlier release did not keep it
    yield (at or operation.started_at, PLANNED, 0), Event("planned", at, after=after)


def _asked(journal: Journal, operation: OperationRow) -> Iterator[Placed]:
    query = select(QuestionRow).where(QuestionRow.operation_id == operation.id).order_by(col(QuestionRow.id))
    with journal.session() as session:
        rows = session.exec(query).all()
    for row in rows:
        after = {"question": row.told, "sections": row.sections or [], "problem": row.problem, "by": row.answered_by}
        at = row.workspace_time
        place = at or operation.planned_at or operation.started_at
        event = Event("asked", at, after=after, about=row.question, state=row.state, recorded_at=row.asked_at)
        yield (place, ASKED, row.id or 0), event


def _answered(row: DecisionRow) -> Placed:
    answer = _answer_in(row.answer)
    what = "declined" if row.answer in ("no", "none") or answer.get("approved") == [] else "approved"
    after = {"plan": row.plan_hash, "shown": row.shown, **answer}
    event = Event(what, row.decided_at, row.decided_by, after=after, about=row.question)
    return (row.decided_at, ANSWERED, row.id or 0), event


def _answer_in(kept: str) -> dict[str, Any]:
    """The contacts that were approved, and why, where the answer says so; else the answer."""
    if not kept.startswith("{"):
        return {"answer": kept}
    found: dict[str, Any] = json.loads(kept)
    return found


def _lent(journal: Journal, operation: OperationRow) -> Iterator[Placed]:
    """What was borrowed, let go of, and given back, perhaps by others and later."""
    query = (
        select(LoanRow, LoanHolderRow)
        .join(LoanHolderRow, col(LoanHolderRow.loan_id) == col(LoanRow.id))
        .where(LoanHolderRow.operation_id == operation.id)
        .order_by(col(LoanRow.id))
    )
    with journal.session() as session:
        rows = session.exec(query).all()
    for loan, holder in rows:
        number, about = loan.id or 0, in_words(loan.setting)
        was, set_to = {str(loan.setting): shown(loan.was)}, {str(loan.setting): shown(loan.set_to)}
        joined = loan.opened_at < operation.started_at  # another operation had it out
        since = max(loan.opened_at, operation.started_at)
        yield (
            (since, BORROWED, number),
            Event(
                "borrowed",
                since,
                operation.acting_user or None,
                was,
                set_to,
                about,
                "joined" if joined else "taken",
                recorded_at=None if joined else loan.recorded_at,
            ),
        )
        if holder.released_at is not None:
            yield (holder.released_at, LET_GO, number), Event("let_go", holder.released_at, about=about)
        if loan.closed_at is not None:
            back = was if loan.state == "returned" else None  # else a person chose another, or nobody could read it
            event = Event("given_back", loan.closed_at, None, set_to, back, about, loan.state)
            yield (loan.closed_at, GIVEN_BACK, number), event


def _waited(journal: Journal, operation: OperationRow) -> Iterator[Placed]:
    for row in waits.of_operation(journal, operation.id):
        number = row.id or 0
        yield (row.since, WAITED, number), _wait(row)
        if row.ended_at is not None and row.proved_by == "probe":
            yield (row.ended_at, PROBED, number), Event("probed", row.ended_at, about=row.waits_for, state=row.ended)


def _wait(row: WaitRow) -> Event:
    after = {"probes": row.probes, "proved_by": row.proved_by, "latest": as_text(row.latest)}
    return Event("waited", row.since, after=after, about=row.waits_for, state=row.ended, until=row.ended_at)


def _changes(journal: Journal, operation: OperationRow) -> Iterator[Placed]:
    """Each change that was written down, in the order in which that was done."""
    for row in _in_chunks(journal, ChangeRow, ChangeRow.operation_id == operation.id):
        yield (row.intended_at, CHANGED, row.id or 0), _change(row, operation)


def _change(row: ChangeRow, operation: OperationRow) -> Event:
    result = row.result or {}
    by = result.get("by")
    who = (by if by not in BY_NOBODY else None) if by else operation.acting_user or None
    made = row.state == "applied"
    after = {**((row.document or {}) if made else {}), **({"result": result} if result else {})}
    return Event(
        row.action,
        row.intended_at,
        who,
        row.before,
        after or None,
        row.told,
        _STATES.get(row.state, NOT_KNOWN),
        row.applied_at,
    )


def _ended(journal: Journal, operation: OperationRow) -> Iterator[Placed]:
    if operation.ended_at is None:
        return
    found = counts(journal, operation.id, "outcome") if operation.mode == "live" else {}
    if found:
        yield (operation.ended_at, READ_BACK, 0), Event("read_back", operation.ended_at, after={"outcomes": found})
    after = {"next": operation.next or [], "failure": operation.failure, "attempt": operation.attempt}
    event = Event(
        "ended",
        operation.ended_at,
        after=after,
        state=operation.status,
        recorded_at=operation.recorded_end_at,
    )
    yield (operation.ended_at, ENDED, 0), event


def _contacts(journal: Journal, operation: OperationRow) -> Iterator[Placed]:
    """What became of each contact of a live operation that has ended."""
    ended = operation.ended_at
    if ended is None or operation.mode != "live":
        return
    known = col(OutcomeRow.outcome).is_not(None)
    for row in _in_chunks(journal, OutcomeRow, OutcomeRow.operation_id == operation.id, known):
        yield (ended, CONTACT, row.id or 0), _contact(row, ended)


def _in_chunks(journal: Journal, kind: type[R], *conditions: Any) -> Iterator[R]:
    """The rows of a table for which the conditions hold, by their numbers."""
    after = 0
    while True:
        query = select(kind).where(*conditions, col(kind.id) > after).order_by(col(kind.id)).limit(CHUNK)
        with journal.session() as session:
            rows = session.exec(query).all()
        yield from rows
        if len(rows) < CHUNK:
            return
        after = rows[-1].id or 0


def _contact(row: OutcomeRow, at: datetime) -> Event:
    after = {
        "forecast": row.forecast,
        "reasons": list(row.reasons.each),
        "sequence": row.sequence,
        "mailbox": row.mailbox,
        "play": row.play,
        "step": row.step,
        "item": row.item or None,
        "detail": row.detail,
    }
    return Event("contact", at, before=row.before, after=after, about=row.email, state=row.outcome)
