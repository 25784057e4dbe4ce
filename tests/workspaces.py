"""Small workspaces for tests, said in few words.

`workspace()` is a team of two with a mailbox each, two sequences, one person, an audience of everybody and a play
from it into the first sequence. Each section can be given; people may be given by their addresses alone.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from models.records import (
    Audience,
    Behaviour,
    Enrollment,
    Exclusion,
    ExclusionMatch,
    Interval,
    Life,
    Mailbox,
    Person,
    Play,
    Record,
    Ruleset,
    Sequence,
    SequenceStep,
    User,
)
from models.workspace import Workspace, problems

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
ANA, BO = "ana@acme.test", "bo@acme.test"  # an admin and a rep
ANAS_MAILBOX, BOS_MAILBOX = "ana@send.acme.test", "bo@send.acme.test"
PIA, QUIN, RAJ, SUE = (f"{name}@x.test" for name in ("pia", "quin", "raj", "sue"))
OUTBOUND, NURTURE = "Outbound", "Nurture"
EVERYBODY, PLAY = "Everybody", "Play"

USERS = (User(email=ANA, name="Ana", role="admin"), User(email=BO, name="Bo", role="rep"))
MAILBOXES = (Mailbox(email=ANAS_MAILBOX, owner=ANA), Mailbox(email=BOS_MAILBOX, owner=BO))
STEPS = (
    SequenceStep(),
    SequenceStep(type="PHONE_CALL", wait_days=2),
    SequenceStep(wait_days=3),
    SequenceStep(wait_days=4),
)


def days_ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def ruleset(
    *, name: str = "Default", default: bool = True, allow_same: bool = False, days: int | None = 75, **own: Any
) -> Ruleset:
    """A ruleset; `days` is how long re-enrollment is barred, None is for ever."""
    block = Interval(value=days) if days is not None else None
    return Ruleset(
        name=name, default=default, allow_same_sequence_reenrollment=allow_same, block_reenrollment=block, **own
    )


def person(email: str, *, opted_out: bool = False, **own: Any) -> Person:
    return Person(email=email, email_opt_out=opted_out, **own)


def running(person: str, *, sequence: str = OUTBOUND, steps_done: int = 1, **own: Any) -> Enrollment:
    """An enrollment that runs from Ana's mailbox: active, or queued where no step is done."""
    state = own.pop("state", "active" if steps_done else "queued")
    return Enrollment(
        person=person,
        sequence=sequence,
        mailbox=own.pop("mailbox", ANAS_MAILBOX),
        state=state,
        steps_done=steps_done,
        started_at=own.pop("started_at", days_ago(2)),
        **own,
    )


def ended(person: str, *, days: float = 10, sequence: str = OUTBOUND, steps_done: int = 2, **own: Any) -> Enrollment:
    """An enrollment from Ana's mailbox that ended so many days ago: canceled, unless told otherwise."""
    return Enrollment(
        person=person,
        sequence=sequence,
        mailbox=own.pop("mailbox", ANAS_MAILBOX),
        state=own.pop("state", "canceled"),
        steps_done=steps_done,
        started_at=days_ago(days + 10),
        ended_at=days_ago(days),
        **own,
    )


def excluding(*emails: str, name: str = "Customers", on: bool = True, **match: Any) -> Exclusion:
    """An exclusion of these people, or of whom `match` says; `on` is its global toggle."""
    matching = ExclusionMatch(**({"person_email": emails} | match))
    return Exclusion(name=name, match=matching, exclude_from_sequences=on)


def play(name: str = PLAY, *, sequence: str = OUTBOUND, audience: str = EVERYBODY, **own: Any) -> Play:
    """A play of Ana's mailbox that may run again on the same people, unless told otherwise."""
    defaults = {"mailboxes": (ANAS_MAILBOX,), "allow_reruns": True}
    return Play(name=name, audience=audience, sequence=sequence, **(defaults | own))


def workspace(*, people: Iterable[str | Person] = (PIA,), **sections: Any) -> Workspace:
    """A workspace with these sections; what is not given is as the module says. Refuses one with mistakes."""
    whom = tuple(Person(email=one) if isinstance(one, str) else one for one in people)
    defaults: dict[str, Any] = {
        "now": NOW,
        "users": USERS,
        "mailboxes": MAILBOXES,
        "rulesets": (ruleset(),),
        "sequences": (Sequence(name=OUTBOUND, steps=STEPS), Sequence(name=NURTURE, steps=STEPS)),
        "audiences": (Audience(name=EVERYBODY, people=tuple(one.email for one in whom)),),
        "plays": (play(),),
    }
    made = Workspace(people=whom, **(defaults | {name: _tuple(value) for name, value in sections.items()}))
    if found := problems(made):
        raise ValueError("; ".join(f"{problem.path}: {problem.message}" for problem in found))
    return made


def _tuple(value: Any) -> Any:
    """Sections may be given as lists, or as a single record."""
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, Record) and not isinstance(value, (Behaviour, Life)) else value
