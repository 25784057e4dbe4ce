"""Sequences, their steps and rulesets as the Sequences API shows them: one JSON document in, values out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError, PydanticKnownError

from models.records import Interval
from models.records.vocabulary import TimeUnit, WeekDay
from platforms.unify.fields import WRONG, Flag, Whole, path, read
from platforms.unify.wire import Json

SEQUENCES = "/sequences/v1/sequences"
BlockValue = Annotated[Whole, Field(ge=0, le=100_000)]  # as an Interval has it
Windows = list[dict[str, Any]]
DAYS = {"seconds": 1 / 86_400, "minutes": 1 / 1_440, "hours": 1 / 24, "days": 1.0, "weeks": 7.0}


def _needed_with_a_value(unit: str | None, info: ValidationInfo) -> str | None:
    if unit is None and info.data.get("block_reenrollment_value"):
        raise PydanticCustomError(WRONG, "is missing where a value is set")
    return unit


def _needed_but_by_timers(conditions: list["Condition"] | None, info: ValidationInfo) -> list["Condition"]:
    if conditions is None and info.data.get("type") != "TIMER":
        raise PydanticKnownError("missing")
    return conditions or []


def _first(found: Any) -> Any:
    return found[:1] if isinstance(found, list) else found


@dataclass(frozen=True, slots=True)
class RulesetShown:
    """A ruleset as a sequence embeds it. Exclusions are hidden."""

    id: str
    name: str
    default: Annotated[Flag, path("is_default")]
    allow_same: Annotated[Flag, path("allow_same_sequence_reenrollment")]
    block_reenrollment_value: Annotated[BlockValue | None, path("block_reenrollment_value?")]
    block_reenrollment_units: Annotated[
        TimeUnit | None, path("block_reenrollment_units?"), AfterValidator(_needed_with_a_value)
    ]
    automatic: Annotated[str, path("automatic_enrollment_task_assignment")]
    automatic_user_id: Annotated[str | None, path("automatic_enrollment_task_assignment_user_id?")]
    manual: Annotated[str, path("manual_enrollment_task_assignment")]
    manual_user_id: Annotated[str | None, path("manual_enrollment_task_assignment_user_id?")]

    @property
    def block(self) -> Interval | None:
        """How long re-enrollment is barred. None is never, 0 is at once: opposites (Q3)."""
        value, unit = self.block_reenrollment_value, self.block_reenrollment_units
        return None if value is None else Interval(value=value, unit=unit or "DAY")


@dataclass(frozen=True, slots=True)
class SendingWindows:
    """The sending windows of a week's days; the contract numbers them from Monday, 1."""

    MON: Annotated[Windows | None, path("1?")]
    TUE: Annotated[Windows | None, path("2?")]
    WED: Annotated[Windows | None, path("3?")]
    THU: Annotated[Windows | None, path("4?")]
    FRI: Annotated[Windows | None, path("5?")]
    SAT: Annotated[Windows | None, path("6?")]
    SUN: Annotated[Windows | None, path("7?")]


@dataclass(frozen=True, slots=True)
class SequenceShown:
    """A sequence; `ruleset` is None where it names none."""

    id: str
    name: str
    paused: Annotated[Flag, path("is_paused")]
    windows: Annotated[SendingWindows | None, path("send_schedule?.rules.send_days")]
    ruleset: Annotated[RulesetShown | None, path("sequence_ruleset?")]

    @property
    def send_days(self) -> tuple[str, ...]:
        """The days with a sending window."""
        return tuple(day for day in get_args(WeekDay) if getattr(self.windows, day, None))


@dataclass(frozen=True, slots=True)
class Condition:
    """What a step waits for: a timer, or several conditions of which all must hold, or one."""

    type: Literal["TIMER", "AND", "OR"]
    duration_value: Annotated[Whole | None, path("duration_value?")]
    duration_unit: Annotated[Literal["seconds", "minutes", "hours", "days", "weeks"] | None, path("duration_unit?")]
    subconditions: Annotated[list["Condition"], path("subconditions?"), AfterValidator(_needed_but_by_timers)]

    @property
    def days(self) -> float:
        """How many days it takes: of several that must all hold the longest, of which one must the shortest."""
        if self.type == "TIMER":
            return (self.duration_value or 0) * DAYS[self.duration_unit or "days"]
        choose = max if self.type == "AND" else min
        return float(choose((one.days for one in self.subconditions), default=0.0))


@dataclass(frozen=True, slots=True)
class Dependency:
    """A step that another waits for."""

    parent_id: Annotated[str | None, path("parent_step_id?")]
    condition: Annotated[Condition | None, path("condition?")]


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of a sequence. Of several that it may wait for, the first counts (branches)."""

    id: str
    type: str
    version: Annotated[Whole | None, path("version_number?")]
    dependencies: Annotated[list[Dependency], BeforeValidator(_first)]

    @property
    def parent_id(self) -> str | None:
        """The step that it waits for; None: it is the first."""
        return self.dependencies[0].parent_id if self.dependencies else None

    @property
    def wait_days(self) -> int:
        """How long it waits, in whole days."""
        return ceil(sum(one.condition.days for one in self.dependencies if one.condition) - 1e-9)


def sequence(document: Json) -> SequenceShown:
    """A sequence of `GET /sequences`."""
    return read(SequenceShown, document, "GET /sequences/v1/sequences")


def step(document: Json) -> StepShown:
    """A step of `GET /sequences/{id}/steps`."""
    return read(StepShown, document, "GET /sequences/v1/sequences/{id}/steps")


def in_order(steps: Iterable[StepShown]) -> list[StepShown]:
    """The steps of the latest version, each after the one it waits for; as listed where that leaves a choice."""
    found = list(steps)
    latest = max((one.version for one in found if one.version is not None), default=None)
    left = [one for one in found if one.version == latest]
    here, placed, out = {one.id for one in left}, set[str](), list[StepShown]()
    while left:
        ready = [one for one in left if one.parent_id not in here or one.parent_id in placed] or left
        out.append(ready[0])
        placed.add(ready[0].id)
        left.remove(ready[0])
    return out
