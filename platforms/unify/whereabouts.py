"""Who is where: running enrollments, last ones, places in a sequence, and the facts that the rules need."""

from collections.abc import Iterator, Sequence
from typing import Any

import pandas as pd

from platforms.port.enrollments import ENROLLMENT_COLUMNS, PLACE_COLUMNS, RUNNING_COLUMNS
from platforms.port.people import FACT_COLUMNS
from platforms.unify.directory import Directory, ruleset_of, sequence_named
from platforms.unify.enrollment_documents import Enrolled
from platforms.unify.enrollments import Enrollments
from platforms.unify.frames import enrollment_frame, framed, in_chunks, instants
from platforms.unify.history import History, Standing, by_person, latest, standing
from platforms.unify.people import flags
from platforms.unify.sequence_documents import SequenceShown
from platforms.unify.wire import Wire

INSTANTS = ("running_since", "last_ended", "last_started_here")


def running(
    directory: Directory,
    enrollments: Enrollments,
    chunk: int,
    sequence: str | None,
    mailbox: str | None = None,
    emails: Sequence[str] | None = None,
) -> Iterator[pd.DataFrame]:
    """See the port; a draft that awaits its approval is queued. When a step is due is worked out by the timers. From a
    mailbox that does not show, nothing runs, whether it is idle or there is none.

    Requests: a query job of enrollments, ended ones too, since an upgrade shows by those (C20), and one of their steps;
    one for each sequence, and one for each hundred of them where one is named.
    """
    narrowed: dict[str, Any] = {}
    if sequence is not None:
        narrowed["sequence"] = {"id": sequence_named(directory.sequences(), sequence).id}
    if mailbox is not None:
        narrowed["mailbox"] = {"email_address": mailbox}
    read, these = list(enrollments.query(**narrowed)), None if emails is None else set(emails)
    found = [one for one in read if one.runs and (these is None or one.email in these)]
    there = {(one.person_id, one.sequence_id) for one in found}
    before = [one for one in read if not one.runs and (one.person_id, one.sequence_id) in there]
    history = enrollments.history(found + before, present_of=[one.sequence_id for one in found], **narrowed)
    for part in in_chunks(found, chunk):
        rows = [_as_running(one, history) for one in part]
        yield framed(rows, RUNNING_COLUMNS, version="Int64", paused=bool)


def _as_running(one: Enrolled, history: History) -> tuple[Any, ...]:
    """An enrollment as RUNNING_COLUMNS."""
    return (
        one.email,
        one.sequence,
        one.mailbox,
        one.play,
        "queued" if history.queued(one) else "active",
        history.steps_done(one),
        history.version(one),
        one.started_at,
        history.due_at(one),
        one.paused,
    )


def awaiting_approval(directory: Directory, enrollments: Enrollments, sequences: list[str]) -> list[str]:
    """See the port. Requests: one for each hundred sequences, and one for each that is named."""
    shown = [one for one in directory.sequences() if one.name in sequences] if sequences else []
    waiting = {one.name for one in shown if enrollments.has_drafts(one.id)}
    return [name for name in sequences if name in waiting]


def last_enrollments(
    directory: Directory, enrollments: Enrollments, emails: list[str], sequence: str | None
) -> pd.DataFrame:
    """See the port. Requests: for few people two each and up to three query jobs; for many three query jobs."""
    ids = directory.person_ids(emails)
    there = sequence_named(directory.sequences(), sequence).id if sequence else None
    people = by_person(enrollments.of_people(list(ids.values()), there))
    found = [last for person_id in ids.values() if (last := latest(people.get(person_id, ()))) is not None]
    if not found:
        return framed([], ENROLLMENT_COLUMNS)
    return enrollment_frame(enrollments.history(found, **({"sequence": {"id": there}} if there else {})), found)


def places(directory: Directory, enrollments: Enrollments, emails: list[str], sequence: str) -> pd.DataFrame:
    """See the port; when the step is due is worked out by the timers. Requests: as `last_enrollments`, and one; a step
    job only if somebody runs there."""
    there = sequence_named(directory.sequences(), sequence).id
    ids = directory.person_ids(emails)
    runs = enrollments.running_of(list(ids.values()), there)
    history = enrollments.history(runs, present_of=[one.sequence_id for one in runs], sequence={"id": there})
    rows = [(one.email, one.mailbox, history.steps_done(one) + 1, history.due_at(one), one.paused) for one in runs]
    return framed(rows, PLACE_COLUMNS, paused=bool)


def facts(wire: Wire, directory: Directory, enrollments: Enrollments, contacts: pd.DataFrame) -> pd.DataFrame:
    """See the port; `excluded_by` is None, since exclusions are hidden.

    Requests: one for each hundred sequences and one for each sequence wanted; for few people two each and up to
    three query jobs, for many three query jobs.
    """
    found = directory.sequences()
    wanted = {str(name): sequence_named(found, str(name)) for name in contacts["sequence"].unique()}
    people = flags(wire, contacts["email"].unique().tolist(), directory.few)
    directory.keep({email: person.id for email, person in people.items()})
    enrolled = enrollments.of_people([person.id for person in people.values()])
    history = enrollments.history(enrolled, present_of=[one.id for one in wanted.values()])
    theirs, by_id = by_person(enrolled), {one.id: one for one in found}
    rows: list[tuple[Any, ...]] = []
    for email, name in zip(contacts["email"], contacts["sequence"], strict=True):
        sequence, person = wanted[str(name)], people.get(email)
        if person is None:
            rows.append((email, name, None, False, *[None] * 14))
            continue
        current = standing(history, theirs.get(person.id, []), sequence.id)
        rows.append(
            (
                email,
                name,
                _ruleset(found, sequence),
                True,
                person.opted_out,
                person.do_not_email,
                *_facts_of(current, found, by_id.get(current.running_in or "")),
                sequence.paused,
                None,
                current.last_end,
            )
        )
    out = pd.DataFrame(rows, columns=FACT_COLUMNS, dtype=object).astype({"known": bool})
    return out.assign(**{name: instants(out[name]) for name in INSTANTS})


def _facts_of(current: Standing, found: list[SequenceShown], runs_in: SequenceShown | None) -> tuple[Any, ...]:
    """The columns from `running_in` to `last_started_here`."""
    return (
        runs_in.name if runs_in else current.running_in,
        current.running_since,
        _ruleset(found, runs_in) if runs_in else None,
        current.completed_a_step,
        current.been_here,
        current.last_ended,
        current.resumes_after,
        current.no_step_left,
        current.last_started_here,
    )


def _ruleset(found: list[SequenceShown], sequence: SequenceShown) -> str | None:
    ruleset = ruleset_of(found, sequence)
    return ruleset.name if ruleset else None
