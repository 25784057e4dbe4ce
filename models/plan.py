"""A plan: what a procedure would do, as a value. A dry run is the plan, printed.

Each procedure's plan is a `Plan` with what its own steps need besides; see `models/enrollment_plan.py`.
"""

import hashlib
import json
from typing import Any, ClassVar

from models.changes import ACTIONS, Change, SetSetting, of_json
from models.manual_steps import ManualStep
from models.records import Record
from models.setting_keys import SettingKey
from models.setting_words import in_words, value_in_words
from models.wording import counted


class SettingLoan(Record):
    """A setting to borrow: what it is, what it has to be meanwhile, and for how many contacts."""

    setting: SettingKey
    was: Any
    set_to: Any
    contacts: int

    @property
    def change(self) -> SetSetting:
        """The change that borrows it."""
        return SetSetting(setting=self.setting, value=of_json(self.set_to))

    def __str__(self) -> str:
        needed = counted(self.contacts, "contact needs", "contacts need")
        was, set_to = value_in_words(self.was), value_in_words(self.set_to)
        return f"borrow a setting: {in_words(self.setting)}: {was}, set to {set_to} ({needed} it)"


class Plan(Record):
    """What a procedure would do, and what there is to say of it before anybody agrees.

    `purpose` completes the question "Workspace sandbox: …?"; `contacts` is how many it would change; `steps` are what
    is done, in words and in order, while the loans are out; `actions` names the kinds of changes that this takes
    (`Change.action`); `candidates` is for how many a person has to confirm that they are meant.
    """

    purpose: str
    contacts: int
    found: str = ""
    steps: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    loans: tuple[SettingLoan, ...] = ()
    must_act: tuple[SettingKey, ...] = ()
    """The settings that have to act before anything is done: those to borrow, and those set but not acting yet."""
    candidates: int = 0
    rejected: int = 0
    contacts_digest: str = ""
    by_hand: tuple[ManualStep, ...] = ()
    """What a person has to do in the platform, since no API can, in order."""
    rests_on: tuple[str, ...] = ()
    """What the forecasts rest on and the platform does not tell: each as it was seen or is assumed."""
    NOT_BOUND: ClassVar[frozenset[str]] = frozenset({"found", "steps", "warnings", "must_act", "by_hand", "rests_on"})
    """What an approval does not bind to: words, which tell times too, and what acts by now."""
    ADDED: ClassVar[frozenset[str]] = frozenset()
    """What plans of an earlier release have not: left out of the hash where it says nothing, so that theirs stays."""

    @property
    def is_empty(self) -> bool:
        """Whether it would change nothing."""
        return not self.contacts

    @property
    def asks(self) -> bool:
        """Whether a person is asked however the run was started, also one who started it to change things."""
        return bool(self.candidates)

    def lines(self) -> tuple[str, ...]:
        """The plan for people, one line a change, in the order in which they are made."""
        wait = ["wait until a probe proves that the settings act"] if self.must_act else []
        back = [f"give it back: {in_words(loan.setting)}: {value_in_words(loan.was)} again" for loan in self.loans]
        hands = map(str, self.by_hand)
        rests = (f"it rests on this: {line}" for line in self.rests_on)
        minds = (f"mind: {line}" for line in self.warnings)
        return (*minds, *map(str, self.loans), *wait, *self.steps, *back, *hands, *rests)

    def changes(self) -> tuple[type[Change], ...]:
        """The kinds of changes that carrying it out takes: who may not make one of them may not begin."""
        return (*([SetSetting] if self.loans else []), *(ACTIONS[name] for name in self.actions))

    def enrolls_into(self) -> tuple[str, ...]:
        """The sequences that contacts are enrolled into, of those that are there already, each once; of one that is to
        be duplicated the original."""
        return ()

    def to_make(self) -> tuple[Change, ...]:
        """The changes that are known beforehand, in order; what is done contact by contact is not among them."""
        return tuple(loan.change for loan in self.loans)

    def aim(self) -> str:
        """The purpose as people read it. An approval binds to `purpose`, which stays as earlier releases wrote it."""
        return self.purpose

    def question(self) -> str:
        """What somebody agrees to."""
        return self.aim() + (f", borrow {counted(len(self.loans), 'setting')}" if self.loans else "")

    def fingerprint(self) -> str:
        """A hash over contacts, settings and values: an approval binds to it. The same as time goes on."""
        silent = {name for name in self.ADDED if getattr(self, name) == type(self).model_fields[name].default}
        said = self.model_dump(mode="json", exclude={*self.NOT_BOUND, *silent})
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]

    def sections(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """What somebody has to see before saying yes: titles, each with lines."""
        return (
            ("What speaks against it", self.warnings),
            ("What will be done", tuple(line for line in self.lines() if not line.startswith("mind: "))),
            ("How they were found", (self.found,) if self.found else ()),
            ("What cannot be undone", self.beyond_undoing()),
        )

    def beyond_undoing(self) -> tuple[str, ...]:
        """What `handoff undo` will not be able to take back, and until when it can."""
        if not {"enroll", "run_play", "edit_sequence"} & set(self.actions):
            return ()
        emails = counted(self.contacts, "email may leave", "emails may leave")
        return (
            f"An email that was sent cannot be taken back: up to {emails} within the hour. Until then `handoff undo`"
            " takes everybody out again who was sent nothing.",
        )

    def for_report(self) -> dict[str, Any]:
        """What a report shows of it, whichever procedure's plan it is."""
        return {"lines": list(self.lines()), "found": self.found, "rejected": self.rejected}
