"""A whole workspace as a value, with the checks that reach across its nouns."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field, ValidationError

from models.documents import Problem
from models.progress import progress_problems, version_problems
from models.records import (
    RUNNING,
    Audience,
    Behaviour,
    Company,
    Enrollment,
    Exclusion,
    Instant,
    Interval,
    Life,
    Mailbox,
    PendingSetting,
    Person,
    Play,
    Record,
    RepTask,
    Ruleset,
    Sequence,
    User,
)
from models.setting_keys import SettingKey
from models.wording import in_utc

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday morning: where a workspace without `now` begins


class Workspace(Record):
    """Everything a workspace file may hold; each key may be left out."""

    now: Instant | None = None
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)] = 0
    draws: Annotated[int, Field(ge=0, lt=2**31)] = 0
    life: Life = Life()
    behaviour: Behaviour = Behaviour()
    users: tuple[User, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    companies: tuple[Company, ...] = ()
    rulesets: tuple[Ruleset, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    sequences: tuple[Sequence, ...] = ()
    people: tuple[Person, ...] = ()
    audiences: tuple[Audience, ...] = ()
    plays: tuple[Play, ...] = ()
    enrollments: tuple[Enrollment, ...] = ()
    tasks: tuple[RepTask, ...] = ()
    pending: tuple[PendingSetting, ...] = ()


NAMED_BY = {
    "users": "email",
    "mailboxes": "email",
    "companies": "domain",
    "rulesets": "name",
    "exclusions": "name",
    "sequences": "name",
    "people": "email",
    "audiences": "name",
    "plays": "name",
}


class _Names:
    """The names of each section, to find references that lead nowhere."""

    def __init__(self, workspace: Workspace) -> None:
        self._of = {
            section: {getattr(noun, key) for noun in getattr(workspace, section)} for section, key in NAMED_BY.items()
        }

    def missing(self, path: str, section: str, name: str | None) -> Iterator[Problem]:
        if name is not None and name not in self._of[section]:
            yield Problem(path=path, message=f"'{name}' is not among the {section}")


def problems(workspace: Workspace) -> list[Problem]:
    """Every reference that leads nowhere, name given twice, and contradiction between nouns."""
    names = _Names(workspace)
    return [
        *_twice(workspace),
        *_settings(workspace, names),
        *_pending(workspace, names),
        *_sequences(workspace, names),
        *_plays(workspace, names),
        *_owners(workspace, names),
        *_enrollments(workspace, names),
        *_tasks(workspace, names),
    ]


def _twice(workspace: Workspace) -> Iterator[Problem]:
    for section, key in NAMED_BY.items():
        seen: Counter[str] = Counter()
        for index, noun in enumerate(getattr(workspace, section)):
            name = getattr(noun, key)
            seen[name] += 1
            if seen[name] == 2:
                yield Problem(path=f"{section}[{index}].{key}", message=f"'{name}' is there twice")
    if sum(ruleset.default for ruleset in workspace.rulesets) > 1:
        yield Problem(path="rulesets", message="more than one ruleset is the default")


def _owners(workspace: Workspace, names: _Names) -> Iterator[Problem]:
    for section in ("mailboxes", "companies", "people"):
        for index, noun in enumerate(getattr(workspace, section)):
            yield from names.missing(f"{section}[{index}].owner", "users", noun.owner)


def _settings(workspace: Workspace, names: _Names) -> Iterator[Problem]:
    for index, ruleset in enumerate(workspace.rulesets):
        for exclusion in ruleset.exclusions:
            yield from names.missing(f"rulesets[{index}].exclusions.{exclusion}", "exclusions", exclusion)
        yield from names.missing(f"rulesets[{index}].task_assignment.user", "users", ruleset.task_assignment.user)
    for index, audience in enumerate(workspace.audiences):
        for exclusion in audience.exclusions:
            yield from names.missing(f"audiences[{index}].exclusions.{exclusion}", "exclusions", exclusion)
        for at, person in enumerate(audience.people):
            yield from names.missing(f"audiences[{index}].people[{at}]", "people", person)
        if len(set(audience.people)) < len(audience.people):
            yield Problem(path=f"audiences[{index}].people", message="somebody is there twice")


def _pending(workspace: Workspace, names: _Names) -> Iterator[Problem]:
    seen: set[SettingKey] = set()
    for index, pending in enumerate(workspace.pending):
        path = f"pending[{index}]"
        try:
            key = pending.key
        except ValueError as error:
            yield Problem(path=f"{path}.setting", message=str(error))
            continue
        section = {"ruleset": "rulesets", "ruleset_exclusion": "rulesets", "exclusion": "exclusions"}
        yield from names.missing(f"{path}.setting", section.get(key.kind, "audiences"), key.owner)
        if key.kind in ("ruleset_exclusion", "audience_exclusion"):
            yield from names.missing(f"{path}.setting", "exclusions", key.part)
        if key.kind == "ruleset" and key.part not in ("allow_same_sequence_reenrollment", "block_reenrollment"):
            yield Problem(path=f"{path}.setting", message=f"no change of '{key.part}' is ever pending")
        if key in seen:
            yield Problem(path=f"{path}.setting", message=f"'{pending.setting}' is there twice")
        seen.add(key)
        for field in ("was", "value"):
            if not _fits(key, getattr(pending, field)):
                yield Problem(path=f"{path}.{field}", message=f"'{pending.setting}' takes no such value")


def _fits(key: SettingKey, value: object) -> bool:
    """Whether a setting can hold the value."""
    if key.kind != "ruleset" or key.part != "block_reenrollment":
        return isinstance(value, bool)
    try:
        return value is None or bool(Interval.model_validate(value))
    except ValidationError:
        return False


def _sequences(workspace: Workspace, names: _Names) -> Iterator[Problem]:
    for index, sequence in enumerate(workspace.sequences):
        path = f"sequences[{index}]"
        yield from names.missing(f"{path}.ruleset", "rulesets", sequence.ruleset)
        if sequence.task_assignment:
            yield from names.missing(f"{path}.task_assignment.user", "users", sequence.task_assignment.user)
        if len(set(sequence.send_days)) < len(sequence.send_days) or not sequence.send_days:
            yield Problem(path=f"{path}.send_days", message="name each day once, and one at least")
        yield from version_problems(path, sequence)


def _plays(workspace: Workspace, names: _Names) -> Iterator[Problem]:
    for index, play in enumerate(workspace.plays):
        path = f"plays[{index}]"
        yield from names.missing(f"{path}.audience", "audiences", play.audience)
        yield from names.missing(f"{path}.sequence", "sequences", play.sequence)
        for at, mailbox in enumerate(play.mailboxes):
            yield from names.missing(f"{path}.mailboxes[{at}]", "mailboxes", mailbox)
        for at, run in enumerate(play.runs):
            for entry_at, entry in enumerate(run.log):
                yield from names.missing(f"{path}.runs[{at}].log[{entry_at}].person", "people", entry.person)
            if len({entry.person for entry in run.log}) < len(run.log):
                yield Problem(path=f"{path}.runs[{at}].log", message="somebody is there twice")


def _enrollments(workspace: Workspace, names: _Names) -> Iterator[Problem]:
    sequences = {sequence.name: sequence for sequence in workspace.sequences}
    running: set[str] = set()
    for index, enrollment in enumerate(workspace.enrollments):
        path = f"enrollments[{index}]"
        yield from names.missing(f"{path}.person", "people", enrollment.person)
        yield from names.missing(f"{path}.sequence", "sequences", enrollment.sequence)
        yield from names.missing(f"{path}.mailbox", "mailboxes", enrollment.mailbox)
        yield from names.missing(f"{path}.play", "plays", enrollment.play)
        yield from names.missing(f"{path}.enrolled_by", "users", enrollment.enrolled_by)
        yield from _kept_assignment(f"{path}.task_assignment", enrollment, names)
        if enrollment.sequence in sequences:
            yield from progress_problems(path, enrollment, sequences[enrollment.sequence])
        yield from _times(path, enrollment)
        yield from _pause(path, enrollment, workspace.now)
        if enrollment.state in RUNNING:
            if enrollment.person in running:
                message = f"{enrollment.person} is in another running enrollment; a person has one at most (R20)"
                yield Problem(path=f"{path}.person", message=message)
            running.add(enrollment.person)


def _kept_assignment(path: str, enrollment: Enrollment, names: _Names) -> Iterator[Problem]:
    if enrollment.task_assignment:
        yield from names.missing(f"{path}.user", "users", enrollment.task_assignment.user)
        if enrollment.state not in RUNNING:
            yield Problem(path=path, message=f"an enrollment that is {enrollment.state} gets no tasks any more")


def _times(path: str, enrollment: Enrollment) -> Iterator[Problem]:
    if enrollment.state in RUNNING and (enrollment.ended_at or enrollment.end_reason):
        yield Problem(path=f"{path}.ended_at", message=f"an enrollment that is {enrollment.state} has not ended")
    if enrollment.started_at and enrollment.ended_at and enrollment.ended_at < enrollment.started_at:
        yield Problem(path=f"{path}.ended_at", message="it ends before it starts")


def _pause(path: str, enrollment: Enrollment, now: datetime | None) -> Iterator[Problem]:
    if enrollment.paused_until is None:
        return
    if not enrollment.paused:
        yield Problem(path=f"{path}.paused_until", message="an enrollment that is not paused does not resume")
    elif enrollment.state in RUNNING and enrollment.paused_until <= (now or START):
        message = f"it resumed by itself at {in_utc(enrollment.paused_until)}, before the workspace's now"
        yield Problem(path=f"{path}.paused_until", message=message)


def _tasks(workspace: Workspace, names: _Names) -> Iterator[Problem]:
    for index, task in enumerate(workspace.tasks):
        path = f"tasks[{index}]"
        yield from names.missing(f"{path}.person", "people", task.person)
        yield from names.missing(f"{path}.assignee", "users", task.assignee)
        yield from names.missing(f"{path}.sequence", "sequences", task.sequence)
        yield from names.missing(f"{path}.mailbox", "mailboxes", task.mailbox)
