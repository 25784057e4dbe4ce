"""The plan of `queued-backlog`."""

from models.changes import Change, ReassignQueued
from models.plan import Plan
from models.records import Record
from models.wording import counted


class BacklogMove(Record):
    """One sequence's queued enrollments: how many, and the mailboxes in the order of their turns."""

    sequence: str
    contacts: int
    mailboxes: tuple[str, ...]

    @property
    def key(self) -> str:
        """Under which the journal has it."""
        return f"reassign_queued:{self.sequence}"

    def __str__(self) -> str:
        queued = counted(self.contacts, "queued enrollment")
        return f"move {queued} of '{self.sequence}' to {', '.join(self.mailboxes)}, by turns"


class BacklogPlan(Plan):
    """As of every plan; `cancels` where the platform cancels what it reassigns, or nobody knows (conflict C6)."""

    from_mailbox: str
    moves: tuple[BacklogMove, ...]
    cancels: bool
    directly: bool = False
    """Each is cancelled and enrolled anew from its new mailbox, instead of moved by the platform's backlog."""

    left_out: tuple[str, ...] = ()
    """The sequences out of which an earlier run took contacts, and put them in nowhere: they are enrolled first."""

    def enrolls_into(self) -> tuple[str, ...]:
        """As of every plan: who is moved is enrolled anew where that cancels, and who was left out in any case."""
        moved = (move.sequence for move in self.moves) if self.cancels else ()
        return tuple(dict.fromkeys([*moved, *self.left_out]))

    def reassigning(self, move: BacklogMove) -> ReassignQueued:
        """The change that moves what is queued of one sequence."""
        return ReassignQueued(sequence=move.sequence, from_mailbox=self.from_mailbox, to_mailboxes=move.mailboxes)

    def aim(self) -> str:
        """As of every plan."""
        queued = sum(move.contacts for move in self.moves)
        return f"move {counted(queued, 'queued enrollment')} from {self.from_mailbox}"

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan, and each sequence's move."""
        return (*super().to_make(), *(() if self.directly else (self.reassigning(move) for move in self.moves)))
