"""What random workspaces are made of: names that YAML, setting keys and logs have to take care of, and the dice."""

import random
from datetime import datetime, timedelta

from models.records import Interval

USERS = ("ana@acme.test", "bo@acme.test", "cy@acme.test")
MAILBOXES = ("ana@send.acme.test", "bo@send.acme.test", "team@send.acme.test")
DOMAINS = ("bigcorp.test", "small.test", "x.test")
RULESETS = ("Default", "Lenient: 0 days", "50% strict")
EXCLUSIONS = ("Customers", "Acme: rivals", "null", "Recently active, [30]")
SEQUENCES = ("Outbound", "yes", "Nurture: Q4", "Zoë’s #2")
AUDIENCES = ("Everybody", "2026-11-02T09:00:00Z", "A, {b}")
PLAYS = ("Play", "1e3", "Other: play", "- dash")
PEOPLE = tuple(f"{name}@x.test" for name in ("pia", "quin", "raj", "sue", "tom", "uma", "val", "wim"))
STATUSES = ("lead", "churned", "customer")
REASONS = (None, "opted_out", "already_enrolled", "recently_enrolled", "excluded:Customers")
ENDS = ("unenrolled", "mailbox_owner_changed", "excluded", "opted_out", "replied", "bounced", "upgraded")
MODES = (
    "ASSIGN_TO_MAILBOX_OWNER",
    "ASSIGN_TO_ENROLLER",
    "ASSIGN_TO_USER",
    "ASSIGN_TO_SENDER",
    "ASSIGN_TO_RECORD_OWNER",
)
STEP_TYPES = (
    "AUTOMATIC_EMAIL",
    "AUTOMATIC_EMAIL",
    "PHONE_CALL",
    "MANUAL_EMAIL",
    "MANUAL_LINKEDIN_MESSAGE",
    "ACTION_ITEM",
)
BLOCKS = (
    None,
    Interval(value=0),
    Interval(value=75),
    Interval(value=2, unit="WEEK"),
    Interval(value=90, unit="MINUTE"),
)
HAIR = (timedelta(0), timedelta(seconds=1), timedelta(seconds=-1), timedelta(hours=1))


class Draws:
    """Choices by one seed that Hypothesis draws: far quicker than a thousand draws, and the same for the same seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.one = self._random.choice
        self.number = self._random.randint
        self.shuffled = lambda values: self._random.sample(list(values), len(values))

    def often(self, chance: float = 0.5) -> bool:
        return self._random.random() < chance

    def some(self, names: tuple[str, ...], least: int = 0) -> tuple[str, ...]:
        """Some of these, in the order given."""
        kept = set(self._random.sample(range(len(names)), self.number(min(least, len(names)), len(names))))
        return tuple(name for at, name in enumerate(names) if at in kept)

    def ago(self, now: datetime, *spans: timedelta) -> datetime:
        """An instant not after now: a hair before or after one of these spans ago, or any time of late."""
        if spans and self.often():
            return min(now, now - self.one(spans) + self.one(HAIR))
        return now - timedelta(seconds=self.one((0, 1, self.number(0, 86_400), self.number(0, 120 * 86_400))))
