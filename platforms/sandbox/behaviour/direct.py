"""Enrolling and unenrolling many people by hand in one go: the same refusals and statements as for one."""

import pandas as pd

from models.tables.workspace.columns import RUNNING_SQL
from platforms.sandbox.behaviour.enrolling import end_enrollments, enroll_by_hand
from platforms.sandbox.behaviour.pausing import pause
from platforms.sandbox.lookup import named, sequence_by_name, stage
from platforms.sandbox.store import Work

STAGED = "SELECT p.email, p.id FROM entrant a JOIN person p ON p.id = a.person_id + 0"
UNKNOWN = ("unknown_contact", 0)


def enroll_directly(work: Work, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.enroll`: columns `email, sequence, mailbox` in; `email, reason, step` out, in this order."""
    mailboxes = {email: named(work, "mailbox", "mailbox", email)["id"] for email in contacts["mailbox"].unique()}
    parts = [
        _enroll_into(work, str(sequence), group, mailboxes)
        for sequence, group in contacts.groupby("sequence", sort=False)
    ]
    empty = pd.DataFrame(columns=["reason", "step"], dtype=object)
    found = pd.concat(parts).reindex(contacts.index) if parts else empty
    verdicts = pd.DataFrame(
        {"email": contacts["email"].to_numpy(dtype=object), "reason": found["reason"].to_numpy()}, dtype=object
    )
    return verdicts.assign(step=found["step"].to_numpy().astype("int64"))


def _enroll_into(work: Work, sequence: str, group: pd.DataFrame, mailboxes: dict[str, int]) -> pd.DataFrame:
    """Enroll people into one sequence: columns `reason, step`, with the index of `group`."""
    stage(work, group["email"].tolist())
    people = {row["email"]: row["id"] for row in work.rows(STAGED)}
    ids = [people.get(email) for email in group["email"].to_numpy(dtype=object)]
    entrants = [
        {"person_id": person, "mailbox_id": mailboxes[mailbox]}
        for person, mailbox in zip(ids, group["mailbox"].to_numpy(dtype=object), strict=True)
        if person is not None
    ]
    of_person = {
        row["person_id"]: (row["reason"], row["resume_after"] + 1) for row in enroll_by_hand(work, sequence, entrants)
    }
    verdicts = [UNKNOWN if person is None else of_person[person] for person in ids]
    found = pd.DataFrame(verdicts, columns=["reason", "step"], index=group.index, dtype=object)
    if "paused" in group:
        _pause(work, group[group["paused"].eq(True) & found["reason"].isna()])
    return found


def _pause(work: Work, enrolled: pd.DataFrame) -> None:
    """Pause those who were enrolled just now and are to begin so."""
    if len(enrolled):
        pause_directly(work, enrolled)


def pause_directly(work: Work, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.pause`: columns `email, sequence` in; `email, paused` out, in this order."""
    paused: set[tuple[str, object]] = set()
    for name, group in contacts.groupby("sequence", sort=False):
        sequence = sequence_by_name(work, str(name))["id"]
        stage(work, list(group["email"].unique()))
        which = "sequence_id = :sequence AND person_id IN (SELECT a.person_id FROM entrant a)"
        pause(work, which, sequence=sequence)
        found = work.run(
            f"SELECT p.email FROM enrollment JOIN person p ON p.id = person_id WHERE {RUNNING_SQL} AND {which}",
            sequence=sequence,
        )
        paused |= {(email, name) for (email,) in found}
    work.run("DELETE FROM entrant")
    now = [pair in paused for pair in zip(contacts["email"], contacts["sequence"], strict=True)]
    return pd.DataFrame({"email": contacts["email"].to_numpy(), "paused": pd.Series(now, dtype=bool)})


def unenroll_directly(work: Work, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.unenroll`: columns `email, sequence` in; `email, ended` out, in this order."""
    ended: set[tuple[str, object]] = set()
    for name, group in contacts.groupby("sequence", sort=False):
        stage(work, list(group["email"].unique()))
        which = "sequence_id = :sequence AND person_id IN (SELECT a.person_id FROM entrant a)"
        sequence = sequence_by_name(work, str(name))["id"]
        found = work.run(
            "SELECT p.email FROM enrollment JOIN person p ON p.id = person_id"
            f" WHERE state IN ('queued', 'active') AND {which}",
            sequence=sequence,
        )
        ended |= {(email, name) for (email,) in found}
        end_enrollments(work, which, "unenrolled", sequence=sequence)
    work.run("DELETE FROM entrant")
    flags = [pair in ended for pair in zip(contacts["email"], contacts["sequence"], strict=True)]
    return pd.DataFrame({"email": contacts["email"].to_numpy(), "ended": pd.Series(flags, dtype=bool)})
