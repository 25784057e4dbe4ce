"""Enrolling and unenrolling many people by hand in one go: the same refusals and statements as for one."""

import pandas as pd

from models.tables.workspace.columns import RUNNING_SQL
from platforms.sandbox.behaviour.enrolling import end_enrollments, enroll_by_hand
from platforms.sandbox.behaviour.pausing import pause
from platforms.sandbox.lookup import named, sequence_by_name, stage
from platforms.sandbox.store import Work


def enroll_directly(work: Work, contacts: pd.DataFrame) -> pd.DataFrame:
    """See `Platform.enroll`: columns `email, sequence, mailbox` in; `email, reason, step` out, in this order."""
    mailboxes = {email: named(work, "mailbox", "mailbox", email)["id"] for email in contacts["mailbox"].unique()}
    stage(work, contacts["email"].tolist())
    people = {
        row["email"]: row["id"]
        for row in work.rows("SELECT p.id, p.email FROM entrant a JOIN person p ON p.id = a.person_id + 0")
    }
    verdicts: dict[str, tuple[str | None, int]] = {}
    for sequence, group in contacts.groupby("sequence", sort=False):
        entrants = [
            {"person_id": people[email], "mailbox_id": mailboxes[mailbox]}
            for email, mailbox in zip(group["email"], group["mailbox"], strict=True)
            if email in people
        ]
        by_id = {entrant["person_id"]: None for entrant in entrants}
        found = {row["person_id"]: row for row in enroll_by_hand(work, str(sequence), entrants)}
        for email in group["email"]:
            row = found.get(people.get(email, 0)) if people.get(email) in by_id else None
            verdicts[email] = (row["reason"], row["resume_after"] + 1) if row else ("unknown_contact", 0)
        _pause(work, group, verdicts)
    verdict_rows = [(email, *verdicts[email]) for email in contacts["email"]]
    return pd.DataFrame(verdict_rows, columns=["email", "reason", "step"], dtype=object).astype({"step": "int64"})


def _pause(work: Work, group: pd.DataFrame, verdicts: dict[str, tuple[str | None, int]]) -> None:
    """Pause those who were enrolled just now and are to begin so."""
    if "paused" in group:
        enrolled = group["paused"].eq(True) & group["email"].map(lambda email: verdicts[email][0] is None)
        if enrolled.any():
            pause_directly(work, group[enrolled])


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
