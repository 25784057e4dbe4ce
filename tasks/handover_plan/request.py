"""What a handover-plan is asked for, checked against the workspace before anything is begun."""

from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from models.errors import InvalidInput
from models.nearest import known
from models.parameters import check_range
from models.rules.handover.assigning import OPEN, naming
from models.waves import wave_sizes
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.ownership_change.request import OwnershipChangeRequest
from tasks.queued_backlog.request import QueuedBacklogRequest
from tasks.request import Request, once


class HandoverPlanRequest(Request):
    """Tell before a change of owner who would fall out, what can be saved and what to do when; or carry that out."""

    procedure = "handover-plan"

    new_owner: Annotated[str, shared.USER] = Field(
        title="New owner", description="The user who takes over, by email.", min_length=1, examples=["bo@acme.test"]
    )
    mailbox: Annotated[str | None, shared.MAILBOX] = Field(
        None,
        title="Mailbox",
        description="The mailbox that is to change hands. Or name a user.",
        examples=["ana@send.acme.test"],
    )
    user: Annotated[str | None, shared.USER] = Field(
        None,
        title="User who leaves",
        description="By email: all of the user's mailboxes and tasks are meant. Or name a mailbox.",
        examples=["ana@acme.test"],
    )

    carry_out: bool = Field(
        False,
        title="Carry the steps out",
        description="On, and no dry run: once somebody has approved the plan, what is queued is moved, a person (on the"
        " sandbox the run) changes the owner, and whoever fell out is put back. Off: only tell.",
    )
    waves: shared.Waves = None
    wave_wait: shared.WaveWait = None
    reenrollment_wait_min: shared.ReenrollmentWaitMin = 30
    reenrollment_wait_max: shared.ReenrollmentWaitMax = 90
    probe: shared.Probe = True

    @once
    def check(self, platform: Platform) -> "HandoverToPlan":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        wave_sizes("waves", self.waves)
        check_range("reenrollment_wait", self.reenrollment_wait_min, self.reenrollment_wait_max)
        if self.mailbox and self.user:
            raise InvalidInput("user", "is given beside a mailbox", "Name the mailbox, or the user who leaves")
        if not self.mailbox and not self.user:
            raise InvalidInput("mailbox", "is missing", "Name a mailbox, or say which user leaves (user)")
        users = list(platform.users()["user"])
        taker = known("new_owner", self.new_owner, users, "user")
        if self.mailbox:
            return replace(_of_mailbox(platform, self.mailbox, taker), carry_out=self.carry_out)
        return replace(_of_user(platform, self.user or "", users, taker), carry_out=self.carry_out)

    def moving(self, mailbox: str, to: tuple[str, ...]) -> QueuedBacklogRequest:
        """What the part that moves a mailbox's queue is asked to do."""
        return QueuedBacklogRequest(
            from_mailbox=mailbox,
            to_mailboxes=list(to),
            reenrollment_wait_min=self.reenrollment_wait_min,
            reenrollment_wait_max=self.reenrollment_wait_max,
            workspace=self.workspace,
            dry_run=False,
        )

    def putting_back(self, mailbox: str) -> OwnershipChangeRequest:
        """What the part that puts back those who fell out is asked to do."""
        return OwnershipChangeRequest(
            mailbox=mailbox,
            waves=self.waves,
            wave_wait=self.wave_wait,
            reenrollment_wait_min=self.reenrollment_wait_min,
            reenrollment_wait_max=self.reenrollment_wait_max,
            probe=self.probe,
            workspace=self.workspace,
            dry_run=False,
        )


@dataclass(frozen=True)
class HandoverToPlan:
    """Which mailboxes change hands, from whom to whom, names as the workspace spells them.

    `mailboxes` are the one that was named, or all of `leaver`'s.
    """

    leaver: str | None
    present_owner: str | None
    new_owner: str
    mailboxes: tuple[str, ...]
    carry_out: bool = False

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.leaver or self.mailboxes[0]


def _of_mailbox(platform: Platform, name: str, taker: str) -> HandoverToPlan:
    mailbox = checking.mailbox(platform, "mailbox", name)
    found = platform.mailboxes().set_index("mailbox")["owner"].dropna()
    owner = found.get(mailbox)
    if owner == taker:
        raise InvalidInput("new_owner", f"{taker} owns {mailbox} already", "Name who takes it over")
    return HandoverToPlan(None, owner, taker, (mailbox,))


def _of_user(platform: Platform, name: str, users: list[str], taker: str) -> HandoverToPlan:
    leaver = known("user", name, users, "user")
    if leaver == taker:
        raise InvalidInput("new_owner", f"{taker} is the user who leaves", "Name who takes over")
    there = platform.mailboxes()
    mailboxes = tuple(there.loc[there["owner"] == leaver, "mailbox"])
    named = next(naming(platform.assignment(), leaver), None)
    if not mailboxes and named is None and platform.tasks(statuses=OPEN, assignee=leaver).empty:
        raise InvalidInput(
            "user",
            f"{leaver} has no mailbox and no open task, and no sequence names {leaver} for its tasks",
            "There is nothing to hand over",
        )
    return HandoverToPlan(leaver, leaver, taker, mailboxes)
