"""What people do: for each kind of event, the changes that it is, chosen from whoever is there.

Each gives names of actions and their values (`handoff sandbox do`), none where there is nobody to do it to, and hears
whether the workspace took it: a rep who cannot enroll the one tries another. Nobody
sets a setting that is on loan to the very value that Handoff set it to: nothing would show that they chose it.
"""

import json
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.soak.people import People

Doings = Generator[tuple[str, dict[str, Any]], bool, None]
"""Changes one after another; each is answered by whether the workspace took it."""
ADMINS = frozenset(
    {
        "change_mailbox_owner",
        "set_setting",
        "run_play",
        "publish_play",
        "add_exclusion",
        "pause_mailbox",
        "pause_sequence",
        "edit_sequence",
    }
)
OF = (
    "SELECT p.email AS person, s.name AS sequence, m.email AS mailbox FROM enrollment e"
    " JOIN person p ON p.id = e.person_id JOIN sequence s ON s.id = e.sequence_id JOIN mailbox m ON m.id = e.mailbox_id"
)
RUNS = f"{OF} WHERE e.state IN ('queued', 'active') ORDER BY e.id"
FELL_OUT = (
    f"{OF} WHERE e.end_reason = 'mailbox_owner_changed' AND e.ended_at > :since AND NOT EXISTS"
    " (SELECT 1 FROM enrollment n WHERE n.person_id = e.person_id AND n.id > e.id) ORDER BY e.id"
)
MOVED_ON = (
    f"{OF} WHERE e.state IN ('queued', 'active') AND e.play_id IS NULL AND EXISTS (SELECT 1 FROM enrollment n"
    " WHERE n.person_id = e.person_id AND n.id < e.id AND n.end_reason = 'mailbox_owner_changed'"
    " AND n.ended_at > :since) ORDER BY e.id"
)
IS_BACK = (
    f"{OF} JOIN play y ON y.id = e.play_id WHERE y.name LIKE '%(handoff %' AND e.state IN ('queued', 'active')"
    " ORDER BY e.id"
)
PAUSED = (
    f"{OF} JOIN enrollment_pause z ON z.enrollment_id = e.id WHERE z.paused AND e.state IN ('queued', 'active')"
    " ORDER BY e.id"
)
NOBODYS = (
    "SELECT p.email AS person FROM person p WHERE NOT EXISTS (SELECT 1 FROM enrollment e WHERE e.person_id = p.id"
    " AND e.state IN ('queued', 'active')) ORDER BY p.id"
)
SEQUENCES = "SELECT name AS sequence, paused FROM sequence WHERE NOT deleted ORDER BY id"
MAILBOXES = (
    "SELECT m.email AS mailbox, m.paused, u.email AS owner FROM mailbox m"
    " LEFT JOIN user_account u ON u.id = m.owner_id ORDER BY m.id"
)
PLAYS = "SELECT name AS play, published FROM play WHERE name NOT LIKE '%(handoff %' ORDER BY id"
STEPS = (
    "SELECT t.type, t.wait_days FROM sequence_step t JOIN sequence s ON s.id = t.sequence_id AND t.version = s.version"
    " WHERE s.name = :name ORDER BY t.number"
)
OWNERS_BEFORE = (
    "SELECT mailbox, before FROM did WHERE kind LIKE 'change%owner%' AND refused IS NULL AND before IS NOT NULL"
    " AND at > ? ORDER BY id"
)
OPEN_LOANS = "SELECT setting, set_to FROM loan WHERE state IN ('open', 'returning') ORDER BY id"
TRIES = 6  # of whom a rep would like to enroll
INTERVALS = [{"value": days, "unit": "DAY"} for days in (14, 30, 45, 75)]


def change_owner(people: "People", random: Random) -> Doings:
    """A mailbox gets another owner."""
    found = people.one_of(random, MAILBOXES) or {}
    others = [rep for rep in people.reps if rep != found.get("owner")]
    yield "change_mailbox_owner", {"mailbox": found["mailbox"], "owner": random.choice(others)}


def change_owner_back(people: "People", random: Random) -> Doings:
    """A mailbox goes back to whom it was taken from not a day ago."""
    if changed := people.place.diary.rows(OWNERS_BEFORE, people.days_ago(1)):
        mailbox, owner = random.choice(changed)
        yield "change_mailbox_owner", {"mailbox": mailbox, "owner": owner}


def change_two_owners(people: "People", random: Random) -> Doings:
    """Two mailboxes change hands at once."""
    one, two = random.sample([row for row in people.rows(MAILBOXES) if row["owner"]], 2)
    yield "change_mailbox_owner", {"mailbox": one["mailbox"], "owner": two["owner"]}
    yield "change_mailbox_owner", {"mailbox": two["mailbox"], "owner": one["owner"]}


def enroll(people: "People", random: Random) -> Doings:
    """Somebody who runs nowhere is enrolled by hand."""
    yield from _some_of(people, random, people.rows(NOBODYS))


def enroll_who_fell_out(people: "People", random: Random) -> Doings:
    """Somebody who fell out lately is enrolled elsewhere by a rep who does not wait for the night."""
    yield from _some_of(people, random, people.rows(FELL_OUT, since=people.days_ago(3)))


def _some_of(people: "People", random: Random, found: list[dict[str, Any]]) -> Doings:
    """The first of a few whom the workspace takes."""
    for one in random.sample(found, min(len(found), TRIES)):
        if (yield from _into_some_sequence(people, random, one)):
            return


def unenroll(people: "People", random: Random) -> Doings:
    """Somebody is taken out by hand."""
    if found := people.one_of(random, RUNS):
        yield "unenroll", {"person": found["person"], "sequence": found["sequence"]}


def unenroll_who_is_back(people: "People", random: Random) -> Doings:
    """Somebody whom Handoff put back is taken out again."""
    if found := people.one_of(random, IS_BACK):
        yield "unenroll", {"person": found["person"], "sequence": found["sequence"]}


def move(people: "People", random: Random) -> Doings:
    """Somebody is taken out of one sequence and enrolled in another."""
    if found := people.one_of(random, RUNS):
        yield "unenroll", {"person": found["person"], "sequence": found["sequence"]}
        yield from _into_some_sequence(people, random, found)


def _into_some_sequence(people: "People", random: Random, found: dict[str, Any]) -> Generator[Any, bool, bool]:
    others = [row["sequence"] for row in people.rows(SEQUENCES) if row["sequence"] != found.get("sequence")]
    mailboxes = [row["mailbox"] for row in people.rows(MAILBOXES) if not row["paused"]]
    if not mailboxes:
        return False
    values = {"person": found["person"], "sequence": random.choice(others), "mailbox": [random.choice(mailboxes)]}
    return (yield "enroll", values)


def pause_enrollment(people: "People", random: Random) -> Doings:
    """Somebody is paused."""
    if found := people.one_of(random, RUNS):
        yield "pause_enrollment", {"person": found["person"], "sequence": found["sequence"]}


def resume_enrollment(people: "People", random: Random) -> Doings:
    """Somebody who was paused goes on."""
    if found := people.one_of(random, PAUSED):
        yield "resume_enrollment", {"person": found["person"], "sequence": found["sequence"]}


def change_a_loan(people: "People", random: Random) -> Doings:
    """A setting that Handoff has changed for a while is set to something else by somebody who does not know."""
    if loans := people.place.owed(OPEN_LOANS):
        setting, set_to = random.choice(loans)
        yield from _set(people, random, setting, json.loads(set_to))
    else:
        yield from change_a_setting(people, random)


def change_a_setting(people: "People", random: Random) -> Doings:
    """A setting of the organisation, a ruleset or an audience is changed for good."""
    out = dict(people.place.owed(OPEN_LOANS))
    setting = random.choice([key for key in sorted(people.place.settings()) if key not in out])
    yield from _set(people, random, setting, None)


def _set(people: "People", random: Random, setting: str, lent: Any) -> Doings:
    now = people.place.settings().get(setting)
    choices = INTERVALS[1:] if setting.endswith("block_reenrollment") else [True, False]
    if others := [value for value in choices if value not in (now, lent)]:
        yield "set_setting", {"setting": setting, "value": random.choice(others)}


def edit_sequence(people: "People", random: Random) -> Doings:
    """A sequence gets another step at its end; some upgrade what runs."""
    name = random.choice(people.rows(SEQUENCES))["sequence"]
    steps = [*people.rows(STEPS, name=name), {"type": "AUTOMATIC_EMAIL", "wait_days": random.randint(1, 4)}]
    if len(steps) <= 9:
        yield "edit_sequence", {"sequence": name, "steps": steps, "upgrade": random.random() < 0.4}


def shorten_sequence(people: "People", random: Random) -> Doings:
    """A sequence loses its last steps."""
    name = random.choice(people.rows(SEQUENCES))["sequence"]
    steps = people.rows(STEPS, name=name)
    if len(steps) > 3:
        left = steps[: random.randint(2, len(steps) - 1)]
        yield "edit_sequence", {"sequence": name, "steps": left, "upgrade": random.random() < 0.3}


def pause_sequence(people: "People", random: Random) -> Doings:
    """A sequence is paused, or goes on."""
    found = _rather_on(random, people.rows(SEQUENCES))
    yield "pause_sequence", {"sequence": found["sequence"], "paused": not found["paused"]}


def pause_mailbox(people: "People", random: Random) -> Doings:
    """A mailbox is paused, or sends again."""
    found = _rather_on(random, people.rows(MAILBOXES))
    yield "pause_mailbox", {"mailbox": found["mailbox"], "paused": not found["paused"]}


def _rather_on(random: Random, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """One of them; where some are paused, mostly one of those: else all would be in the end."""
    paused = [row for row in rows if row["paused"]]
    return random.choice(paused if paused and random.random() < 0.7 else rows)


def publish_play(people: "People", random: Random) -> Doings:
    """A play is published, or taken back."""
    if found := people.one_of(random, PLAYS):
        yield "publish_play", {"play": found["play"], "published": not found["published"]}


def run_play(people: "People", random: Random) -> Doings:
    """A play is run again."""
    if found := people.one_of(random, PLAYS):
        yield "run_play", {"play": found["play"]}


def add_exclusion(people: "People", random: Random) -> Doings:
    """A new exclusion keeps a few people out."""
    found = people.rows(RUNS) or people.rows(NOBODYS)
    some = [row["person"] for row in random.sample(found, min(len(found), 3))]
    number = len(people.rows("SELECT id FROM exclusion"))
    yield (
        "add_exclusion",
        {
            "name": f"Not now {number}",
            "match": {"person_email": some},
            "exclude_from_sequences": True,
        },
    )


def reply(people: "People", random: Random) -> Doings:
    """Somebody who runs answers."""
    if found := people.one_of(random, RUNS):
        yield "reply", {"person": found["person"]}


def reply_of_who_moved_on(people: "People", random: Random) -> Doings:
    """Somebody who fell out and was enrolled elsewhere since answers there."""
    if found := people.one_of(random, MOVED_ON, since=people.days_ago(3)):
        yield "reply", {"person": found["person"]}


def unenroll_who_moved_on(people: "People", random: Random) -> Doings:
    """Somebody who fell out and was enrolled elsewhere since is taken out there."""
    if found := people.one_of(random, MOVED_ON, since=people.days_ago(3)):
        yield "unenroll", {"person": found["person"], "sequence": found["sequence"]}


def bounce(people: "People", random: Random) -> Doings:
    """Somebody's address does not exist any more."""
    if found := people.one_of(random, RUNS):
        yield "bounce", {"person": found["person"]}


def opt_out(people: "People", random: Random) -> Doings:
    """Somebody wants no more emails, whether they run or fell out."""
    fell_out = people.rows(FELL_OUT, since=people.days_ago(3))
    if found := [*people.rows(RUNS)[:200], *fell_out]:
        yield "opt_out", {"person": random.choice(found)["person"]}


def out_of_office(people: "People", random: Random) -> Doings:
    """Somebody is away for some days."""
    if found := people.one_of(random, RUNS):
        until = datetime.fromtimestamp(people.days_ago(-random.randint(2, 12)), UTC) + timedelta(hours=1)
        yield "out_of_office", {"person": found["person"], "until": until.isoformat()}


def finish_task(people: "People", random: Random) -> Doings:
    """A rep does what there is to do."""
    if found := people.one_of(random, "SELECT id FROM rep_task WHERE status = 'READY' ORDER BY id"):
        yield "finish_task", {"task": found["id"]}


KINDS: dict[str, Callable[["People", Random], Doings]] = {
    made.__name__: made
    for made in (
        change_owner,
        change_owner_back,
        change_two_owners,
        enroll,
        enroll_who_fell_out,
        unenroll,
        unenroll_who_is_back,
        unenroll_who_moved_on,
        move,
        pause_enrollment,
        resume_enrollment,
        change_a_loan,
        change_a_setting,
        edit_sequence,
        shorten_sequence,
        pause_sequence,
        pause_mailbox,
        publish_play,
        run_play,
        add_exclusion,
        reply,
        reply_of_who_moved_on,
        bounce,
        opt_out,
        out_of_office,
        finish_task,
    )
}
