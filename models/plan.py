"""A plan: what a procedure would do, as a value. A dry run is the plan, printed."""

import hashlib
import json
from typing import Any

from pydantic import AwareDatetime

from models.changes import Change, DuplicatePlay, DuplicateSequence, Enroll, RunPlay, SetSetting, UploadAudience
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

    `target` is where they are enrolled: the sequence they were in, or its duplicate when they start over.
    """

    target: str
    play: str | None
    contacts: int
    name: str
    """The name of the audience and of the play's duplicate; it carries the operation's id."""

    def __str__(self) -> str:
        if self.play is None:
            return f"enroll {self.contacts} contacts directly into '{self.target}'"
        return (
            f"upload {self.contacts} contacts as the audience '{self.name}', duplicate the play '{self.play}'"
            f" onto it under the same name, and run the copy into '{self.target}'"
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
    must_act: tuple[str, ...] = ()
    """The settings that have to act before anybody is enrolled: those to borrow, and those set but not acting yet."""
    send_from: tuple[str, ...]
    rejected: int = 0
    contacts_digest: str = ""

    @property
    def enrolls(self) -> int:
        """How many contacts the plan enrolls."""
        return sum(group.contacts for group in self.groups)

    def lines(self) -> tuple[str, ...]:
        """The plan for people, one line a change, in the order in which they are made."""
        duplicates = [f"duplicate the sequence '{old}' as '{new}'" for old, new in self.duplicate_sequences]
        back = [f"give back {loan.setting}: {shown(loan.was)}" for loan in self.loans]
        wait = ["wait until a probe proves that the settings act"] if self.must_act else []
        return (*duplicates, *map(str, self.loans), *wait, *map(str, self.groups), *back)

    def changes(self) -> tuple[type[Change], ...]:
        """The kinds of changes that carrying it out takes: who may not make one of them may not begin."""
        kinds: list[type[Change]] = [SetSetting] if self.loans else []
        kinds += [DuplicateSequence] if self.duplicate_sequences else []
        if any(group.play for group in self.groups):
            kinds += [UploadAudience, DuplicatePlay, RunPlay]
        return (*kinds, Enroll)

    def fingerprint(self) -> str:
        """A hash over contacts, settings and values: an approval binds to it."""
        said = self.model_dump(mode="json", exclude={"found"})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
