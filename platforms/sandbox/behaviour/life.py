"""What comes of emails where the workspace has a `life`: replies, bounces, opt-outs, automatic replies of who is away.

What comes of an email is drawn from the workspace's seed, the address, the step and the second in which it left, and
from nothing else: it does not matter in how many moves the clock comes there, nor whether the workspace was dumped and
loaded in between. Whatever comes arrives on a full hour later than the email.

A reply, a bounce and an automatic reply belong to the sequence whose email it was: they meet the enrollment of that
person that runs there by then, be it a later one (upgraded, or put back). Where none runs the platform shows nothing of
them. An opt-out is the person's, whatever runs.
"""

from collections.abc import Iterable
from hashlib import blake2b
from typing import Any, NamedTuple

from models.records import Life
from models.tables.workspace import AnswerRow
from models.tables.workspace.columns import RUNNING_SQL
from platforms.sandbox.behaviour.answers import take_opt_outs, take_replies
from platforms.sandbox.behaviour.enrolling import end_enrollments
from platforms.sandbox.behaviour.pausing import pause
from platforms.sandbox.store import Work, from_json

HOUR, DAY = 3_600, 86_400
# The hours in which each kind arrives after its email: machines answer at once, people within two days.
HOURS = {"bounced": (1, 1), "out_of_office": (1, 1), "replied": (1, 48), "opted_out": (1, 48)}
SLOWEST = 49 * HOUR  # with what it takes to the next full hour
DAYS_AWAY = (2, 14)

EMAILS_SENT = """
    SELECT p.id AS person_id, e.sequence_id, p.email, s.number, s.at FROM enrollment_step s
    JOIN enrollment e ON e.id = s.enrollment_id JOIN person p ON p.id = e.person_id
    WHERE s.status = 'FINISHED' AND s.type IN ('AUTOMATIC_EMAIL', 'MANUAL_EMAIL')"""


class Answer(NamedTuple):
    """What comes of an email, and when; `until` where somebody is away."""

    kind: str
    at: int
    until: int | None = None


def drawn(life: Life, seed: int, email: str, number: int, sent_at: int) -> Answer | None:
    """What comes of the email of step `number` that left for an address in that second; None: nothing."""
    digest = blake2b(f"{seed}:{email}:{number}:{sent_at}".encode(), digest_size=18).digest()
    which, when, how_long = (int.from_bytes(digest[at : at + 6]) / 2**48 for at in (0, 6, 12))  # each below 1
    for kind, share in _shares(life):
        if which < share:
            arrives = sent_at + _between(HOURS[kind], when) * HOUR
            arrives += -arrives % HOUR
            away = (arrives + _between(DAYS_AWAY, how_long) * DAY) // DAY * DAY if kind == "out_of_office" else None
            return Answer(kind, arrives, away)
        which -= share
    return None


def _shares(life: Life) -> Iterable[tuple[str, float]]:
    return (
        ("bounced", life.bounces),
        ("replied", life.replies),
        ("opted_out", life.opt_outs),
        ("out_of_office", life.out_of_office),
    )


def _between(span: tuple[int, int], draw: float) -> int:
    least, most = span
    return least + int(draw * (most - least + 1))


def expect_answers(work: Work, which: str, **values: object) -> None:
    """Draw what comes of emails that have left: a condition on `s`, their steps. Nothing, where there is no life."""
    own = work.one("SELECT seed, life FROM workspace") or {}
    shares = from_json(own.get("life"))
    if not shares or not any(shares.values()):
        return
    life = Life.model_validate(shares)
    coming: list[dict[str, Any]] = []
    for row in work.rows(f"{EMAILS_SENT} AND {which} ORDER BY s.id", **values):
        answer = drawn(life, own["seed"], row["email"], row["number"], row["at"])
        if answer is not None and answer.at > work.now:
            coming.append({"person_id": row["person_id"], "sequence_id": row["sequence_id"], **answer._asdict()})
    work.add(AnswerRow, coming)


def expect_answers_of_late(work: Work) -> None:
    """Draw what is still to come of the emails of the last days, as a file tells of them."""
    expect_answers(work, "s.at > :since AND s.at <= :now", since=work.now - SLOWEST)


def next_answer(work: Work) -> int | None:
    """When the next one arrives."""
    found: int | None = work.value("SELECT MIN(at) FROM answer")
    return found


def take_answers(work: Work) -> None:
    """What has arrived by now takes its effect."""
    if not work.value("SELECT 1 FROM answer WHERE at <= :now LIMIT 1"):
        return
    end_enrollments(work, _that_met("bounced"), "bounced")
    take_replies(work, _that_met("replied"))
    take_opt_outs(work, "SELECT a.person_id FROM answer a WHERE a.kind = 'opted_out' AND a.at <= :now")
    back_at = (
        "(SELECT MAX(a.until) FROM answer a WHERE a.person_id = enrollment.person_id AND a.at <= :now"
        " AND a.sequence_id = enrollment.sequence_id)"
    )
    pause(work, _that_met("out_of_office"), until=back_at)
    work.run("DELETE FROM answer WHERE at <= :now")


def _that_met(kind: str) -> str:
    """A condition on `enrollment`: it runs in the sequence whose email such an answer came to by now."""
    return (
        "id IN (SELECT r.id FROM answer a JOIN enrollment r ON r.person_id = a.person_id"
        f" AND r.sequence_id = a.sequence_id WHERE a.kind = '{kind}' AND a.at <= :now AND r.{RUNNING_SQL})"
    )
