"""What the port observes of enrollments: what a person or the vendor's API could see, and no more."""

import json
from collections.abc import Sequence

import pandas as pd

from models.tables.workspace.columns import RUNNING_SQL
from platforms.port.enrollments import (
    ENROLLMENT_COLUMNS,
    PLACE_COLUMNS,
    READ_BACK_COLUMNS,
    RUNNING_COLUMNS,
)
from platforms.sandbox.lookup import listed, named, sequence_by_name, stage
from platforms.sandbox.reading.frames import frame
from platforms.sandbox.store import Work

SHOWN = "p.email, s.name AS sequence, m.email AS mailbox, y.name AS play, e.steps_done, e.started_at, e.ended_at"
JOINED = """
    FROM enrollment e JOIN person p ON p.id = e.person_id JOIN sequence s ON s.id = e.sequence_id
    JOIN mailbox m ON m.id = e.mailbox_id LEFT JOIN play y ON y.id = e.play_id"""
ENROLLMENT = f"SELECT {SHOWN}{JOINED}"


def last_enrollments(work: Work, emails: list[str], sequence: str | None) -> pd.DataFrame:
    """The enrollment of each of these people that runs or ended last (see the port)."""
    stage(work, emails)
    found = frame(
        work,
        f"{ENROLLMENT} JOIN entrant a ON a.person_id + 0 = e.person_id"
        + (" WHERE s.name = :sequence" if sequence else "")
        + " ORDER BY e.id",
        ENROLLMENT_COLUMNS,
        **({"sequence": sequence} if sequence else {}),
    )
    found = found.sort_values("ended_at", na_position="last", kind="stable")
    return found.drop_duplicates("email", keep="last").reset_index(drop=True)


def running(
    work: Work, after: int, chunk: int, sequence: str | None, mailbox: str | None, emails: Sequence[str] | None
) -> tuple[pd.DataFrame, int | None]:
    """A chunk of `Platform.running`, from the one after number `after`, and the last one's number; None after the last
    chunk."""
    which, values, enrolled = "", dict[str, int](), "enrollment e"
    if emails is not None:
        stage(work, list(dict.fromkeys(emails)))
        enrolled = "entrant a CROSS JOIN enrollment e"  # in this order: neither by number nor by mailbox through all
        which = " AND e.person_id = a.person_id + 0"
    if sequence is not None:
        which, values = which + " AND e.sequence_id = :sequence", {"sequence": sequence_by_name(work, sequence)["id"]}
    if mailbox is not None:
        which += " AND e.mailbox_id = :mailbox"
        values["mailbox"] = named(work, "mailbox", "mailbox", mailbox)["id"]
    found = frame(
        work,
        "SELECT e.id, p.email, s.name, m.email, y.name, e.state, e.steps_done, e.version, e.started_at,"
        f" e.next_step_at, COALESCE(z.paused, FALSE) FROM {enrolled} JOIN person p ON p.id = e.person_id"
        " JOIN sequence s ON s.id = e.sequence_id JOIN mailbox m ON m.id = e.mailbox_id"
        " LEFT JOIN play y ON y.id = e.play_id"
        " LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id"
        f" WHERE e.state IN ('queued', 'active') AND e.id > :after{which} ORDER BY e.id LIMIT :chunk",
        ["id", *RUNNING_COLUMNS],
        after=after,
        chunk=chunk,
        **values,
    )
    last = int(found["id"].iloc[-1]) if len(found) == chunk else None  # fewer are the last ones
    return found.drop(columns="id").astype({"paused": bool}), last


def places(work: Work, emails: list[str], sequence: str) -> pd.DataFrame:
    """Who of these runs in the sequence, from which mailbox, at which step next (see the port)."""
    stage(work, emails)
    return frame(
        work,
        "SELECT p.email, m.email, e.steps_done + 1, e.next_step_at, COALESCE(z.paused, FALSE) FROM entrant a"
        " JOIN person p ON p.id = a.person_id + 0 JOIN enrollment e ON e.person_id = p.id"
        " JOIN mailbox m ON m.id = e.mailbox_id JOIN sequence s ON s.id = e.sequence_id"
        " LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id"
        " WHERE s.name = :sequence AND e.state IN ('queued', 'active') ORDER BY p.id",
        PLACE_COLUMNS,
        sequence=sequence,
    ).astype({"paused": bool})


def read_back(work: Work, play: str | None, sequence: str, emails: list[str]) -> pd.DataFrame:
    """What the log of a play's last run says of these people, and where they run now (see the port)."""
    run = work.value(
        "SELECT MAX(r.id) FROM play_run r JOIN play y ON y.id = r.play_id WHERE y.name = :play", play=play or ""
    )
    found = frame(
        work,
        "SELECT p.email, l.id IS NOT NULL, l.reason, m.email, e.steps_done + 1, COALESCE(z.paused, FALSE)"
        f" FROM {listed(work)} CROSS JOIN person p"
        " LEFT JOIN play_log l ON l.run_id = :run AND l.person_id = p.id AND l.logged"
        f" LEFT JOIN enrollment e ON e.person_id = p.id AND e.{RUNNING_SQL} AND e.sequence_id = :sequence"
        " LEFT JOIN mailbox m ON m.id = e.mailbox_id LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id"
        " WHERE p.email = j.value AND (l.id IS NOT NULL OR e.id IS NOT NULL)",
        READ_BACK_COLUMNS,
        run=run if play is not None else 0,
        sequence=sequence_by_name(work, sequence)["id"],
        listed=json.dumps(emails),
    )
    return found.astype({"logged": bool, "paused": bool})
