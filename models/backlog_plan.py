"""The plan of `queued-backlog`."""

from models.plan import Plan
from models.records import Record


class BacklogMove(Record):
    """One sequence's queued enrollments: how many, and the mailboxes in the order of their turns."""

    sequence: str
    contacts: int
    mailboxes: tuple[str, ...]

    def __str__(self) -> str:
        return f"move {self.contacts} queued enrollments of '{self.sequence}' to {', '.join(self.mailboxes)}, by turns"


class BacklogPlan(Plan):
    """As of every plan; `cancels` where the platform cancels what it reassigns, or nobody knows (conflict C6)."""

    from_mailbox: str
    moves: tuple[BacklogMove, ...]
    cancels: bool
