"""The part of the sandbox that is about sequences: their steps, who runs in them, and taking people out."""

from collections.abc import Iterator

import pandas as pd

from platforms.sandbox.behaviour.direct import pause_directly, unenroll_directly
from platforms.sandbox.keeping import KeptWorkspace
from platforms.sandbox.lookup import named, sequence_by_name
from platforms.sandbox.reading.enrollments import frame
from platforms.sandbox.store import Work, from_json

RUNNING = ["email", "sequence", "mailbox", "play", "state", "steps_done", "version", "started_at", "next_step_at",
           "paused"]  # fmt: skip


class SequencesOfWorkspace(KeptWorkspace):
    """Sequences behind the port: `platforms.port.Platform`, whose docstrings are the contract."""

    def sequences(self) -> pd.DataFrame:
        with self.work() as work:
            found = frame(
                work, "SELECT s.name,"
                " COALESCE(r.name, (SELECT name FROM ruleset ORDER BY is_default DESC, id LIMIT 1)), s.paused,"
                " (SELECT COUNT(*) FROM sequence_step t WHERE t.sequence_id = s.id AND t.version = s.version),"
                " s.version, s.send_days FROM sequence s LEFT JOIN ruleset r ON r.id = s.ruleset_id"
                " WHERE NOT s.deleted ORDER BY s.id",
                ["sequence", "ruleset", "paused", "steps", "version", "send_days"],
            )  # fmt: skip
            return found.assign(
                paused=found["paused"].astype(bool), send_days=found["send_days"].map(from_json).map(tuple)
            )

    def steps(self, sequence: str) -> pd.DataFrame:
        with self.work() as work:
            found = sequence_by_name(work, sequence)
            return frame(
                work, "SELECT number, type, wait_days FROM sequence_step WHERE sequence_id = :sequence"
                " AND version = :version ORDER BY number", ["number", "type", "wait_days"],
                sequence=found["id"], version=found["version"],
            )  # fmt: skip

    def running(self, chunk: int, sequence: str | None = None, mailbox: str | None = None) -> Iterator[pd.DataFrame]:
        after: int | None = 0
        while after is not None:
            with self.work() as work:
                found, after = _running(work, after, chunk, sequence, mailbox)
            if len(found):
                yield found

    def pause(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return pause_directly(work, contacts)

    def unenroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        with self.work() as work:
            return unenroll_directly(work, contacts)


def _running(
    work: Work, after: int, chunk: int, sequence: str | None, mailbox: str | None
) -> tuple[pd.DataFrame, int | None]:
    """A chunk of the enrollments that run, from the one after number `after`, and the last one's number."""
    which, values = "", dict[str, int]()
    if sequence is not None:
        which, values = which + " AND e.sequence_id = :sequence", {"sequence": sequence_by_name(work, sequence)["id"]}
    if mailbox is not None:
        which += " AND e.mailbox_id = :mailbox"
        values["mailbox"] = named(work, "mailbox", "mailbox", mailbox)["id"]
    found = frame(
        work, "SELECT e.id, p.email, s.name, m.email, y.name, e.state, e.steps_done, e.version, e.started_at,"
        " e.next_step_at, COALESCE(z.paused, FALSE) FROM enrollment e JOIN person p ON p.id = e.person_id"
        " JOIN sequence s ON s.id = e.sequence_id JOIN mailbox m ON m.id = e.mailbox_id"
        " LEFT JOIN play y ON y.id = e.play_id"
        " LEFT JOIN enrollment_pause z ON z.enrollment_id = e.id"
        f" WHERE e.state IN ('queued', 'active') AND e.id > :after{which} ORDER BY e.id LIMIT :chunk",
        ["id", *RUNNING], after=after, chunk=chunk, **values,
    )  # fmt: skip
    return found.drop(columns="id").astype({"paused": bool}), int(found["id"].iloc[-1]) if len(found) else None
