"""Each object's rows into the workspace's tables. What they refer to is looked up; what is not here yet gets a row
that holds its name, if it has one: it was made after its own part was read, and the next copy tells the rest.
"""

from collections.abc import Iterable
from typing import Any

from models.tables.workspace import EnrollmentPauseRow, RulesetRow, SequenceStepRow
from platforms.sandbox.copying.ledger import Keys, as_json, keys
from platforms.sandbox.copying.mailboxes import DEFAULT_ROLE, mailboxes
from platforms.sandbox.copying.merging import (
    COMPANY,
    ENROLLMENT,
    PERSON,
    PLAY,
    RULESET,
    SEQUENCE,
    TASK,
    USER,
    Row,
    came,
    known,
    merge,
)
from platforms.sandbox.store import Work

WEEK = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]
UNKNOWN: Row = {"task_assignment": None}  # written as the null of JSON, as a workspace file's
PULLING = "pulling"  # the state of an enrollment until the copy is whole: it breaks no rule of one at a time (R20)


def users(work: Work, rows: list[Row]) -> None:
    """Rows of `id, updated_at, email, name`; times are seconds."""
    merge(work, USER, [_stamped(row, "email", "name") for row in rows], {"role": DEFAULT_ROLE} | came(work))


def companies(work: Work, rows: list[Row]) -> None:
    """Rows of `id, updated_at, domain` (or None), `status, owner`. A company without a domain gets one that is none."""
    owners = keys(work, USER.name, (row["owner"] for row in rows))
    merge(
        work,
        COMPANY,
        [
            _stamped(row)
            | {
                "domain": row["domain"] or f"{row['id']}.invalid",
                "status": row["status"] or "",
                "owner_id": owners.get(row["owner"]),
                "listed": True,
            }
            for row in rows
        ],
        came(work),
    )


def people(work: Work, rows: list[Row]) -> None:
    """Rows of `id, updated_at, email, first_name, status, email_opt_out, do_not_email, company, owner`."""
    owners = keys(work, USER.name, (row["owner"] for row in rows))
    at = keys(work, COMPANY.name, (row["company"] for row in rows))
    merge(
        work,
        PERSON,
        [
            _stamped(row, "email", "first_name", "email_opt_out", "do_not_email")
            | {
                "status": row["status"] or "",
                "company_id": at.get(row["company"]),
                "owner_id": owners.get(row["owner"]),
            }
            for row in rows
        ],
        came(work),
    )


def sequences(work: Work, rows: list[Row]) -> None:
    """All sequences there are: `id, name, paused, send_days, version, steps, ruleset` (a row, or None). One that is
    not among them was deleted."""
    rulesets = {row["ruleset"]["id"]: row["ruleset"] for row in rows if row["ruleset"]}
    settings = _rulesets(work, list(rulesets.values()))
    found = merge(
        work,
        SEQUENCE,
        [
            {
                "id": row["id"],
                "name": name,
                "paused": row["paused"],
                "send_days": row["send_days"],
                "deleted": False,
                "version": row["version"] or 1,
                "ruleset_id": settings[row["ruleset"]["id"]] if row["ruleset"] else None,
            }
            for row, name in zip(rows, _once_each(rows), strict=True)
        ],
        UNKNOWN,
    )
    work.run(
        "UPDATE sequence SET deleted = TRUE WHERE id NOT IN (SELECT value FROM json_each(:there))",
        there=as_json(found.values()),
    )
    for row in rows:
        which = {"sequence_id": found[row["id"]], "version": row["version"] or 1}
        work.run("DELETE FROM sequence_step WHERE sequence_id = :sequence_id AND version = :version", **which)
        work.add(
            SequenceStepRow,
            [
                which | {"number": number, "type": kind, "wait_days": wait}
                for number, (kind, wait) in enumerate(row["steps"], 1)
            ],
        )


def _rulesets(work: Work, rows: list[Row]) -> Keys:
    users = keys(work, USER.name, (row["user"] for row in rows))
    emails = {row["id"]: row["email"] for row in work.rows("SELECT id, email FROM user_account")}
    found = merge(
        work,
        RULESET,
        [
            {name: row[name] for name in ("id", "is_default", "allow_same_sequence_reenrollment", "block_reenrollment")}
            | {
                "name": name,
                "task_assignment": {
                    "automatic": row["automatic"],
                    "manual": row["manual"],
                    "user": emails.get(users.get(row["user"])),
                },
            }
            for row, name in zip(rows, _once_each(rows), strict=True)
        ],
    )
    if not work.value("SELECT COUNT(*) FROM ruleset"):  # what a workspace without any goes by
        work.add_one(
            RulesetRow,
            name="Default",
            is_default=True,
            block_reenrollment={"value": 75, "unit": "DAY"},
            task_assignment={"automatic": "ASSIGN_TO_MAILBOX_OWNER", "manual": "ASSIGN_TO_ENROLLER", "user": None},
        )
    return found


def _once_each(rows: Iterable[Row]) -> list[str]:
    """Their names, as they are unique in a sandbox: of several with one name the later ones show their id too."""
    names: list[str] = []
    for row in rows:
        names.append(f"{row['name']} ({row['id'][:8]})" if row["name"] in names else row["name"])
    return names


def enrollments(work: Work, rows: list[Row]) -> None:
    """Rows of `id, updated_at, person, email, sequence, sequence_name, mailbox, mailbox_email, owner, owner_email,
    play, play_name, version, started_at, ended_at, paused, ended_as`, and with them mailboxes and plays."""
    boxes = mailboxes(work, rows)
    people = known(work, PERSON, rows, "person", "email", {"created_at": work.now})
    there = _known_sequences(work, rows)
    plays = _plays(work, [row for row in rows if row["play"]], there)
    versions = {row["id"]: row["version"] for row in work.rows("SELECT id, version FROM sequence")}
    found = merge(
        work,
        ENROLLMENT,
        [
            {
                "id": row["id"],
                "person_id": people[row["person"]],
                "sequence_id": there[row["sequence"]],
                "mailbox_id": boxes[row["mailbox"]],
                "play_id": plays[row["play"]] if row["play"] else None,
                "version": row["version"] or versions[there[row["sequence"]]],
                "state": PULLING,
                "started_at": row["started_at"] if row["started_at"] is not None else row["updated_at"],
                "ended_at": (row["ended_at"] or row["updated_at"]) if row["ended_as"] else None,
            }
            for row in rows
        ],
    )
    _note_ends(work, rows, found)


def _plays(work: Work, rows: list[Row], sequences: Keys) -> Keys:
    """Plays by their traces: a new one is of the sequence that it enrolled somebody into."""
    known = keys(work, PLAY.name, (row["play"] for row in rows))
    found = merge(work, PLAY, [{"id": row["play"], "name": row["play_name"]} for row in rows if row["play"] in known])
    return {
        **found,
        **merge(
            work,
            PLAY,
            [
                {"id": row["play"], "name": row["play_name"], "sequence_id": sequences[row["sequence"]]}
                for row in rows
                if row["play"] not in known
            ],
        ),
    }


def _note_ends(work: Work, rows: list[Row], found: Keys) -> None:
    work.connection.exec_driver_sql(
        "INSERT INTO copy_enrollment (id, ended_as) VALUES (?, ?)"
        " ON CONFLICT (id) DO UPDATE SET ended_as = excluded.ended_as",
        [(found[row["id"]], row["ended_as"]) for row in rows],
    )
    work.run(
        "DELETE FROM enrollment_pause WHERE enrollment_id IN (SELECT value FROM json_each(:these))",
        these=as_json(found.values()),
    )
    paused = {found[row["id"]]: row["updated_at"] for row in rows if row["paused"]}
    work.add(EnrollmentPauseRow, [{"enrollment_id": key, "paused": True, "at": at} for key, at in paused.items()])


def excluded(work: Work, rows: list[Row]) -> None:
    """Rows of `id, excluded` of enrollments that ended."""
    found = keys(work, ENROLLMENT.name, (row["id"] for row in rows))
    work.connection.exec_driver_sql(
        "UPDATE copy_enrollment SET excluded = ? WHERE id = ?",
        [(row["excluded"], found.get(row["id"])) for row in rows],
    )


def enrollment_steps(work: Work, rows: list[Row]) -> None:
    """Rows of `id, updated_at, enrollment, number, type, status, at`. One of an enrollment that is not here, or whose
    number no branch has given yet, is passed over; one of an unknown type counts as an email, for the daily limits."""
    found = keys(work, ENROLLMENT.name, (row["enrollment"] for row in rows))
    known = [(found[row["enrollment"]], row) for row in rows if row["enrollment"] in found and row["number"]]
    if not known:
        return
    work.connection.exec_driver_sql(
        "INSERT INTO enrollment_step (enrollment_id, number, type, status, at, derived) VALUES (?, ?, ?, ?, ?, 0)"
        " ON CONFLICT (enrollment_id, number) DO UPDATE SET type = excluded.type, status = excluded.status,"
        " at = excluded.at WHERE enrollment_step.status <> 'FINISHED' OR excluded.status = 'FINISHED'",
        [
            (key, row["number"], row["type"] or "AUTOMATIC_EMAIL", _status(row), row["at"] or row["updated_at"])
            for key, row in known
        ],
    )
    work.connection.exec_driver_sql(
        "UPDATE copy_enrollment SET lowest = MIN(COALESCE(lowest, ?1), ?1) WHERE id = ?2",
        [(row["number"], key) for key, row in known],
    )


def _status(row: Row) -> str:
    if row["at"] is not None:
        return "FINISHED"
    return row["status"] if row["status"] in ("NOT_STARTED", "SCHEDULED", "PENDING") else "CANCELED"


def tasks(work: Work, rows: list[Row]) -> None:
    """Rows of `id, updated_at, person, type, status, priority, assignee, due_at, ended_at, created_at`. Nothing links
    them to a sequence, enrollment or mailbox. One of somebody who is not here is passed over."""
    people = keys(work, PERSON.name, (row["person"] for row in rows))
    users = keys(work, USER.name, (row["assignee"] for row in rows))
    columns = ("id", "type", "status", "priority", "due_at", "ended_at", "created_at")
    merge(
        work,
        TASK,
        [
            {name: row[name] for name in columns}
            | {
                "person_id": people[row["person"]],
                "assignee_id": users.get(row["assignee"]),
                "changed_at": row["updated_at"],
            }
            for row in rows
            if row["person"] in people
        ],
    )


def _known_sequences(work: Work, rows: list[Row]) -> Keys:
    """The keys of these rows' sequences: one that is in no list is kept as deleted."""
    found = keys(work, SEQUENCE.name, (row["sequence"] for row in rows))
    gone = {row["sequence"]: row["sequence_name"] for row in rows if row["sequence"] not in found}
    if not gone:
        return found
    names = {row["name"] for row in work.rows("SELECT name FROM sequence")}
    added: list[dict[str, Any]] = []
    for one, name in gone.items():
        free = name if name and name not in names else f"{name or 'sequence'} ({one[:8]})"
        names.add(free)
        added.append({"id": one, "name": free, "send_days": WEEK, "deleted": True})
    return {**found, **merge(work, SEQUENCE, added, UNKNOWN)}


def _stamped(row: Row, *names: str) -> Row:
    return {"id": row["id"], "updated_at": row["updated_at"]} | {name: row[name] for name in names}
