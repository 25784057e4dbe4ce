"""A plan: what a procedure would do, as a value. A dry run is the plan, printed."""

import hashlib
import json
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime

from models.records import Record
from models.setting_keys import shown


class SettingLoan(Record):
    """A setting to borrow: what it is, what it has to be meanwhile, and for how many contacts."""

    setting: str
    was: Any
    set_to: Any
    contacts: int

    def __str__(self) -> str:
        return f"borrow {self.setting}: {shown(self.was)} → {shown(self.set_to)} (needed by {self.contacts} contacts)"


class Group(Record):
    """Contacts that go into one sequence in one way: through a duplicate of a play, or directly (`play` is None).

    `target` is where they are enrolled: the sequence itself, or its duplicate when they start over.
    """

    sequence: str
    target: str
    play: str | None
    contacts: int
    audience: str
    duplicate: str

    def __str__(self) -> str:
        if self.play is None:
            return f"enroll {self.contacts} contacts directly into '{self.target}'"
        return (
            f"upload {self.contacts} contacts as the audience '{self.audience}', duplicate the play '{self.play}'"
            f" onto it as '{self.duplicate}' and run the copy into '{self.target}'"
        )


class ReenrollmentPlan(Record):
    """How contacts get back into their sequences."""

    found: str
    changed_at: AwareDatetime | None
    certain: int
    candidates: int
    groups: tuple[Group, ...]
    loans: tuple[SettingLoan, ...]
    duplicate_sequences: tuple[tuple[str, str], ...] = ()
    send_from: tuple[str, ...]
    probes: dict[str, str] = {}
    """For each setting that must act: the contact whose enrollment proves it."""
    contacts_digest: str = ""

    @property
    def enrolls(self) -> int:
        """How many contacts the plan enrolls."""
        return sum(group.contacts for group in self.groups)

    def lines(self) -> tuple[str, ...]:
        """The plan for people, one line a change, in the order in which they are made."""
        duplicates = [f"duplicate the sequence '{old}' as '{new}'" for old, new in self.duplicate_sequences]
        back = [f"give back {loan.setting}: {shown(loan.was)}" for loan in self.loans]
        wait = ["wait until a probe proves that the settings act"] if self.loans else []
        return (*duplicates, *map(str, self.loans), *wait, *map(str, self.groups), *back)

    def fingerprint(self) -> str:
        """A hash over contacts, settings and values: an approval binds to it."""
        said = self.model_dump(mode="json", exclude={"found"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]


def stamp(moment: datetime) -> str:
    """A moment inside a name."""
    return f"{moment:%Y-%m-%d %H:%M}"
