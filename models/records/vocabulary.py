"""The words of a workspace's nouns: names, addresses, states, types; and the base of every record."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

Email = Annotated[
    str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^\s@,;<>]+@[^\s@,;<>]+$", max_length=320)
]

Domain = Annotated[str, StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[^\s@/]+$")]


def _in_this_age(at: datetime) -> datetime:
    if 1970 <= at.year < 2200:
        return at
    raise ValueError("a time is between the years 1970 and 2200")


Instant = Annotated[AwareDatetime, AfterValidator(_in_this_age)]

Role = Literal["admin", "rep"]

PersonStatus = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

CompanyStatus = Literal["prospect", "open_opportunity", "customer", "competitor"]

StepType = Literal[
    "AUTOMATIC_EMAIL",
    "MANUAL_EMAIL",
    "ACTION_ITEM",
    "PHONE_CALL",
    "MANUAL_LINKEDIN_PROFILE_VIEW",
    "MANUAL_LINKEDIN_CONNECTION",
    "MANUAL_LINKEDIN_MESSAGE",
]

RepTaskType = Literal[
    "EMAIL",
    "ACTION_ITEM",
    "PHONE_CALL",
    "LINKEDIN_SEND_MESSAGE",
    "LINKEDIN_SEND_CONNECTION_REQUEST",
    "LINKEDIN_VIEW_PROFILE",
    "REPLY_TO_EMAIL",
]

RepTaskStatus = Literal["NOT_READY", "READY", "COMPLETED", "SKIPPED", "CANCELED"]

TaskPriority = Literal["LOW", "MEDIUM", "HIGH", "URGENT"]

AssignmentMode = Literal[
    "ASSIGN_TO_MAILBOX_OWNER", "ASSIGN_TO_ENROLLER", "ASSIGN_TO_USER", "ASSIGN_TO_SENDER", "ASSIGN_TO_RECORD_OWNER"
]

# These modes decide each time a task is made, not when the enrollment begins (R86, R88).
DYNAMIC: tuple[AssignmentMode, ...] = ("ASSIGN_TO_SENDER", "ASSIGN_TO_RECORD_OWNER")

EnrollmentState = Literal["queued", "active", "finished", "canceled"]

EndReason = Literal[
    "completed", "mailbox_owner_changed", "excluded", "unenrolled", "opted_out", "upgraded", "replied", "bounced"
]

WeekDay = Literal["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]

TimeUnit = Literal["MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR"]

# A month and a year have no fixed length in the vendor's contract; both sides of a forecast count 30 and 365 days.
UNIT_LENGTH: dict[TimeUnit, timedelta] = {
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1),
    "MONTH": timedelta(days=30),
    "YEAR": timedelta(days=365),
}

RUNNING: tuple[EnrollmentState, ...] = ("queued", "active")


class Record(BaseModel):
    """A value read from or written to a workspace file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Interval(Record):
    """How long re-enrollment is barred: `{value: 75, unit: DAY}`. Zero is at once (R14); never is a null instead."""

    value: Annotated[int, Field(ge=0, le=100_000)]
    unit: TimeUnit = "DAY"

    @property
    def length(self) -> timedelta:
        """The interval as a duration; months count 30 days, years 365."""
        return self.value * UNIT_LENGTH[self.unit]

    def __str__(self) -> str:
        return f"{self.value} {self.unit}"

    @classmethod
    def parse(cls, text: str) -> "Interval | None":
        """`75 DAY`, `0` (days) or `never` (null), as settings are printed. Raises ValueError on anything else."""
        words = text.strip().upper().split()
        if words in (["NEVER"], ["NULL"], ["NONE"]):
            return None
        if not 1 <= len(words) <= 2 or not (words[0].isascii() and words[0].isdigit()):
            raise ValueError(f"'{text}' is no interval; write for example '75 DAY', '0 DAY' or 'never'")
        return cls.model_validate({"value": int(words[0]), "unit": words[1].rstrip("S") if words[1:] else "DAY"})
