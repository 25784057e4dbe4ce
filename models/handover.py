"""What a handover would bring about, before anything changes: who falls out, what can be saved, who gets the tasks."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime

from models.changes import Change, ChangeMailboxOwner
from models.document import Step
from models.plan import Plan, SettingLoan
from models.records import Record
from models.wording import counted

Way = Literal["automatic", "manual"]
"""How contacts are enrolled: by a play, or by hand."""

Counts = tuple[tuple[str, int], ...]
"""How often each name occurs; the name "" is nobody."""


class HandedMailbox(Record):
    """A mailbox that changes hands; `owner` is the present one."""

    mailbox: str
    owner: str | None
    paused: bool
    daily_limit: int


class FallingOut(Record):
    """Who would fall out of one sequence with one mailbox (R1), and what would silently not happen any more.

    `next_steps` are (step, contacts); `emails_left` and `tasks_left` count steps of the present version.
    """

    mailbox: str
    sequence: str
    ruleset: str
    sequence_paused: bool
    active: int
    queued: int
    next_steps: tuple[tuple[int, int], ...]
    emails_left: int
    tasks_left: int

    @property
    def contacts(self) -> int:
        """How many run."""
        return self.active + self.queued


class Room(Record):
    """What a mailbox has to send within a day already, of what it may send in one (D11)."""

    mailbox: str
    owner: str | None
    daily_limit: int
    due: int

    @property
    def free(self) -> int:
        """How many more emails it could send within a day."""
        return max(self.daily_limit - self.due, 0)


class QueuedGroup(Record):
    """What is queued of one sequence; `first_due` is when the first of it turns active at the soonest, None where it
    does not by itself (mailbox or sequence is paused)."""

    mailbox: str
    sequence: str
    queued: int
    to: tuple[str, ...]
    """Where it moves, in the order of turns."""

    first_due: AwareDatetime | None


class Saving(Record):
    """What can be moved before it falls out (R98), to which mailboxes, and why not to the others of the two owners.

    `full` where none of `to` has room within a day; `send_days` is how many days they take for it at least, None
    where there is nowhere to go.
    """

    groups: tuple[QueuedGroup, ...]
    to: tuple[Room, ...]
    unfit: tuple[tuple[str, str], ...]
    full: bool
    send_days: int | None
    cancels: bool
    """Whether the platform cancels what it moves, or nobody knows (conflict C6)."""

    @property
    def possible(self) -> bool:
        """Whether anything can be moved."""
        return bool(self.groups and self.to)


class GoingBack(Record):
    """Who of a ruleset's sequences could be put back if the change had happened now.

    `at_once` needs nothing, `with_settings` needs settings that have to be borrowed, `cannot` may not go back, by
    reason (a contact with several counts under each).
    """

    ruleset: str
    at_once: int
    with_settings: int
    cannot: int
    reasons: Counts


class OpenTasks(Record):
    """Open tasks that stay with their assignee until somebody hands them over (R70)."""

    type: str
    sequence: str | None
    tasks: int


class NewTasks(Record):
    """Who gets the tasks to come of a sequence, by the way of enrolling: as it is today, and after the change.

    `decided_by` is the sequence itself or its ruleset. `contacts` run there now from the mailboxes that change hands;
    or it is about those whom the published play `play` will enroll.
    """

    sequence: str
    way: Way
    play: str | None
    decided_by: str
    mode: str
    contacts: int
    today: Counts
    after: Counts


class CriticalSequence(Record):
    """A sequence whose tasks should be assigned before the change (R94): why, and how (R86, R95).

    `holders` have open tasks of it today.
    """

    sequence: str
    why: str
    pooled: bool
    mode: str
    user: str | None
    holders: Counts


class Mind(Record):
    """Something to mind before the change."""

    text: str
    rules: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.text + (f" ({', '.join(self.rules)})" if self.rules else "")


class Handover(Record):
    """A handover before it happens. `about` is the mailbox, or the user who leaves."""

    about: str
    leaver: str | None
    present_owner: str | None
    new_owner: str
    workspace: str
    at: AwareDatetime
    recorded: bool
    """Whether this run writes down who runs: the record that later names the contacts for certain."""

    mailboxes: tuple[HandedMailbox, ...]
    falling: tuple[FallingOut, ...]
    saving: Saving
    back: tuple[GoingBack, ...]
    loans: tuple[SettingLoan, ...]
    open_tasks: tuple[OpenTasks, ...]
    other_tasks: int
    """Open tasks of the present owner that have nothing to do with the mailbox."""

    new_tasks: tuple[NewTasks, ...]
    critical: tuple[CriticalSequence, ...]
    minds: tuple[Mind, ...]
    times: tuple[str, ...]
    steps: tuple[Step, ...]

    @property
    def active(self) -> int:
        """How many are past step one: nothing can be done for them beforehand (R75, R82)."""
        return sum(group.active for group in self.falling)

    @property
    def queued(self) -> int:
        """How many are queued."""
        return sum(group.queued for group in self.falling)

    @property
    def tasks(self) -> int:
        """How many open tasks there are to hand over."""
        return sum(group.tasks for group in self.open_tasks)


class CarriedMailbox(Record):
    """A mailbox that a run hands over itself: how many queued contacts it moves first and to which mailboxes, and how
    many it puts back afterwards, as of the plan."""

    mailbox: str
    queued: int
    to: tuple[str, ...]
    back: int

    def steps(self, new_owner: str) -> tuple[str, ...]:
        """What is done, in order."""
        move = f"move {counted(self.queued, 'queued contact')} to {', '.join(self.to)}"
        return (
            *([f"{self.mailbox}: {move}"] if self.queued else []),
            f"{self.mailbox}: change the owner, to {new_owner}",
            f"{self.mailbox}: put back whoever fell out, {counted(self.back, 'contact')} as of now",
        )


class HandoverPlan(Plan):
    """The plan of `handover-plan`: what a person does, in order; or what the run does itself, mailbox by mailbox
    (`carried`), and what it leaves to a person (`left`)."""

    handover: Handover
    carried: tuple[CarriedMailbox, ...] = ()
    left: tuple[str, ...] = ()
    NOT_BOUND: ClassVar[frozenset[str]] = Plan.NOT_BOUND | {"handover", "left"}
    ADDED: ClassVar[frozenset[str]] = frozenset({"carried"})

    @property
    def is_empty(self) -> bool:
        """As of every plan; to change an owner is something to do even where nobody runs."""
        return not self.carried

    @property
    def asks(self) -> bool:
        """As of every plan: a person looks at it before anything is done."""
        return bool(self.carried)

    def aim(self) -> str:
        """As of every plan."""
        if not self.carried:
            return self.purpose
        queued, back = sum(one.queued for one in self.carried), sum(one.back for one in self.carried)
        move = f"move {counted(queued, 'queued contact')}, " if queued else ""
        return f"{self.purpose}: {move}change the owner, put {counted(back, 'contact')} back"

    def lines(self) -> tuple[str, ...]:
        """What to do, in order, then what to mind; the commands are in the document. Where the run does it, as of every
        plan."""
        minds = (f"mind: {warning}" for warning in self.warnings)
        rests = (f"it rests on this: {line}" for line in self.rests_on)
        if not self.carried:
            return (*self.steps, *minds, *rests)
        back = ["give every setting back as it was"] if self.loans else []
        left = (f"left to you: {step}" for step in self.left)
        return (*minds, *rests, *self.steps, *map(str, self.loans), *back, *map(str, self.by_hand), *left)

    def enrolls_into(self) -> tuple[str, ...]:
        """As of every plan: the sequences that somebody falls out of, where the run puts them back."""
        return tuple(dict.fromkeys(group.sequence for group in self.handover.falling)) if self.carried else ()

    def to_make(self) -> tuple[Change, ...]:
        """As of every plan, and each change of owner; what the parts of the run do is in their own plans."""
        return (*(self.change_of(one) for one in self.carried), *super().to_make())

    def change_of(self, one: CarriedMailbox) -> ChangeMailboxOwner:
        """The change that hands a mailbox over."""
        return ChangeMailboxOwner(mailbox=one.mailbox, owner=self.handover.new_owner)
