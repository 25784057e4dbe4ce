"""What happened to people since an instant each: enrollments that run, began or ended, as the vendor's API shows them.

An upgrade ends one enrollment and begins the next at the very instant, in a later version (C20): one row stands for
both, begun when the first began.
"""

from collections import defaultdict
from datetime import datetime

import pandas as pd

from platforms.port.people import HISTORY_COLUMNS
from platforms.sandbox.clock import seconds
from platforms.sandbox.lookup import named, stage
from platforms.sandbox.reading.fallen_out import CARRIED
from platforms.sandbox.reading.frames import frame, instants
from platforms.sandbox.store import Work

SHOWN = """
    SELECT p.email, s.name, m.email, y.name, e.version, e.started_at, e.ended_at, e.steps_done,
           CASE WHEN e.ended_at IS NULL THEN NULL WHEN e.end_reason IN ('mailbox_owner_changed', 'unenrolled',
               'upgraded') THEN 'canceled' ELSE e.end_reason END,
           COALESCE(z.paused, FALSE), CASE WHEN z.paused THEN z.until END
    FROM {people} a JOIN enrollment e ON e.person_id = a.person_id + 0 JOIN person p ON p.id = e.person_id
    JOIN sequence s ON s.id = e.sequence_id JOIN mailbox m ON m.id = e.mailbox_id
    LEFT JOIN play y ON y.id = e.play_id LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id"""
CARRIED_OVER = (
    """
    SELECT p.email, s.name AS sequence, e.started_at, e.ended_at FROM {people} a
    JOIN enrollment e ON e.person_id = a.person_id + 0 JOIN person p ON p.id = e.person_id
    JOIN sequence s ON s.id = e.sequence_id
    WHERE """
    + CARRIED
)
MEMBERS = "(SELECT person_id FROM audience_member WHERE audience_id = :audience) AS"
Place = tuple[str, str, int]
"""An address, a sequence, and when an enrollment ended (seconds)."""


def history(work: Work, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.history`."""
    stage(work, contacts["email"].unique().tolist())
    since = contacts["since"]
    earliest = 0 if since.isna().any() or since.empty else seconds(since.min().to_pydatetime())
    found = _since(work, "entrant", earliest)
    wanted = contacts[["email", "since"]].astype({"email": object}).assign(place=range(len(contacts)))
    out = wanted.merge(found, on="email").sort_values(["place", "started_at"], kind="stable")
    return _tidy(out[~(out["ended_at"] < out["since"])])


def history_of_audience(work: Work, name: str, since: datetime) -> pd.DataFrame:
    """See `Platform.history_of_audience`."""
    audience = named(work, "audience", "audience", name)["id"]
    found = _since(work, MEMBERS, seconds(since), audience=audience)
    return _tidy(found[~(found["ended_at"] < since)].assign(since=pd.Timestamp(since)))


def _since(work: Work, people: str, earliest: int, **values: int) -> pd.DataFrame:
    """What these people (a table or a query of person_id) had since, of whom each is in no order."""
    found = frame(
        work,
        f"{SHOWN.format(people=people)} WHERE (e.ended_at IS NULL OR e.ended_at >= :earliest)"
        f" AND NOT ({CARRIED}) ORDER BY e.started_at, e.id",
        [name for name in HISTORY_COLUMNS if name != "since"],
        earliest=earliest,
        **values,
    )
    return found.assign(started_at=_begun(work, found, people, **values))


def _tidy(found: pd.DataFrame) -> pd.DataFrame:
    found = found.reset_index(drop=True)
    return found.assign(paused=found["paused"].astype("boolean"), paused_until=instants(found["paused_until"]))[
        HISTORY_COLUMNS
    ]


def _begun(work: Work, found: pd.DataFrame, people: str, **values: int) -> "pd.Series[pd.Timestamp]":
    """When each of these enrollments began, or the first of those that an upgrade carried over to it."""
    before: dict[Place, list[int]] = defaultdict(list)
    if not work.value("SELECT 1 FROM sequence WHERE version > 1 LIMIT 1"):
        return found["started_at"]  # nobody was ever upgraded
    for row in work.rows(CARRIED_OVER.format(people=people), **values):
        before[row["email"], row["sequence"], row["ended_at"]].append(row["started_at"])
    begun = found["started_at"]
    if not before:
        return begun
    first = []
    for email, sequence, started in zip(found["email"], found["sequence"], begun, strict=True):
        at = seconds(started.to_pydatetime())
        while (earlier := min(before.get((email, sequence, at), ()), default=at)) < at:
            at = earlier
        first.append(at)
    return pd.to_datetime(pd.Series(first, index=found.index), unit="s", utc=True)
