"""Settings that no API shows, from a workspace file into a copy: exclusions and their toggles, audiences, plays, task
assignment of sequences, daily limits of mailboxes, roles of users."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from models.documents import Problem, problems_of, read_document, refusal
from models.errors import InvalidInput
from models.records import Exclusion, Play
from models.tables.workspace import (
    AudienceExclusionRow,
    AudienceMemberRow,
    AudienceRow,
    ExclusionMatchRow,
    ExclusionRow,
    PlayMailboxRow,
    PlayRow,
    RulesetExclusionRow,
)
from models.workspace import NAMED_BY, Workspace
from platforms.sandbox.behaviour.adding import match_rows
from platforms.sandbox.store import Work

SECTIONS = ("users", "mailboxes", "rulesets", "exclusions", "sequences", "audiences", "plays")
TABLES = {
    "users": ("user_account", "email"),
    "mailboxes": ("mailbox", "email"),
    "rulesets": ("ruleset", "name"),
    "sequences": ("sequence", "name"),
    "people": ("person", "email"),
}
OF_THE_FILE = (
    "audience_exclusion",
    "audience_member",
    "ruleset_exclusion",
    "exclusion_match",
    "exclusion",
    "play_mailbox",
)
UNDONE = "No settings were added"


def read_settings(path: Path) -> Workspace:
    """These sections of a workspace file; the others are not read. Raises InvalidInput by the path of the key."""
    raw = read_document(path)
    if not isinstance(raw, dict):
        problem = f"a workspace is a mapping, this is a {type(raw).__name__}"
        raise InvalidInput(str(path), problem, "Begin with a section, such as users: [{email: ana@acme.test}]")
    try:
        return Workspace.model_validate({name: raw[name] for name in SECTIONS if raw.get(name) is not None})
    except ValidationError as error:
        raise refusal(path.name, problems_of(error), UNDONE) from error


def stated_settings(settings: Workspace) -> tuple[str, ...]:
    """Which settings the file states, in the words of `Platform.hidden`, and `roles`."""
    each = {
        "exclusions": bool(settings.exclusions),
        "plays": bool(settings.plays),
        "audiences": bool(settings.audiences),
        "sequence_task_assignment": any("task_assignment" in one.model_fields_set for one in settings.sequences),
        "daily_limits": any("daily_limit" in one.model_fields_set for one in settings.mailboxes),
        "roles": any("role" in one.model_fields_set for one in settings.users),
    }
    return tuple(name for name, is_stated in each.items() if is_stated)


def add_settings(work: Work, settings: Workspace, name: str) -> None:
    """Put them into the copy, in place of those of an earlier file. Raises InvalidInput for names that it has not."""
    there = {section: _names(work, *table) for section, table in TABLES.items()}
    there |= {part: {one.name for one in getattr(settings, part)} for part in ("exclusions", "audiences")}
    if found := list(_problems(settings, there)):
        raise refusal(name, found, UNDONE)
    work.run("UPDATE play SET audience_id = NULL, published = FALSE")
    for table in OF_THE_FILE:
        work.run(f"DELETE FROM {table}")
    work.run("DELETE FROM audience")
    _team(work, settings)
    _exclusions(work, settings.exclusions)
    _toggles(work, settings)
    _audiences(work, settings)
    for play in settings.plays:
        _play(work, play)


def _names(work: Work, table: str, column: str) -> set[str]:
    kept = " WHERE NOT deleted" if table == "sequence" else ""
    return {row[0] for row in work.run(f"SELECT {column} FROM {table}{kept}")}


def _problems(settings: Workspace, there: dict[str, set[str]]) -> Iterator[Problem]:
    def missing(path: str, section: str, name: str | None) -> Iterator[Problem]:
        if name is not None and name not in there[section]:
            yield Problem(path=path, message=f"'{name}' is not among the twin's {section}")

    for section in ("users", "mailboxes", "rulesets", "sequences"):
        for at, noun in enumerate(getattr(settings, section)):
            yield from missing(f"{section}[{at}].{NAMED_BY[section]}", section, getattr(noun, NAMED_BY[section]))
    for at, sequence in enumerate(settings.sequences):
        if sequence.task_assignment:
            yield from missing(f"sequences[{at}].task_assignment.user", "users", sequence.task_assignment.user)
    for section in ("rulesets", "audiences"):
        for at, noun in enumerate(getattr(settings, section)):
            for exclusion in noun.exclusions:
                yield from missing(f"{section}[{at}].exclusions.{exclusion}", "exclusions", exclusion)
    for at, audience in enumerate(settings.audiences):
        for number, person in enumerate(audience.people):
            yield from missing(f"audiences[{at}].people[{number}]", "people", person)
    for at, play in enumerate(settings.plays):
        yield from missing(f"plays[{at}].sequence", "sequences", play.sequence)
        yield from missing(f"plays[{at}].audience", "audiences", play.audience)
        for number, mailbox in enumerate(play.mailboxes):
            yield from missing(f"plays[{at}].mailboxes[{number}]", "mailboxes", mailbox)


def _team(work: Work, settings: Workspace) -> None:
    for user in settings.users:
        if "role" in user.model_fields_set:
            work.run("UPDATE user_account SET role = :role WHERE email = :email", role=user.role, email=user.email)
    for mailbox in settings.mailboxes:
        if "daily_limit" in mailbox.model_fields_set:
            work.run(
                "UPDATE mailbox SET daily_limit = :limit WHERE email = :email",
                limit=mailbox.daily_limit,
                email=mailbox.email,
            )
    for sequence in settings.sequences:
        if "task_assignment" in sequence.model_fields_set:
            own = sequence.task_assignment
            work.run(
                "UPDATE sequence SET task_assignment = :own WHERE name = :name",
                name=sequence.name,
                own=own.model_dump_json() if own else "null",
            )


def _exclusions(work: Work, exclusions: tuple[Exclusion, ...]) -> None:
    for exclusion in exclusions:
        key = work.add_one(
            ExclusionRow,
            name=exclusion.name,
            exclude_from_sequences=exclusion.exclude_from_sequences,
            last_activity_within_days=exclusion.match.last_activity_within_days,
        )
        work.add(ExclusionMatchRow, match_rows(key, exclusion.match))


def _toggles(work: Work, settings: Workspace) -> None:
    exclusions, rulesets = _by_name(work, "exclusion"), _by_name(work, "ruleset")
    work.add(
        RulesetExclusionRow,
        [
            {"ruleset_id": rulesets[ruleset.name], "exclusion_id": exclusions[name], "enabled": enabled}
            for ruleset in settings.rulesets
            for name, enabled in ruleset.exclusions.items()
        ],
    )


def _audiences(work: Work, settings: Workspace) -> None:
    exclusions = _by_name(work, "exclusion")
    for audience in settings.audiences:
        key = work.add_one(AudienceRow, name=audience.name)
        people = {row["email"]: row["id"] for row in work.rows("SELECT id, email FROM person")}
        work.add(
            AudienceMemberRow,
            [
                {"audience_id": key, "position": at, "person_id": people[person]}
                for at, person in enumerate(audience.people)
            ],
        )
        work.add(
            AudienceExclusionRow,
            [
                {"audience_id": key, "exclusion_id": exclusions[name], "enabled": enabled}
                for name, enabled in audience.exclusions.items()
            ],
        )


def _play(work: Work, play: Play) -> None:
    """A play that enrolled somebody is there by its traces; another one is added."""
    row: dict[str, Any] = {
        "audience_id": _by_name(work, "audience").get(play.audience or ""),
        "published": play.published,
        "sequence_id": _by_name(work, "sequence")[play.sequence],
        "allow_reruns": play.allow_reruns,
        "rerun_cooldown_days": play.rerun_cooldown_days,
    }
    key = work.value("SELECT id FROM play WHERE name = :name", name=play.name)
    if key is None:
        key = work.add_one(PlayRow, name=play.name, **row)
    else:
        work.run(f"UPDATE play SET {', '.join(f'{name} = :{name}' for name in row)} WHERE id = :id", id=key, **row)
    boxes = {mailbox["email"]: mailbox["id"] for mailbox in work.rows("SELECT id, email FROM mailbox")}
    work.add(
        PlayMailboxRow,
        [{"play_id": key, "position": at, "mailbox_id": boxes[mailbox]} for at, mailbox in enumerate(play.mailboxes)],
    )


def _by_name(work: Work, table: str) -> dict[str, int]:
    return {row["name"]: row["id"] for row in work.rows(f"SELECT id, name FROM {table}")}
