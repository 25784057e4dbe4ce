"""Who fell out of sequences from a mailbox: the API tells no reason, so it is what is left when all others are ruled
out (R1, C20)."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pandas as pd

from platforms.unify.enrollment_documents import FINISHED, Enrolled
from platforms.unify.enrollments import Enrollments
from platforms.unify.frames import enrollment_frame, in_chunks, instants
from platforms.unify.history import History


def ends(enrollments: Enrollments, mailbox: str) -> pd.DataFrame:
    """See the port. Requests: as `fallen_out`."""
    found = pd.Series([one.ended_at for one in fallen_out(enrollments, mailbox).enrollments], dtype=object)
    counted = found.value_counts().sort_index()
    return pd.DataFrame({"ended_at": instants(counted.index), "enrollments": counted.to_numpy(dtype="int64")})


def cancelled(enrollments: Enrollments, mailbox: str, chunk: int) -> Iterator[pd.DataFrame]:
    """See the port. Requests: as `fallen_out`; the chunks are of what was read at once."""
    history = fallen_out(enrollments, mailbox)
    last: dict[str, Enrolled] = {}
    for one in sorted(history.enrollments, key=_in_time):
        last[one.person_id] = one
    for part in in_chunks(sorted(last.values(), key=_in_time), chunk):
        # What else they did would be asked of the API person by person, as `history` does.
        unknown: dict[str, Any] = {"alone": False, "paused": pd.NA, "paused_until": pd.NaT}
        yield enrollment_frame(history, part).assign(**unknown)


def _in_time(one: Enrolled) -> tuple[datetime, datetime, str]:
    at = one.ended_at or one.started_at
    assert at is not None  # who fell out has ended
    return at, one.started_at or at, one.id


def fallen_out(enrollments: Enrollments, mailbox: str) -> History:
    """The enrollments from a mailbox that people fell out of; read once a look.

    Requests: a query job of its enrollments and one of their steps, one for each sequence in which one ended as if
    completed, one for each hundred ended ones (which of them were excluded shows there alone), and a query job of what
    began when they ended, wherever it sends from. A mailbox that nobody left without a reason costs the first two.
    """
    return enrollments.looks.once(("fallen out", mailbox), lambda: _read(enrollments, mailbox))


def _read(enrollments: Enrollments, mailbox: str) -> History:
    from_it = {"mailbox": {"email_address": mailbox}}
    rows = list(enrollments.query(**from_it))
    unclear = {one.sequence_id for one in rows if not one.runs and not one.canceled}
    history = enrollments.history(rows, present_of=unclear, **from_it)
    candidates = [one for one in rows if history.plainly_ended(one)]
    if not candidates:
        return enrollments.history([])
    mailboxes = sorted({one.mailbox_id for one in candidates})  # one, unless an address was connected anew
    listed = (one for mailbox_id in mailboxes for one in enrollments.listed(mailbox_id=mailbox_id, status=[FINISHED]))
    excluded = {one.id for one in listed if one.excluded}
    candidates = [one for one in candidates if one.id not in excluded]
    begun = enrollments.begun_when_these_ended(candidates)
    whole = History(candidates, history.progress, history.present, begun)
    return History([one for one in candidates if whole.fell_out(one)], history.progress)
