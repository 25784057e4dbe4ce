"""What happened to people since an instant each, as Unify shows it (see `Platform.history`)."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from platforms.port.people import HISTORY_COLUMNS
from platforms.unify.directory import Directory
from platforms.unify.enrollment_documents import Enrolled
from platforms.unify.enrollments import Enrollments
from platforms.unify.frames import framed, instants
from platforms.unify.history import History, by_person

_LAST = datetime.max.replace(tzinfo=UTC)  # a draft has not begun


def history(directory: Directory, enrollments: Enrollments, contacts: pd.DataFrame) -> pd.DataFrame:
    """See the port. That an enrollment which has ended is paused means that it was when it ended; until when is not
    known.

    Requests: for few people two each and, where something is reported of any, up to three query jobs; for many two
    query jobs, and a third where something is reported of any; one for each sequence in which one of them ended neither
    canceled nor for a reason that shows; and, for many with a cancellation among them, one for each hundred enrollments
    that ended since.
    """
    ids = directory.person_ids(contacts["email"])
    everything = enrollments.of_people(list(ids.values()))
    touched = _since(by_person(everything), ids, contacts)
    concerned = {one.person_id for _, _, found in touched for one in found}
    everything = [one for one in everything if one.person_id in concerned]  # nobody asks how far the others came
    unclear = [one for _, _, found in touched for one in found if not (one.runs or one.opted_out or _answered(one))]
    excluded = enrollments.excluded_of(unclear)
    through = [one.sequence_id for one in unclear if not one.canceled and one.id not in excluded]
    whole = enrollments.history(everything, present_of=through)
    rows = [row for email, since, found in touched for row in _rows(whole, excluded, email, since, found)]
    out = framed(rows, HISTORY_COLUMNS, paused="boolean", version="Int64")
    return out.assign(since=instants(out["since"]), paused_until=instants(out["paused_until"]))


def _since(
    theirs: dict[str, list[Enrolled]], ids: dict[str, str], contacts: pd.DataFrame
) -> list[tuple[str, Any, list[Enrolled]]]:
    """Each contact, its instant, and the enrollments that run or ended at or after it; NaT is before everything."""
    return [
        (
            email,
            since,
            [one for one in theirs.get(ids.get(email, ""), ()) if one.ended_at is None or not one.ended_at < since],
        )
        for email, since in zip(contacts["email"], contacts["since"], strict=True)
    ]


def _answered(one: Enrolled) -> bool:
    return one.replied or one.bounced


def _rows(
    whole: History, excluded: set[str], email: str, since: Any, touched: list[Enrolled]
) -> Iterator[tuple[Any, ...]]:
    """A row for each way through a sequence, by start: what an upgrade carried over is in its successor's."""
    found = [(whole.begun_at(one), one) for one in touched if not whole.upgraded(one)]
    for begun, one in sorted(found, key=lambda pair: pair[0] or _LAST):
        end = "excluded" if one.id in excluded else whole.end(one)
        yield (
            email,
            since,
            one.sequence,
            one.mailbox,
            one.play,
            whole.version(one),
            begun,
            one.ended_at,
            whole.steps_done(one),
            end,
            one.paused,
            None,
        )
