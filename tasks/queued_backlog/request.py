"""What a queued-backlog is asked to do, checked against the workspace before anything is begun."""

from typing import Annotated, Literal

from pydantic import Field

from models.changes import ReassignQueued
from models.errors import InvalidInput
from models.parameters import Range, check_range
from models.rules.sending import Senders
from models.twins import is_twin
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once


class QueuedBacklogRequest(Request):
    """Move queued enrollments to other mailboxes, and list what is past step one as work for a person."""

    procedure = "queued-backlog"

    from_mailbox: Annotated[str, shared.MAILBOX] = Field(
        title="From mailbox",
        description="The mailbox whose queued enrollments move.",
        min_length=1,
        examples=["ana@send.acme.test"],
    )
    to_mailboxes: Annotated[list[str], shared.MAILBOX] = Field(
        title="To mailboxes",
        description="The mailboxes that they move to, by turns, an item each.",
        min_length=1,
        examples=["bo@send.acme.test"],
    )
    sequence: Annotated[str | None, shared.SEQUENCE] = Field(
        None,
        title="Sequence",
        description="Only what is queued of this sequence. Left out: of all.",
        examples=["Outbound Q4"],
    )
    via: Literal["backlog", "direct"] | None = Field(
        None,
        title="How to move",
        description="backlog: by the platform's email backlog (where nothing is chosen: the sandbox's way). direct:"
        " each is cancelled and enrolled anew from the other mailbox (where nothing is chosen: the way on Unify).",
    )
    reenrollment_wait_min: shared.ReenrollmentWaitMin = 30
    reenrollment_wait_max: shared.ReenrollmentWaitMax = 90

    @property
    def wait(self) -> Range:
        """How long to wait at least and at most. Raises InvalidInput."""
        return check_range("reenrollment_wait", self.reenrollment_wait_min, self.reenrollment_wait_max)

    @once
    def check(self, platform: Platform) -> "QueuedBacklog":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        _ = self.wait
        source = checking.mailbox(platform, "from_mailbox", self.from_mailbox)
        targets = checking.mailboxes(platform, "to_mailboxes", self.to_mailboxes)
        if source in targets:
            raise InvalidInput("to_mailboxes", f"{source} is where they are queued", "Name other mailboxes")
        if stopped := Senders.of(platform.mailboxes(), targets).paused:
            raise InvalidInput("to_mailboxes", f"{', '.join(stopped)} is paused", "Name mailboxes that can send")
        by_itself = not platform.supports(ReassignQueued) or is_twin(platform.workspace)
        return self.checked_as(
            QueuedBacklog,
            from_mailbox=source,
            targets=targets,
            sequence=checking.sequence(platform, "sequence", self.sequence) if self.sequence else None,
            directly=self.via == "direct" if self.via else by_itself,
        )


class QueuedBacklog(QueuedBacklogRequest):
    """The request with names as the workspace spells them."""

    targets: tuple[str, ...]
    directly: bool

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.from_mailbox
