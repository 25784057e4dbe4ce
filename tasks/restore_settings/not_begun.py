"""Runs that a worker took and never began: it was killed in between, and no operation shows them.

Prefect has such a run as Pending for ever (docs/prefect.md). Whoever started it, or the night that started it, counts
on it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from journal import operations
from journal.database import Journal
from models.rules.care import MOST_WAKES, Care, care_for_taken
from models.settings import Settings
from tasks.chunk_runs.starting import ENROLL_CHUNK
from tasks.runs import end_run, procedure_of, runs_taken, start_again, times_started_again, url_of

SWEEP = "restore-settings"
WORDS: dict[Care, str] = {
    "wake": "start it again: a worker took it and never began it",
    "give_up": f"end it: a worker took it and never began it, and so it was after each of {MOST_WAKES} more starts."
    " See that a worker runs, and start it yourself",
}


@dataclass(frozen=True)
class NotBegun:
    """A run of a procedure in a workspace that no operation was begun for, what it is about, and what it needs."""

    run_id: UUID
    procedure: str
    subject: str
    workspace: str
    care: Care

    @property
    def operation_id(self) -> str | None:
        return None

    @property
    def what_to_do(self) -> str:
        """What is to be done and why, in words."""
        return WORDS[self.care]

    def __str__(self) -> str:
        where = url_of(str(self.run_id)) or f"run {self.run_id}"
        return f"{self.procedure} {self.subject}".rstrip() + f" ({where}): {self.what_to_do}"

    @property
    def needs_person(self) -> bool:
        """Whether somebody has to know of it."""
        return self.care == "give_up"

    def give(self) -> None:
        """Have a worker start it again; or end it, so that a night does what it was to do."""
        if self.care == "wake":
            start_again(str(self.run_id))
        else:
            end_run(str(self.run_id))


def not_begun(workspace: str | None = None) -> list[NotBegun]:
    """The runs that no worker will begin, of one workspace or of all. Changes nothing."""
    journal, now = Journal(Settings().journal_url), datetime.now(UTC)
    found = []
    for run in runs_taken():
        taken = now - run.state.timestamp if run.state else None
        where = str(run.parameters.get("workspace", "sandbox"))
        if taken is None or workspace not in (None, where) or care_for_taken(taken, 0) == "leave":
            continue
        procedure = procedure_of(run)
        # Of a sweep the next one does the same; a chunk's operation looks after its run; who has begun an operation is
        # looked after by it.
        if procedure in (SWEEP, ENROLL_CHUNK) or operations.of_flow_run(journal, str(run.id)) is not None:
            continue
        care = care_for_taken(taken, times_started_again(run))
        found.append(NotBegun(run.id, procedure, str(run.parameters.get("mailbox") or ""), where, care))
    return found
