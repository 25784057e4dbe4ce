"""The sandbox's tables as a workspace document: `load` then `dump` gives the same file, also after runs."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from models.records import (
    Audience,
    Behaviour,
    Company,
    Exclusion,
    Life,
    LogEntry,
    Mailbox,
    PendingSetting,
    Person,
    Play,
    PlayRun,
    Record,
    RepTask,
    Ruleset,
    User,
)
from models.workspace import START, Workspace
from platforms.sandbox.behaviour.versions import read_sequences
from platforms.sandbox.clock import moment, moments
from platforms.sandbox.store import Work, from_json
from platforms.sandbox.workspace_file.assignment_defaults import AssignmentDefaults
from platforms.sandbox.workspace_file.dump_enrollments import read_enrollments
from platforms.sandbox.workspace_file.enrollment_defaults import Timetables, derived
from platforms.sandbox.workspace_file.load import IMPLIED_RULESET
from platforms.sandbox.workspace_file.shapes import NULL, Shapes, emit

MANY = {"people": "person", "audiences": "audience", "enrollments": "enrollment", "tasks": "rep_task"}
"""The sections that grow with a workspace's contacts, with their tables."""

Sections = Iterator[tuple[str, Any]]
"""The sections of a document in its order: each with its name; that of a section of `Many` is an iterator."""


def dump(work: Work) -> dict[str, Any]:
    """The workspace as a document: the loaded file's keys first, in its order."""
    return {name: list(value) if isinstance(value, Iterator) else value for name, value in sections(work)}


def sections(work: Work) -> Sections:
    """The same section by section, for `write_workspace`: what grows with the contacts is read as it is written."""
    few, many = _read_few(work), _read_many(work)
    said = from_json(work.value("SELECT said FROM workspace"))
    in_order = [str(name) for name in said["order"]]
    for name in [*in_order, *(name for name in Workspace.model_fields if name not in in_order)]:
        if name in in_order or _worth_saying(work, name, few):
            yield name, _many(name, few, many, said) if name in MANY else _section(name, few, said)


def _worth_saying(work: Work, name: str, few: Workspace) -> bool:
    if name in MANY:
        return bool(work.value(f"SELECT 1 FROM {MANY[name]} LIMIT 1"))
    if name == "rulesets" and few.rulesets == (IMPLIED_RULESET,):
        return False
    if name == "now":
        return few.now != START
    return bool(getattr(few, name) != Workspace.model_fields[name].default)


def _section(name: str, few: Workspace, said: dict[str, Any]) -> Any:
    value = getattr(few, name)
    if isinstance(value, Record):
        return emit(value, said["whole"].get(name))
    if not isinstance(value, tuple):
        return None if said["whole"].get(name) == NULL and value == START else value
    shapes = Shapes(said["sections"].get(name))
    if name == "rulesets" and value == (IMPLIED_RULESET,) and not len(shapes):
        return []
    return [emit(record, shapes[index]) for index, record in enumerate(value)]


def _many(name: str, few: Workspace, many: dict[str, Callable[[], Iterator[Any]]], said: dict[str, Any]) -> Any:
    shapes, records = Shapes(said["sections"].get(name)), enumerate(many[name]())
    if name != "enrollments":
        return (emit(record, shapes[index]) for index, record in records)
    timetables, now = Timetables(few.sequences), few.now or START
    of = AssignmentDefaults(few.rulesets, few.sequences, few.plays, few.mailboxes)
    return (
        emit(record, shapes[index], derived(record, timetables, now) | {"task_assignment": of.left_out(record)})
        for index, record in records
    )


def read_back(work: Work) -> Workspace:
    """The whole workspace as a record."""
    many = {name: tuple(read()) for name, read in _read_many(work).items()}
    return _read_few(work).model_copy(update=many)


def _read_many(work: Work) -> dict[str, Callable[[], Iterator[Any]]]:
    return {
        "people": lambda: _people(work),
        "audiences": lambda: _audiences(work),
        "enrollments": lambda: read_enrollments(work, Timetables(read_sequences(work))),
        "tasks": lambda: _tasks(work),
    }


def _read_few(work: Work) -> Workspace:
    """The workspace without what grows with its contacts."""
    own = work.one("SELECT * FROM workspace") or {}
    return Workspace.model_construct(
        now=moment(own["now"]),
        seed=own["seed"],
        draws=own["draws"],
        life=Life.model_construct(**from_json(own["life"]) or {}),
        behaviour=Behaviour.model_construct(**from_json(own["behaviour"])),
        users=tuple(
            User.model_construct(**row) for row in work.rows("SELECT email, name, role FROM user_account ORDER BY id")
        ),
        mailboxes=_mailboxes(work),
        companies=_companies(work),
        rulesets=read_rulesets(work),
        exclusions=read_exclusions(work),
        sequences=read_sequences(work),
        plays=_plays(work),
        pending=read_pending(work),
    )


def _mailboxes(work: Work) -> tuple[Mailbox, ...]:
    rows = work.rows(
        "SELECT m.email, u.email AS owner, m.paused, m.daily_limit FROM mailbox m"
        " LEFT JOIN user_account u ON u.id = m.owner_id ORDER BY m.id"
    )
    return tuple(Mailbox.model_construct(**_bools(row, "paused")) for row in rows)


def _companies(work: Work) -> tuple[Company, ...]:
    rows = work.rows(
        "SELECT c.domain, u.email AS owner, c.status FROM company c"
        " LEFT JOIN user_account u ON u.id = c.owner_id WHERE c.listed ORDER BY c.id"
    )
    return tuple(Company.model_construct(**row) for row in rows)


def _people(work: Work) -> Iterator[Person]:
    rows = work.each(
        "SELECT p.email, p.first_name, c.domain AS company_domain, u.email AS owner, p.status, p.email_opt_out,"
        " p.do_not_email FROM person p LEFT JOIN company c ON c.id = p.company_id"
        " LEFT JOIN user_account u ON u.id = p.owner_id ORDER BY p.id"
    )
    return (Person.model_construct(**_bools(row, "email_opt_out", "do_not_email")) for row in rows)


def _bools(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return row | {name: bool(row[name]) for name in names}


def _toggles(work: Work, table: str, owner: str) -> dict[int, dict[str, bool]]:
    found: dict[int, dict[str, bool]] = defaultdict(dict)
    sql = f"SELECT t.{owner} AS owner, x.name, t.enabled FROM {table} t JOIN exclusion x ON x.id = t.exclusion_id"
    for row in work.rows(f"{sql} ORDER BY t.id"):
        found[row["owner"]][row["name"]] = bool(row["enabled"])
    return found


def read_rulesets(work: Work) -> tuple[Ruleset, ...]:
    """The rulesets with the values that are set (not yet in effect, perhaps)."""
    toggles = _toggles(work, "ruleset_exclusion", "ruleset_id")
    return tuple(
        Ruleset.model_validate(
            {
                "name": row["name"],
                "default": row["is_default"],
                "exclusions": toggles[row["id"]],
                "allow_same_sequence_reenrollment": row["allow_same_sequence_reenrollment"],
                "block_reenrollment": from_json(row["block_reenrollment"]),
                "task_assignment": from_json(row["task_assignment"]),
                **moments({"task_assignment_set_at": row["task_assignment_set_at"]}, "task_assignment_set_at"),
            }
        )
        for row in work.rows("SELECT * FROM ruleset ORDER BY id")
    )


def read_exclusions(work: Work) -> tuple[Exclusion, ...]:
    """The exclusions with the values that are set."""
    matches: dict[int, dict[str, Any]] = defaultdict(lambda: defaultdict(list))
    for row in work.rows("SELECT * FROM exclusion_match ORDER BY id"):
        matches[row["exclusion_id"]][row["kind"]].append(row["value"])
    for row in work.rows("SELECT id, last_activity_within_days AS days FROM exclusion"):
        if row["days"] is not None:
            matches[row["id"]]["last_activity_within_days"] = row["days"]
    return tuple(
        Exclusion.model_validate(
            {
                "name": row["name"],
                "match": matches[row["id"]],
                "exclude_from_sequences": row["exclude_from_sequences"],
            }
        )
        for row in work.rows("SELECT * FROM exclusion ORDER BY id")
    )


def read_pending(work: Work) -> tuple[PendingSetting, ...]:
    """The settings that have not taken effect yet."""
    return tuple(
        PendingSetting.model_validate(
            moments(row, "takes_effect_at") | {"was": from_json(row["was"]), "value": from_json(row["value"])}
        )
        for row in work.rows(
            "SELECT setting, was, value, takes_effect_at FROM pending_setting WHERE takes_effect_at > :now ORDER BY id"
        )
    )


def _audiences(work: Work) -> Iterator[Audience]:
    toggles = _toggles(work, "audience_exclusion", "audience_id")
    for row in work.rows("SELECT id, name FROM audience ORDER BY id"):
        members = work.run(
            "SELECT p.email FROM audience_member m JOIN person p ON p.id = m.person_id WHERE m.audience_id = :id"
            " ORDER BY m.position",
            id=row["id"],
        )
        people = tuple(members.scalars())
        yield Audience.model_construct(name=row["name"], people=people, exclusions=toggles[row["id"]])


def _plays(work: Work) -> tuple[Play, ...]:
    mailboxes: dict[int, list[str]] = defaultdict(list)
    for row in work.rows(
        "SELECT pm.play_id, m.email FROM play_mailbox pm JOIN mailbox m ON m.id = pm.mailbox_id"
        " ORDER BY pm.play_id, pm.position"
    ):
        mailboxes[row["play_id"]].append(row["email"])
    runs = _runs(work)
    return tuple(
        Play.model_construct(
            **_bools(row, "published", "allow_reruns", "deleted"),
            mailboxes=tuple(mailboxes[number]),
            runs=tuple(runs[number]),
        )
        for row in work.rows(
            "SELECT p.id, p.name, a.name AS audience, s.name AS sequence, p.published, p.allow_reruns,"
            " p.rerun_cooldown_days, p.deleted FROM play p LEFT JOIN audience a ON a.id = p.audience_id"
            " JOIN sequence s ON s.id = p.sequence_id ORDER BY p.id"
        )
        for number in [row.pop("id")]
    )


def _runs(work: Work) -> dict[int, list[PlayRun]]:
    entries: dict[int, list[LogEntry]] = defaultdict(list)
    for row in work.rows(
        "SELECT l.run_id, p.email AS person, l.reason, l.logged FROM play_log l JOIN person p ON p.id = l.person_id"
        " ORDER BY l.run_id, l.id"
    ):
        entries[row.pop("run_id")].append(LogEntry.model_construct(**_bools(row, "logged")))
    runs: dict[int, list[PlayRun]] = defaultdict(list)
    for row in work.rows("SELECT id, play_id, ran_at FROM play_run WHERE play_id IS NOT NULL ORDER BY id"):
        runs[row["play_id"]].append(PlayRun.model_construct(at=moment(row["ran_at"]), log=tuple(entries[row["id"]])))
    return runs


def _tasks(work: Work) -> Iterator[RepTask]:
    return (
        RepTask.model_construct(**moments(row, "due_at", "ended_at"))
        for row in work.each(
            "SELECT p.email AS person, t.type, t.status, u.email AS assignee, s.name AS sequence, m.email AS mailbox,"
            " t.due_at, t.ended_at, t.priority, t.note FROM rep_task t JOIN person p ON p.id = t.person_id"
            " LEFT JOIN user_account u ON u.id = t.assignee_id LEFT JOIN sequence s ON s.id = t.sequence_id"
            " LEFT JOIN mailbox m ON m.id = t.mailbox_id ORDER BY t.id"
        )
    )
