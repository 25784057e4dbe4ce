"""The filters of query jobs: checked as the contract writes them, and as conditions in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from platforms.emulator.ids import Kind, key_of
from platforms.emulator.sequences.documents import CANCELED
from platforms.sandbox.clock import seconds

Status = Literal["DRAFT", "IN_PROGRESS", "FINISHED"]
StepStatus = Literal["NOT_STARTED", "SCHEDULED", "PENDING", "FINISHED", "CANCELED", "ERRORED", "UNREACHABLE"]
StepType = Literal[
    "AUTOMATIC_EMAIL", "MANUAL_EMAIL", "ACTION_ITEM", "ZAPIER", "PHONE_CALL", "MANUAL_LINKEDIN_PROFILE_VIEW",
    "MANUAL_LINKEDIN_CONNECTION", "MANUAL_LINKEDIN_MESSAGE",
]  # fmt: skip
NONE = "1 = 0"
TRUE, FALSE = "(1 = 1)", "(1 = 0)"


class Filter(BaseModel):
    """Unknown keys are refused: to pass one over would select more than was asked for."""

    model_config = ConfigDict(extra="forbid")


class Between(Filter):
    """A range of times."""

    gt: AwareDatetime | None = None
    gte: AwareDatetime | None = None
    lt: AwareDatetime | None = None
    lte: AwareDatetime | None = None

    def sql(self, column: str) -> list[str]:
        """The conditions on a column of instants."""
        bounds = {">": self.gt, ">=": self.gte, "<": self.lt, "<=": self.lte}
        return [f"{column} {sign} {_instant(at, sign)}" for sign, at in bounds.items() if at is not None]


def _instant(at: datetime, sign: str) -> int:
    """Whole seconds, as the sandbox has them: a fraction counts on the side that keeps the condition's meaning."""
    up = sign in (">=", "<") and at.microsecond > 0
    return seconds(at) + int(up)


class One(Filter):
    id: str


class OneMailbox(Filter):
    id: str | None = None
    email_address: str | None = None

    @model_validator(mode="after")
    def _is_named(self) -> "OneMailbox":
        if self.id is None and self.email_address is None:
            raise ValueError("names neither id nor email_address")
        return self


class Among(Filter):
    """Values that are included, or left out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
    among: list[str] | None = Field(default=None, alias="in", min_length=1)
    not_in: list[str] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _says_something(self) -> "Among":
        if self.among is None and self.not_in is None:
            raise ValueError("names neither in nor not_in")
        return self


class AmongStatuses(Among):
    among: list[Status] | None = Field(default=None, alias="in", min_length=1)  # type: ignore[assignment]
    not_in: list[Status] | None = Field(default=None, min_length=1)  # type: ignore[assignment]


class AmongStepStatuses(Among):
    among: list[StepStatus] | None = Field(default=None, alias="in", min_length=1)  # type: ignore[assignment]
    not_in: list[StepStatus] | None = Field(default=None, min_length=1)  # type: ignore[assignment]


class AmongStepTypes(Among):
    among: list[StepType] | None = Field(default=None, alias="in", min_length=1)  # type: ignore[assignment]
    not_in: list[StepType] | None = Field(default=None, min_length=1)  # type: ignore[assignment]


class Common(Filter):
    """What enrollments and their steps can both be filtered by."""

    updated_at: Between | None = None
    sequence: One | None = None
    person: One | None = None
    company: One | None = None
    mailbox: OneMailbox | None = None
    started_at: Between | None = None
    ended_at: Between | None = None
    id: Among | None = None
    is_blocked: bool | None = None
    is_bounced: bool | None = None
    is_canceled: bool | None = None
    is_opted_out: bool | None = None
    is_paused: bool | None = None
    is_replied: bool | None = None

    def shared(self, values: dict[str, Any]) -> list[str]:
        """Conditions on the enrollment; `values` is added to."""
        found = [*_named("sequence", "e.sequence_id", self.sequence), *_named("person", "e.person_id", self.person),
                 *_named("company", "p.company_id", self.company)]  # fmt: skip
        if self.mailbox and self.mailbox.id is not None:
            found += _named("mailbox", "e.mailbox_id", One(id=self.mailbox.id))
        if self.mailbox and self.mailbox.email_address is not None:
            values["mailbox"] = self.mailbox.email_address.lower()
            found.append("m.email = :mailbox")
        ends = ", ".join(f"'{reason}'" for reason in CANCELED)
        flags = {
            "is_blocked": NONE, "is_bounced": "e.end_reason = 'bounced'", "is_canceled": f"e.end_reason IN ({ends})",
            "is_opted_out": "e.end_reason = 'opted_out'", "is_replied": "e.end_reason = 'replied'",
            "is_paused": "z.paused AND e.ended_at IS NULL",
        }  # fmt: skip
        for name, condition in flags.items():
            wish = getattr(self, name)
            found += [] if wish is None else [f"COALESCE({condition}, {FALSE}) = {TRUE if wish else FALSE}"]
        return found


class EnrollmentFilter(Common):
    status: AmongStatuses | None = None
    enrolled_by_play: Among | None = None

    def sql(self, updated: str, values: dict[str, Any]) -> str:
        """The condition; `updated` is the SQL of when an enrollment last changed."""
        found = self.shared(values)
        for between, column in ((self.updated_at, updated), (self.started_at, "e.started_at"),
                                (self.ended_at, "e.ended_at")):  # fmt: skip
            found += between.sql(column) if between else []
        status = "CASE WHEN e.ended_at IS NULL THEN 'IN_PROGRESS' ELSE 'FINISHED' END"
        found += _among(status, self.status) + _among_keys("enrollment", "e.id", self.id)
        found += _among_keys("play", "e.play_id", self.enrolled_by_play)
        return " AND ".join(found) or "1 = 1"


class StepFilter(Common):
    status: AmongStepStatuses | None = None
    enrollment: One | None = None
    type: AmongStepTypes | None = None
    step_number: int | None = Field(default=None, ge=1, le=10_000)

    def sql(self, updated: str, values: dict[str, Any]) -> str:
        """The condition; `updated` is the SQL of when a step last changed."""
        found = self.shared(values) + _named("enrollment", "e.id", self.enrollment)
        done = "CASE WHEN x.status = 'FINISHED' THEN x.at END"
        for between, column in ((self.updated_at, updated), (self.started_at, done), (self.ended_at, done)):
            found += between.sql(column) if between else []
        found += _among("x.status", self.status) + _among("x.type", self.type)
        found += _among_keys("enrollment_step", "x.id", self.id)
        found += [f"x.number = {self.step_number}"] if self.step_number is not None else []
        return " AND ".join(found) or "1 = 1"


def _named(kind: Kind, column: str, one: One | None) -> list[str]:
    if one is None:
        return []
    key = key_of(kind, one.id)
    return [NONE if key is None else f"{column} = {key}"]


def _among(column: str, wanted: Among | None) -> list[str]:
    """Words of the contract: they need no quoting."""
    return _either(column, wanted, lambda words: [f"'{word}'" for word in words])


def _among_keys(kind: Kind, column: str, wanted: Among | None) -> list[str]:
    def keys(ids: Sequence[str]) -> list[str]:
        return [str(key) for key in (key_of(kind, one) for one in ids) if key is not None]

    return _either(column, wanted, keys)


def _either(column: str, wanted: Among | None, told: Any) -> list[str]:
    if wanted is None:
        return []
    found = []
    if wanted.among is not None:
        listed = told(wanted.among)
        found.append(f"{column} IN ({', '.join(listed)})" if listed else NONE)
    if wanted.not_in is not None and (listed := told(wanted.not_in)):
        found.append(f"({column} IS NULL OR {column} NOT IN ({', '.join(listed)}))")
    return found
