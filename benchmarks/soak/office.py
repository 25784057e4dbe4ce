"""What operations people do with Handoff: start procedures, answer, go home at a question, cancel, resume, twice too.

An event names a kind only; which mailbox, sequence or exclusion it is about is chosen when it happens.
"""

from random import Random
from typing import Any

from benchmarks.soak.doings import MAILBOXES, NOBODYS, RUNS, SEQUENCES, STEPS
from benchmarks.soak.people import People
from benchmarks.soak.runs import Answer, Run

ANSWERS: tuple[Answer, ...] = ("yes",) * 8 + ("no", "walks away")
CHANGED = (
    "SELECT DISTINCT mailbox FROM did WHERE kind LIKE 'change%owner%' AND refused IS NULL AND at > ? ORDER BY mailbox"
)
MATCHED = (
    "SELECT x.name AS exclusion, y.name AS play FROM exclusion x, play y JOIN audience a ON a.id = y.audience_id"
    " WHERE x.exclude_from_sequences AND x.last_activity_within_days IS NULL AND y.name NOT LIKE '%(handoff %'"
    " ORDER BY x.id, y.id"
)


def started(kind: str, people: People, random: Random) -> Run | None:
    """The run that an event of this kind starts; None where there is nothing to start it on."""
    parameters = STARTS[kind](people, random)
    return Run(kind, parameters, random.choice(ANSWERS)) if parameters else None


def _ownership_change(people: People, random: Random) -> dict[str, Any]:
    changed = [row[0] for row in people.place.diary.rows(CHANGED, people.days_ago(2))]
    given = {"mailbox": random.choice(changed)} if changed else {}
    return given | ({"restart": True} if given and random.random() < 0.1 else {})


def _sequence_move(people: People, random: Random) -> dict[str, Any]:
    source, target = random.sample([row["sequence"] for row in people.rows(SEQUENCES)], 2)
    there = [row["person"] for row in people.rows(RUNS) if row["sequence"] == source]
    some = random.sample(there, min(len(there), 25))
    return {"from_sequence": source, "to_sequence": target, "contacts": "\n".join(["email", *some])} if some else {}


def _queued_backlog(people: People, random: Random) -> dict[str, Any]:
    unpaused = [row["mailbox"] for row in people.rows(MAILBOXES) if not row["paused"]]
    if len(unpaused) < 2:
        return {}
    one, two = random.sample(unpaused, 2)
    given: dict[str, Any] = {"from_mailbox": one, "to_mailboxes": [two]}
    return given | ({"via": "direct"} if random.random() < 0.5 else {})


def _exclusion_rerun(people: People, random: Random) -> dict[str, Any]:
    if not (found := people.one_of(random, MATCHED)):
        return {}
    return found | {"max_hold_days": 60, "shield_others": random.random() < 0.5}


def _version_upgrade(people: People, random: Random) -> dict[str, Any]:
    name = random.choice(people.rows(SEQUENCES))["sequence"]
    steps = [*people.rows(STEPS, name=name), {"type": "AUTOMATIC_EMAIL", "wait_days": 2}]
    lines = [f"- {{type: {step['type']}, wait_days: {step['wait_days']}}}" for step in steps[-9:]]
    return {"sequence": name, "steps": "\n".join(lines)}


def _enroll_contacts(people: People, random: Random) -> dict[str, Any]:
    nobodys = [row["person"] for row in people.rows(NOBODYS)]
    some = random.sample(nobodys, min(len(nobodys), 3))
    sequence = random.choice(people.rows(SEQUENCES))["sequence"]
    mailbox = random.choice(people.rows(MAILBOXES))["mailbox"]
    return {"emails": some, "sequence": sequence, "mailboxes": [mailbox]} if some else {}


STARTS = {
    "ownership-change": _ownership_change,
    "sequence-move": _sequence_move,
    "queued-backlog": _queued_backlog,
    "exclusion-rerun": _exclusion_rerun,
    "version-upgrade": _version_upgrade,
    "enroll-contacts": _enroll_contacts,
}
