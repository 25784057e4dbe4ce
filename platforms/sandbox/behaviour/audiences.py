"""Audiences, plays and sequences that people make: uploads and duplicates."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from models.changes import DuplicatePlay, DuplicateSequence, MakePlay, PublishPlay, UploadAudience
from models.errors import InvalidInput
from models.tables.workspace import AudienceRow, PlayMailboxRow, PlayRow
from platforms.sandbox.lookup import listed, named
from platforms.sandbox.store import Work

CHUNK = 50_000
TWICE = "an address is there twice"
ANYBODY = "SELECT 1 FROM person WHERE email = :email"


def upload_audience(work: Work, change: UploadAudience) -> dict[str, Any]:
    """An audience of the people in a CSV (column `email`). An address that nobody has refuses the whole (R4)."""
    refuse_taken(work, "audience", change.name)
    audience_id = work.add_one(AudienceRow, name=change.name)
    position = 0
    for emails in _addresses(Path(change.csv)):
        position += _add_members(work, audience_id, position, emails)
    different = work.value(
        "SELECT COUNT(DISTINCT person_id) FROM audience_member WHERE audience_id = :id", id=audience_id
    )
    if different < position:
        raise InvalidInput("csv", TWICE, "Nothing was uploaded")
    return {"audience": change.name, "people": position}


def _addresses(path: Path) -> Iterator[list[str]]:
    try:
        with pd.read_csv(path, usecols=["email"], dtype=str, keep_default_na=False, chunksize=CHUNK) as frames:
            for frame in frames:
                # A leading apostrophe keeps a spreadsheet from running the cell; it is no part of the address.
                yield [email.removeprefix("'").strip().lower() for email in frame["email"].to_numpy(dtype=object)]
    except (OSError, ValueError) as error:
        raise InvalidInput(
            "csv", f"{path} is no CSV with a column 'email' ({error})", "Nothing was uploaded"
        ) from error


def _add_members(work: Work, audience_id: int, position: int, emails: list[str]) -> int:
    """Add a chunk of members, in its order; give how many. Raises InvalidInput that names the first address that nobody
    has."""
    if len(set(emails)) < len(emails):
        raise InvalidInput("csv", TWICE, "Nothing was uploaded")
    added = work.run(
        "INSERT INTO audience_member (audience_id, position, person_id)"
        f" SELECT {audience_id}, {position} + j.key, p.id FROM {listed(work)} CROSS JOIN person p"
        " WHERE p.email = j.value ORDER BY j.key",
        listed=json.dumps(emails),
    )
    if added.rowcount < len(emails):
        nobodys = next(email for email in emails if not work.value(ANYBODY, email=email))
        raise InvalidInput("csv", f"nobody in the workspace has the address '{nobodys}'", "Nothing was uploaded")
    return len(emails)


def refuse_taken(work: Work, table: str, name: str) -> None:
    """Raise InvalidInput where the name is taken."""
    if work.value(f"SELECT 1 FROM {table} WHERE name = :name", name=name):
        raise InvalidInput(
            "name", f"there is already {'an' if table[0] in 'ae' else 'a'} {table} '{name}'", "Choose another name"
        )


def duplicate_play(work: Work, change: DuplicatePlay) -> dict[str, Any]:
    """A copy of a play on another audience, not published and never run: no cool-down, nobody seen (R5, R17)."""
    play = named(work, "play", "play", change.play)
    audience = named(work, "audience", "audience", change.audience)
    sequence_id = named(work, "sequence", "sequence", change.sequence)["id"] if change.sequence else play["sequence_id"]
    refuse_taken(work, "play", change.name)
    copy_id = work.add_one(
        PlayRow,
        name=change.name,
        audience_id=audience["id"],
        sequence_id=sequence_id,
        published=False,
        allow_reruns=bool(play["allow_reruns"]),
        rerun_cooldown_days=play["rerun_cooldown_days"],
    )
    mailboxes = [named(work, "mailbox", "mailboxes", email)["id"] for email in change.mailboxes] or [
        row["mailbox_id"]
        for row in work.rows("SELECT mailbox_id FROM play_mailbox WHERE play_id = :id ORDER BY position", id=play["id"])
    ]
    _send_from(work, copy_id, mailboxes)
    return {"play": change.name}


def make_play(work: Work, change: MakePlay) -> dict[str, Any]:
    """A new play of an audience into a sequence, not published, that may run again on the same people a day later."""
    audience = named(work, "audience", "audience", change.audience)
    sequence = named(work, "sequence", "sequence", change.sequence)
    mailboxes = [named(work, "mailbox", "mailboxes", email)["id"] for email in change.mailboxes]
    refuse_taken(work, "play", change.name)
    play_id = work.add_one(
        PlayRow,
        name=change.name,
        audience_id=audience["id"],
        sequence_id=sequence["id"],
        published=False,
        allow_reruns=True,
        rerun_cooldown_days=1,
    )
    _send_from(work, play_id, mailboxes)
    return {"play": change.name}


def _send_from(work: Work, play_id: int, mailboxes: list[int]) -> None:
    rows = [{"play_id": play_id, "position": at, "mailbox_id": mailbox} for at, mailbox in enumerate(mailboxes)]
    work.add(PlayMailboxRow, rows)


def publish_play(work: Work, change: PublishPlay) -> dict[str, Any]:
    """Publish a play, or take it back to a draft. Nobody is enrolled by that: a run does it, or an exclusion that
    comes off (R44)."""
    play = named(work, "play", "play", change.play)
    work.run("UPDATE play SET published = :published WHERE id = :id", published=change.published, id=play["id"])
    return {"play": play["name"], "published": change.published}


def duplicate_sequence(work: Work, change: DuplicateSequence) -> dict[str, Any]:
    """A copy of a sequence: nobody was ever in it, so everybody starts at step 1 (R10)."""
    source = named(work, "sequence", "sequence", change.sequence)
    refuse_taken(work, "sequence", change.name)
    work.run(
        "INSERT INTO sequence (name, ruleset_id, paused, version, task_assignment, send_days)"
        " SELECT :name, ruleset_id, paused, 1, task_assignment, send_days FROM sequence WHERE id = :id",
        name=change.name,
        id=source["id"],
    )
    work.run(
        "INSERT INTO sequence_step (sequence_id, version, number, type, wait_days)"
        " SELECT (SELECT id FROM sequence WHERE name = :name), 1, number, type, wait_days FROM sequence_step"
        " WHERE sequence_id = :id AND version = :present ORDER BY number",
        name=change.name,
        id=source["id"],
        present=source["version"],
    )
    return {"sequence": change.name}
