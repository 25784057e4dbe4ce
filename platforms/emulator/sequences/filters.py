"""The filters of query jobs: checked as the contract writes them, and as conditions in SQL."""

from typing import Any, Literal

from pydantic import Field, model_validator

from platforms.emulator.filters import NONE, Among, Between, Filter, One, among, among_keys, named
from platforms.emulator.sequences.documents import CANCELED

Status = Literal["DRAFT", "IN_PROGRESS", "FINISHED"]
StepStatus = Literal["NOT_STARTED", "SCHEDULED", "PENDING", "FINISHED", "CANCELED", "ERRORED", "UNREACHABLE"]
StepType = Literal[
    "AUTOMATIC_EMAIL",
    "MANUAL_EMAIL",
    "ACTION_ITEM",
    "ZAPIER",
    "PHONE_CALL",
    "MANUAL_LINKEDIN_PROFILE_VIEW",
    "MANUAL_LINKEDIN_CONNECTION",
    "MANUAL_LINKEDIN_MESSAGE",
]
TRUE, FALSE = "(1 = 1)", "(1 = 0)"


class OneMailbox(Filter):
    id: str | None = None
    email_address: str | None = None

    @model_validator(mode="after")
    def _is_named(self) -> "OneMailbox":
        if self.id is None and self.email_address is None:
            raise ValueError("names neither id nor email_address")
        return self


class EnrollmentConditions(Filter):
    """What enrollments and their steps can both be filtered by."""

    updated_at: Between | None = None
    sequence: One | None = None
    person: One | None = None
    company: One | None = None
    mailbox: OneMailbox | None = None
    started_at: Between | None = None
    ended_at: Between | None = None
    id: Among[str] | None = None
    is_blocked: bool | None = None
    is_bounced: bool | None = None
    is_canceled: bool | None = None
    is_opted_out: bool | None = None
    is_paused: bool | None = None
    is_replied: bool | None = None

    def shared(self, values: dict[str, Any]) -> list[str]:
        """Conditions on the enrollment; `values` is added to."""
        found = [
            *named("sequence", "e.sequence_id", self.sequence),
            *named("person", "e.person_id", self.person),
            *named("company", "p.company_id", self.company),
        ]
        if self.mailbox and self.mailbox.id is not None:
            found += named("mailbox", "e.mailbox_id", One(id=self.mailbox.id))
        if self.mailbox and self.mailbox.email_address is not None:
            values["mailbox"] = self.mailbox.email_address.lower()
            found.append("m.email = :mailbox")
        ends = ", ".join(f"'{reason}'" for reason in CANCELED)
        flags = {
            "is_blocked": NONE,
            "is_bounced": "e.end_reason = 'bounced'",
            "is_canceled": f"e.end_reason IN ({ends})",
            "is_opted_out": "e.end_reason = 'opted_out'",
            "is_replied": "e.end_reason = 'replied'",
            "is_paused": "z.paused",
        }
        for name, condition in flags.items():
            wish = getattr(self, name)
            found += [] if wish is None else [f"COALESCE({condition}, {FALSE}) = {TRUE if wish else FALSE}"]
        return found


class EnrollmentFilter(EnrollmentConditions):
    status: Among[Status] | None = None
    enrolled_by_play: Among[str] | None = None

    def sql(self, updated: str, values: dict[str, Any]) -> str:
        """The condition; `updated` is the SQL of when an enrollment last changed."""
        found = self.shared(values)
        for between, column in (
            (self.updated_at, updated),
            (self.started_at, "e.started_at"),
            (self.ended_at, "e.ended_at"),
        ):
            found += between.sql(column) if between else []
        status = "CASE WHEN e.ended_at IS NULL THEN 'IN_PROGRESS' ELSE 'FINISHED' END"
        found += among(status, self.status) + among_keys("enrollment", "e.id", self.id)
        found += among_keys("play", "e.play_id", self.enrolled_by_play)
        return " AND ".join(found) or "1 = 1"


class StepFilter(EnrollmentConditions):
    status: Among[StepStatus] | None = None
    enrollment: One | None = None
    type: Among[StepType] | None = None
    step_number: int | None = Field(default=None, ge=1, le=10_000)

    def sql(self, updated: str, values: dict[str, Any]) -> str:
        """The condition; `updated` is the SQL of when a step last changed."""
        found = self.shared(values) + named("enrollment", "e.id", self.enrollment)
        done = "CASE WHEN x.status = 'FINISHED' THEN x.at END"
        for between, column in ((self.updated_at, updated), (self.started_at, done), (self.ended_at, done)):
            found += between.sql(column) if between else []
        found += among("x.status", self.status) + among("x.type", self.type)
        found += among_keys("enrollment_step", "x.id", self.id)
        found += [f"x.number = {self.step_number}"] if self.step_number is not None else []
        return " AND ".join(found) or "1 = 1"
