"""The plans of the procedures about representatives' tasks."""

from models.changes import Change, SetTaskAssignment
from models.plan import Plan
from models.records import AssignmentMode, Record
from models.wording import counted


class ReassignmentPlan(Plan):
    """As of every plan, and: the user who gets the tasks."""

    to_user: str

    def aim(self) -> str:
        """As of every plan."""
        return f"hand {counted(self.contacts, 'task')} over to {self.to_user}"


class AssignedSequence(Record):
    """A sequence whose own "Manually assign tasks" is set (R83): as it was, as it is to be, and by which role (R95)."""

    sequence: str
    mode: AssignmentMode
    user: str | None = None
    role: str = ""
    was: str = ""

    @property
    def in_words(self) -> str:
        """Who will get its tasks, in words."""
        assignee = f"{self.mode} {self.user}" if self.user else str(self.mode)
        return assignee + (f" ({self.role})" if self.role else "")

    @property
    def change(self) -> SetTaskAssignment:
        """The change that sets it."""
        return SetTaskAssignment(sequence=self.sequence, mode=self.mode, user=self.user)

    def __str__(self) -> str:
        return f"'{self.sequence}': its tasks go to {self.in_words}; before: {self.was}"


class AuditPlan(Plan):
    """As of every plan, and: the sequences to set, how many tasks were looked at, and how many surprise."""

    assignments: tuple[AssignedSequence, ...] = ()
    tasks: int = 0
    surprising: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether it would set nothing: its tasks are only looked at."""
        return not self.assignments

    def aim(self) -> str:
        """As of every plan."""
        return f"set who gets the tasks of {counted(len(self.assignments), 'sequence')}"

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan, and each assignment."""
        return (*super().to_make(), *(one.change for one in self.assignments))
