"""What is sent: sequences, audiences, plays, enrollments and the tasks that come of them."""

from typing import Annotated, Literal

from pydantic import Field

from models.records.settings import EnrollmentTaskAssignment, SequenceTaskAssignment
from models.records.vocabulary import (
    Email,
    EndReason,
    EnrollmentState,
    Instant,
    Name,
    Record,
    RepTaskStatus,
    RepTaskType,
    StepType,
    TaskPriority,
    WeekDay,
)


class SequenceStep(Record):
    type: StepType = "AUTOMATIC_EMAIL"
    wait_days: Annotated[int, Field(ge=0, le=365)] = 0


Steps = Annotated[tuple[SequenceStep, ...], Field(min_length=1, max_length=100)]


class SequenceVersion(Record):
    """The steps of an earlier version: what began with them and was not upgraded goes on with them (R52)."""

    version: Annotated[int, Field(ge=1, le=1_000_000)]
    steps: Steps


class Sequence(Record):
    """A sequence; `steps` are those of its present `version`, `versions` the earlier ones that are still known.

    A `deleted` one stays for the history of who was in it.
    """

    name: Name
    ruleset: Name | None = None
    paused: bool = False
    version: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    task_assignment: SequenceTaskAssignment | None = None
    task_assignment_set_at: Instant | None = None
    send_days: tuple[WeekDay, ...] = ("MON", "TUE", "WED", "THU", "FRI")
    steps: Steps = (SequenceStep(),)
    versions: tuple[SequenceVersion, ...] = ()
    deleted: bool = False

    def steps_of(self, version: int | None) -> tuple[SequenceStep, ...] | None:
        """The steps of a version, the present one where none is named; None where they are not known any more."""
        if version in (None, self.version):
            return self.steps
        return next((earlier.steps for earlier in self.versions if earlier.version == version), None)


class Audience(Record):
    name: Name
    people: tuple[Email, ...] = ()
    exclusions: dict[Name, bool] = Field(default_factory=dict)


class LogEntry(Record):
    """What a play's run did with one record; `logged` is false where the platform shows no entry (R54)."""

    person: Email
    reason: str | None = None
    logged: bool = True


class PlayRun(Record):
    at: Instant
    log: tuple[LogEntry, ...] = ()


class Play(Record):
    """A play; its cool-down is a day at least (R15). `runs` is what its runs left behind.

    A `deleted` one stays for the history of its enrollments.
    """

    name: Name
    audience: Name | None = None
    sequence: Name
    mailboxes: tuple[Email, ...] = ()
    published: bool = False
    allow_reruns: bool = False
    rerun_cooldown_days: Annotated[int, Field(ge=1, le=3650)] = 1
    runs: tuple[PlayRun, ...] = ()
    deleted: bool = False


class EnrollmentStep(Record):
    """A step that a run left behind: `at` is when it is due, or when it was done."""

    number: Annotated[int, Field(ge=1, le=100)]
    status: Literal["NOT_STARTED", "SCHEDULED", "PENDING", "FINISHED", "CANCELED"]
    at: Instant


class Enrollment(Record):
    """One person's way through a sequence. `steps_done` is the place reached, earlier enrollments included (R9).

    `task_assignment` is kept while it runs; left out, it is what the settings of now would give. One that runs and is
    `paused` goes no further until it is resumed, by somebody or, where that is said, by itself at `paused_until`; one
    that has ended was paused when it did.
    """

    person: Email
    sequence: Name
    mailbox: Email
    play: Name | None = None
    state: EnrollmentState = "queued"
    steps_done: Annotated[int, Field(ge=0)] | None = None
    version: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    end_reason: EndReason | None = None
    enrolled_by: Email | None = None
    task_assignment: EnrollmentTaskAssignment | None = None
    next_step_at: Instant | None = None
    paused: bool = False
    paused_until: Instant | None = None
    steps: tuple[EnrollmentStep, ...] = ()


class RepTask(Record):
    """Work for a sales representative (Unify's *task*; named so that nobody takes it for Prefect's)."""

    person: Email
    type: RepTaskType
    status: RepTaskStatus = "READY"
    assignee: Email | None = None
    sequence: Name | None = None
    mailbox: Email | None = None
    due_at: Instant | None = None
    ended_at: Instant | None = None
    priority: TaskPriority = "MEDIUM"
    note: str | None = None
