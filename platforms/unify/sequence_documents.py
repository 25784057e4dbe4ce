"""Sequences, their steps and rulesets as the Sequences API shows them: one JSON document in, values out. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from models.records import Interval
from platforms.unify.fields import Fields
from platforms.unify.wire import Json

SEQUENCES = "/sequences/v1/sequences"
WEEK = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")  # the contract numbers them from Monday, 1
DAYS = {"seconds": 1 / 86_400, "minutes": 1 / 1_440, "hours": 1 / 24, "days": 1.0, "weeks": 7.0}


@dataclass(frozen=True, slots=True)
class RulesetShown:
    """A ruleset as a sequence embeds it. `block` None is never, 0 is at once: opposites (Q3). Exclusions are hidden."""

    id: str
    name: str
    default: bool
    allow_same: bool
    block: Interval | None
    automatic: str
    automatic_user_id: str | None
    manual: str
    manual_user_id: str | None


@dataclass(frozen=True, slots=True)
class SequenceShown:
    """A sequence; `ruleset` is None where it names none. `send_days` are the days with a sending window."""

    id: str
    name: str
    paused: bool
    send_days: tuple[str, ...]
    ruleset: RulesetShown | None


@dataclass(frozen=True, slots=True)
class StepShown:
    """A step of a sequence: the step that it waits for (None: it is the first), and how long, in whole days."""

    id: str
    type: str
    version: int | None
    parent_id: str | None
    wait_days: int


def sequence(document: Json) -> SequenceShown:
    """A sequence of `GET /sequences`."""
    fields = Fields(document, "GET /sequences/v1/sequences")
    ruleset, schedule = fields.inside_or_none("sequence_ruleset"), fields.inside_or_none("send_schedule")
    return SequenceShown(
        id=fields.text("id"),
        name=fields.text("name"),
        paused=fields.flag("is_paused"),
        send_days=_send_days(schedule.inside("rules").inside("send_days")) if schedule else (),
        ruleset=_ruleset(ruleset) if ruleset else None,
    )


def _send_days(days: Fields) -> tuple[str, ...]:
    return tuple(day for number, day in enumerate(WEEK, 1) if days.has(str(number)) and any(days.each(str(number))))


def _ruleset(fields: Fields) -> RulesetShown:
    value = fields.number_or_none("block_reenrollment_value")
    unit = fields.text_or_none("block_reenrollment_units")
    if value is not None and value != 0 and unit is None:
        raise fields.refuse("block_reenrollment_units", "is missing where a value is set")
    block = None if value is None else Interval.model_validate({"value": value, "unit": unit or "DAY"})
    return RulesetShown(
        id=fields.text("id"),
        name=fields.text("name"),
        default=fields.flag("is_default"),
        allow_same=fields.flag("allow_same_sequence_reenrollment"),
        block=block,
        automatic=fields.text("automatic_enrollment_task_assignment"),
        automatic_user_id=fields.text_or_none("automatic_enrollment_task_assignment_user_id"),
        manual=fields.text("manual_enrollment_task_assignment"),
        manual_user_id=fields.text_or_none("manual_enrollment_task_assignment_user_id"),
    )


def step(document: Json) -> StepShown:
    """A step of `GET /sequences/{id}/steps`. Of several that it may wait for, the first counts (branches)."""
    fields = Fields(document, "GET /sequences/v1/sequences/{id}/steps")
    parent, wait = None, 0.0
    for dependency in fields.each("dependencies"):
        condition = dependency.inside_or_none("condition")
        parent, wait = dependency.text_or_none("parent_step_id"), _wait(condition) if condition else 0.0
        break
    return StepShown(
        id=fields.text("id"),
        type=fields.text("type"),
        version=fields.number_or_none("version_number"),
        parent_id=parent,
        wait_days=ceil(wait - 1e-9),
    )


def _wait(condition: Fields) -> float:
    """How many days a condition takes: of several that must all hold the longest, of which one must the shortest."""
    kind = condition.text("type")
    if kind == "TIMER":
        unit = condition.text_or_none("duration_unit") or "days"
        if unit not in DAYS:
            raise condition.refuse("duration_unit", "is none of the documented ones")
        return (condition.number_or_none("duration_value") or 0) * DAYS[unit]
    choose = {"AND": max, "OR": min}.get(kind)
    if choose is None:
        raise condition.refuse("type", "is none of the documented ones")
    return float(choose((_wait(part) for part in condition.each("subconditions")), default=0.0))


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
