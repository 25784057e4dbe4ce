"""What the port observes of plays, their audiences and their runs."""

import pandas as pd

from models.names import NONE
from platforms.port.plays import ENTRANT_COLUMNS, PLAY_COLUMNS, PLAY_LOG_COLUMNS
from platforms.sandbox.behaviour.propagation import acting_audience_exclusions
from platforms.sandbox.lookup import named, stage
from platforms.sandbox.reading.exclusions import exclusions_of_staged
from platforms.sandbox.reading.frames import frame
from platforms.sandbox.store import Work


def plays(work: Work) -> pd.DataFrame:
    """The plays, when they last ran, and the mailboxes that they send from (see the port)."""
    found = frame(
        work,
        "SELECT y.name, a.name, s.name, y.published, y.allow_reruns,"
        " (SELECT MAX(r.ran_at) FROM play_run r WHERE r.play_id = y.id), y.rerun_cooldown_days FROM play y"
        " JOIN sequence s ON s.id = y.sequence_id LEFT JOIN audience a ON a.id = y.audience_id"
        " WHERE NOT y.deleted ORDER BY y.id",
        PLAY_COLUMNS[:-1],
    ).astype({"published": bool, "allow_reruns": bool})
    return found.assign(mailboxes=found["play"].map(_play_mailboxes(work)))


def _play_mailboxes(work: Work) -> dict[str, tuple[str, ...]]:
    """Each play's mailboxes, in the order of its turns."""
    found: dict[str, tuple[str, ...]] = {row["name"]: () for row in work.rows("SELECT name FROM play")}
    for row in work.rows(
        "SELECT y.name, m.email FROM play_mailbox pm JOIN play y ON y.id = pm.play_id"
        " JOIN mailbox m ON m.id = pm.mailbox_id ORDER BY pm.play_id, pm.position"
    ):
        found[row["name"]] += (row["email"],)
    return found


def audience(work: Work, name: str) -> list[str]:
    """The addresses of an audience's people, in its order."""
    found = named(work, "audience", "audience", name)
    rows = work.run(
        "SELECT p.email FROM audience_member a JOIN person p ON p.id = a.person_id WHERE a.audience_id = :id"
        " ORDER BY a.position",
        id=found["id"],
    )
    return [row[0] for row in rows]


def audience_size(work: Work, name: str) -> int | None:
    """How many people an audience has; None where there is no such audience."""
    found: int | None = work.value(
        "SELECT (SELECT COUNT(*) FROM audience_member m WHERE m.audience_id = a.id) FROM audience a"
        " WHERE a.name = :name",
        name=name,
    )
    return found


def entrants(work: Work, play: str) -> pd.DataFrame:
    """The members of a play's audience, and what keeps them from entering (see the port)."""
    row = named(work, "play", "play", play)
    found = frame(
        work,
        "SELECT p.email, (EXISTS (SELECT 1 FROM play_log l JOIN play_run r ON r.id = l.run_id WHERE"
        " r.play_id = :play AND l.person_id = p.id) OR EXISTS (SELECT 1 FROM enrollment e WHERE e.play_id = :play"
        " AND e.person_id = p.id)), NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.person_id = p.id)"
        " FROM audience_member a JOIN person p ON p.id = a.person_id WHERE a.audience_id = :audience"
        " ORDER BY a.position",
        ENTRANT_COLUMNS[:3],
        play=row["id"],
        audience=row["audience_id"] or 0,
    )
    name = work.value("SELECT name FROM audience WHERE id = :id", id=row["audience_id"])
    stage(work, found["email"].tolist())
    barred = exclusions_of_staged(work, acting_audience_exclusions(work, name) if name else [])
    kept_out_by = pd.Series([barred.get(email, NONE) for email in found["email"]], dtype=object)
    return found.astype({"seen": bool, "never_enrolled": bool}).assign(kept_out_by=kept_out_by)


def play_log(work: Work, play: str) -> pd.DataFrame:
    """What the log of the last run shows (see the port)."""
    return frame(
        work,
        "SELECT p.email, l.reason FROM play_log l JOIN person p ON p.id = l.person_id WHERE l.logged AND l.run_id"
        " = (SELECT MAX(r.id) FROM play_run r JOIN play y ON y.id = r.play_id WHERE y.name = :play)"
        " ORDER BY l.person_id",
        PLAY_LOG_COLUMNS,
        play=play,
    )


def play_metrics(work: Work, play: str) -> dict[str, int] | None:
    """The last run's figures, or None where the play never ran."""
    return work.one(
        "SELECT COUNT(l.person_id) AS entered, COUNT(l.person_id) - COUNT(l.reason) AS enrolled,"
        " COUNT(l.reason) AS not_enrolled FROM play_run r LEFT JOIN play_log l ON l.run_id = r.id WHERE r.id ="
        " (SELECT MAX(q.id) FROM play_run q JOIN play y ON y.id = q.play_id WHERE y.name = :play) GROUP BY r.id",
        play=play,
    )
