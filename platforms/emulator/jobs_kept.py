"""The query jobs that were made, kept in this process: the query, how far it is, and its rows."""

from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

Status = Literal["IN_PROGRESS", "FINISHED", "FAILED", "EXPIRED", "CANCELED"]
KEPT = timedelta(hours=24)  # of the sandbox's time, from creation on (docs/emulator.md, Limits)
LOOKS = 2  # how often a job is looked at before it is finished: who does not poll gets nothing


@dataclass
class Job:
    """One job. `about` is the address under which it was made, `query` its checked request. Its rows are JSON, a text
    each: as values they would take ten times the memory."""

    number: int
    about: str
    query: Any
    created_at: datetime
    job_id: str = field(default_factory=lambda: str(uuid4()))
    looks: int = 0
    answering: Future[list[str]] | None = None
    failed: str | None = None
    canceled_at: datetime | None = None

    @property
    def rows(self) -> list[str] | None:
        """Its rows, once it is finished. Raises what went wrong."""
        return self.answering.result() if self.answering is not None and self.answering.done() else None

    @property
    def expires_at(self) -> datetime:
        """When its results go."""
        return self.created_at + KEPT

    def status(self, now: datetime) -> Status:
        """How far it is."""
        if self.canceled_at is not None:
            return "CANCELED"
        if now >= self.expires_at:
            return "EXPIRED"
        if self.failed is not None:
            return "FAILED"
        return "IN_PROGRESS" if self.rows is None else "FINISHED"


class KeptJobs:
    """Every job of this process, in the order in which they were made."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}

    def make(self, about: str, query: Any, now: datetime) -> Job:
        """A new job."""
        job = Job(len(self._jobs) + 1, about, query, now)
        self._jobs[job.job_id] = job
        return job

    def find(self, about: str, job_id: str) -> Job | None:
        """The job of that id, if it was made under that address."""
        job = self._jobs.get(job_id)
        return job if job is not None and job.about == about else None

    def of(self, about: str, after: int) -> list[Job]:
        """The jobs made under an address after that number, in order."""
        return [job for job in self._jobs.values() if job.about == about and job.number > after]
