"""The plan of `undo`: what another operation made, and how it is taken back."""

from typing import Literal

from models.changes import Change, DeleteAudience, DeletePlay, DeleteSequence, EditSequence, SetTaskAssignment
from models.enrollment_plan import EnrollmentPlan
from models.records import Record
from models.wording import counted

Deleted = Literal["play", "audience", "sequence"]


class Return(Record):
    """Contacts who go back into the sequence that the operation took them out of, out of the one that it put them into;
    `source` is None where they run nowhere."""

    source: str | None
    target: str
    contacts: int

    @property
    def key(self) -> str:
        """How the keys of their pairs begin."""
        return f"move:{self.source}:{self.target}:"

    def __str__(self) -> str:
        who, back = counted(self.contacts, "contact"), f"back into '{self.target}'"
        if self.source is None:
            return f"enroll {who} {back}"
        return f"take {who} out of '{self.source}' and enroll them {back}, one by one"


class Copy(Record):
    """A copy that the operation made and that nobody needs any more."""

    kind: Deleted
    name: str

    @property
    def change(self) -> Change:
        """The change that deletes it."""
        match self.kind:
            case "play":
                return DeletePlay(play=self.name)
            case "audience":
                return DeleteAudience(audience=self.name)
            case "sequence":
                return DeleteSequence(sequence=self.name)


class UndoPlan(EnrollmentPlan):
    """As of every enrollment, and: the operation, whose enrollments end for good (a sequence, and how many), who goes
    back where, which tasks go back to which user, and which of its other changes are reversed."""

    undone: str
    procedure_undone: str
    ends: tuple[tuple[str, int], ...] = ()
    returns: tuple[Return, ...] = ()
    tasks: tuple[tuple[str, int], ...] = ()
    assignments: tuple[SetTaskAssignment, ...] = ()
    edit: EditSequence | None = None
    copies: tuple[Copy, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it can be taken back."""
        return not self.contacts and not self.reversing()

    def reversing(self) -> tuple[tuple[str, Change], ...]:
        """The changes that are known beforehand, each under its key; copies last, since others need them."""
        return (
            *((f"set_task_assignment:{one.sequence}", one) for one in self.assignments),
            *([("edit_sequence", self.edit)] if self.edit is not None else []),
            *((f"delete_{one.kind}:{one.name}", one.change) for one in self.copies),
        )

    def enrolls_into(self) -> tuple[str, ...]:
        """As of every enrollment, and where contacts go back."""
        return tuple(dict.fromkeys([*super().enrolls_into(), *(one.target for one in self.returns)]))

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan, and those changes."""
        return (*super().to_make(), *(change for _, change in self.reversing()))

    def beyond_undoing(self) -> tuple[str, ...]:
        """What it leaves as it is stands among the warnings."""
        return ()

    def question(self) -> str:
        """What somebody agrees to."""
        return super().question() + f"; plan of {self.undone}"
