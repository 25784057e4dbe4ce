"""From which mailboxes new enrollments can be sent.

A paused mailbox sends nothing new. What the platform does about a mailbox without an owner is an open question (Q7);
the sandbox lets it send, so that is no reason here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Senders:
    """The mailboxes meant for an enrollment: those that can send, and those that are paused."""

    able: tuple[str, ...]
    paused: tuple[str, ...]

    @classmethod
    def of(cls, mailboxes: pd.DataFrame, names: Iterable[str]) -> "Senders":
        """Of the mailboxes of these names; `mailboxes` are those of `Platform.mailboxes`. One that is not among them,
        where the platform shows only those with enrollments, is not known to be paused."""
        stopped = set(mailboxes.loc[mailboxes["paused"].eq(True), "mailbox"])
        wanted = tuple(names)
        return cls(
            tuple(name for name in wanted if name not in stopped), tuple(name for name in wanted if name in stopped)
        )

    def why_not(self) -> str:
        """Why none of them can send."""
        if not self.paused:
            return "there is no mailbox to send from"
        return "; ".join(f"{name} is paused" for name in self.paused)
