"""Pairs: contacts are taken out of a sequence and put into one, a chunk at a time, and nobody is lost in between.

Each is marked before it is taken out, and the instant is written down: `finish` finds whom a run that died took out.
Who is refused goes back to where they were; who is refused there too is left to a person, by name.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import pandas as pd

from models.names import NONE
from models.names_in_frames import one_each
from tasks.left_out import MOVING, name_left_out
from tasks.made_before import came_of, how_it_ended, note_known
from tasks.narration import tell
from tasks.operation import Operation
from tasks.paused_contacts import pause_ours, was_paused


def move_all(move_next: Callable[[int], bool], at_once: int) -> None:
    """Move everybody by `Pairs.move_next`: one contact first, who shows whether the settings act, then chunks of so
    many (`Platform.at_once`)."""
    size = 1
    while move_next(size):
        size = at_once


@dataclass(frozen=True)
class Pairs(ABC):
    """Those of an operation out of `source` into `target`. Contacts are frames as `outcomes.chunks` gives them."""

    operation: Operation
    source: str
    target: str
    key: str
    """How the keys of their changes begin."""
    from_mailbox: str = ""
    """Which mailbox they go back to if they are refused; "": each has one mailbox in both sequences."""
    outcome: ClassVar[str]
    """What becomes of who arrives."""
    gone: ClassVar[str]
    """What is said of who left the source by themselves."""
    not_begun: ClassVar[dict[str, str]]
    """The details of who was marked and is to be moved still, by what came of them (`stays` or "")."""

    @abstractmethod
    def summary(self, number: int) -> str:
        """What a chunk of so many does, for people."""

    @abstractmethod
    def still_to_move(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """Those to be moved still, and who is `paused`, as they are now; the others' outcomes are written down."""

    @abstractmethod
    def arrived(self, places: pd.DataFrame) -> pd.DataFrame:
        """Who of those in the target (`Platform.places`) is where they were to be brought: columns of outcomes."""

    @abstractmethod
    def record_gone(self, emails: "pd.Series[str]", detail: str | list[str]) -> None:
        """Write down who left the source by themselves; `detail` is one for all, or one each."""

    def homes(self, contacts: pd.DataFrame) -> "pd.Series[str]":
        """The mailboxes that these go back to if they are refused."""
        own: pd.Series[str] = contacts["mailbox"]
        return pd.Series(self.from_mailbox, index=own.index) if self.from_mailbox else own

    def were_paused(self, contacts: pd.DataFrame) -> "pd.Series[bool]":
        """Which of these, who may be out of the source by now, are to go on paused: who was paused in it."""
        return was_paused(self.operation, contacts, self.source, self.operation.now())

    def move_next(self, size: int, wave: int = 1) -> bool:
        """Move the next contacts of a wave, write their outcomes down; give whether to go on.

        Where the first of all is refused (a chunk of one), nobody else is touched.
        """
        waiting = self.operation.outcomes.chunks(
            size, forecast=self.outcome, outcome=None, sequence=self.target, play=None, wave=wave
        )
        if (contacts := next(waiting, None)) is None:
            return False
        contacts = self.still_to_move(contacts)
        if contacts.empty:
            return True
        changes, summary = self.operation.changes, self.summary(len(contacts))
        intent = changes.intend(f"{self.key}{contacts['email'].iloc[0]}", "unenroll", summary)
        self.operation.outcomes.note(contacts["email"].tolist(), MOVING)
        self.operation.platform.unenroll(contacts[["email"]].assign(sequence=self.source))
        refused = self.enroll(contacts, intent.intended_at)
        changes.applied(intent.key, {"contacts": len(contacts)})
        tell(summary)
        return not (size == 1 and refused)

    def finish(self, *, for_good: bool) -> int:
        """Put in whom a run that died had taken out, and write down what became of the others whom it had marked, as
        the platform's history tells it; give how many were put in now.

        Who left by themselves meanwhile, or began somewhere by another's doing, is left there. Who runs in the source
        still was not begun. Who is refused everywhere is left to a person by name; where it is not `for_good` they keep
        their mark, and a run that goes on tries again. Repeated: nobody is marked any more.
        """
        operation, begun = self.operation, self.operation.changes.open_under(self.key)
        if begun is None:
            return 0
        marked = self._marked()
        came = came_of(operation, marked, begun.intended_at, sequence=self.target, leaves=self.source)
        pause_ours(operation, marked, came, self.were_paused(marked))
        left = self.note(marked, came)
        for state, detail in self.not_begun.items():
            operation.outcomes.note(left.loc[left["came"].eq(state), "email"].tolist(), detail)
        if len(out := left[left["came"].eq("out")]):
            self.enroll(out, begun.intended_at, for_good=for_good)
        if self._marked().empty:
            operation.changes.applied(begun.key, {"finished": len(out)})
        return len(out)

    def note(self, contacts: pd.DataFrame, came: pd.DataFrame) -> pd.DataFrame:
        """Write down whose enrollment is ours, who began elsewhere and who left by themselves; give the others, with
        what `came` of each (as `came_of` tells it)."""
        left = note_known(self.operation, contacts, came, outcome=self.outcome)
        left = left.assign(came=came["came"].reindex(left.index))
        gone = left["came"].eq("left")
        ends = [how_it_ended(enrollment) for _, enrollment in came.loc[left[gone].index].iterrows()]
        self.record_gone(left.loc[gone, "email"], [f"{self.gone}; it {end}" for end in ends])
        return left[~gone]

    def enroll(self, contacts: pd.DataFrame, since: datetime, *, for_good: bool = True) -> int:
        """Put contacts who run nowhere now into the target, write the outcomes down as the workspace shows them; give
        how many were refused, who are back where they were. `since` is when the pairs were begun."""
        operation, platform = self.operation, self.operation.platform
        if "paused" not in contacts:  # else as was seen right before
            contacts = contacts.assign(paused=self.were_paused(contacts))
        answer = platform.enroll(contacts[["email", "sequence", "mailbox", "paused"]]).set_index("email")["reason"]
        there = self.arrived(platform.places(contacts["email"].tolist(), self.target))
        operation.outcomes.record(there.assign(outcome=self.outcome, reasons=NONE))
        refused = contacts[~contacts["email"].isin(there["email"])]
        if len(refused):  # or came and has left again, or was enrolled elsewhere by somebody meanwhile
            came = came_of(operation, refused, since, sequence=self.target, leaves=self.source)
            refused = note_known(operation, refused, came, outcome=self.outcome)
        if len(refused):
            self._send_back(refused.assign(reasons=one_each(refused["email"].map(answer))), for_good)
        return len(refused)

    def _send_back(self, refused: pd.DataFrame, for_good: bool) -> None:
        operation, platform = self.operation, self.operation.platform
        place = f"on {self.from_mailbox}" if self.from_mailbox else f"in '{self.source}'"
        refused = refused.assign(sequence=self.source, mailbox=self.homes(refused))
        platform.enroll(refused[["email", "sequence", "mailbox", "paused"]])
        back = refused["email"].isin(platform.places(refused["email"].tolist(), self.source)["email"])
        operation.outcomes.record(
            refused[["email", "reasons", "mailbox"]].assign(
                outcome=back.map({True: "blocked", False: "failed"}),
                detail=back.map({True: f"refused; back {place}", False: f"refused, and not back {place}"}),
            )[back | for_good]
        )
        where = " or ".join(f"'{sequence}'" for sequence in dict.fromkeys((self.source, self.target)))
        name_left_out(operation, refused.loc[~back, "email"].tolist(), f"into {where}")

    def _marked(self) -> pd.DataFrame:
        return self.operation.outcomes.everything(outcome=None, detail=MOVING, sequence=self.target)
