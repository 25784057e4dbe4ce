"""What an ownership-change is asked to do, checked against the workspace before anything is begun."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from inputs.contacts_csv import ContactsFile
from models.changes import RunPlay
from models.errors import InvalidInput
from models.parameters import Range, check_range, parse_time
from models.twins import is_twin
from models.waves import wave_sizes
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once


class OwnershipChangeRequest(Request):
    """Find who fell out of sequences when a mailbox changed its owner, and put them back where they were."""

    procedure = "ownership-change"

    mailbox: Annotated[str, shared.MAILBOX] = Field(
        title="Mailbox",
        description="The mailbox that changed its owner.",
        min_length=1,
        examples=["ana@send.acme.test"],
    )
    changed_at: str | None = Field(
        None,
        title="Changed at",
        description="When the owner changed, about. Left out: told from the enrollments that were cancelled together.",
        examples=["2026-11-02T09:00:00Z"],
        json_schema_extra={"format": "date-time"},
    )
    sequence: Annotated[str | None, shared.SEQUENCE] = Field(
        None,
        title="Sequence",
        description="Only contacts of this sequence; or, where you name the contacts, the sequence they go into."
        " Left out: each goes back to where they were.",
        examples=["Outbound Q4"],
    )
    sequences: Annotated[list[str] | None, shared.SEQUENCE] = Field(
        None,
        title="Only these sequences",
        description="Only contacts of these sequences. Left out: everybody. Not together with named contacts.",
    )
    contacts: shared.PastedContacts = None
    contacts_csv: shared.ContactsCsv = None
    send_from: Annotated[list[str] | None, shared.MAILBOX] = Field(
        None,
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: the same one.",
        examples=["bo@send.acme.test"],
    )
    restart: bool = Field(
        False,
        title="Start over at step 1",
        description="Off: everybody resumes at their next step. On: the sequence is"
        " duplicated, and they start at step 1.",
    )
    via: Literal["play", "direct"] | None = Field(
        None,
        title="How to enroll",
        description="play: by a duplicated play (where nothing is chosen: the sandbox's way). direct: each contact"
        " by itself, without a play (where nothing is chosen: the way on Unify, whose API runs no plays).",
    )
    waves: shared.Waves = None
    wave_wait: shared.WaveWait = None
    waiting_days: shared.WaitingDays = 0
    reenrollment_wait_min: shared.ReenrollmentWaitMin = 30
    reenrollment_wait_max: shared.ReenrollmentWaitMax = 90
    probe: shared.Probe = True

    @property
    def wait(self) -> Range:
        """How long to wait at least and at most. Raises InvalidInput."""
        return check_range("reenrollment_wait", self.reenrollment_wait_min, self.reenrollment_wait_max)

    @once
    def check(self, platform: Platform) -> "OwnershipChange":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        wave_sizes("waves", self.waves)
        _ = self.wait
        if self.sequences and (self.sequence or self.contacts_csv or self.contacts):
            problem = "sequence is given as well" if self.sequence else "the contacts are named as well"
            raise InvalidInput("sequences", problem, "It limits whom is found: leave one of the two out")
        owners = platform.mailboxes().set_index("mailbox")["owner"]
        mailbox = checking.mailbox(platform, "mailbox", self.mailbox)
        return self.checked_as(
            OwnershipChange,
            mailbox=mailbox,
            owner=owners.get(mailbox),
            change_time=checking.past(platform, "changed_at", parse_time("changed_at", self.changed_at)),
            sequence=checking.sequence(platform, "sequence", self.sequence) if self.sequence else None,
            only_sequences=checking.sequences(platform, "sequences", self.sequences or []),
            named=checking.contacts(platform, self.contacts_csv, self.contacts),
            senders=checking.mailboxes(platform, "send_from", self.send_from or [mailbox]),
            by_play=self.via == "play" if self.via else platform.supports(RunPlay) and not is_twin(platform.workspace),
        )


class OwnershipChange(OwnershipChangeRequest):
    """The request with names as the workspace spells them.

    `owner` has the mailbox now. `change_time` is `changed_at` with a zone. `named` is whom the user named (None: find
    them). `only_sequences` is empty where everybody is meant.
    """

    owner: str | None
    change_time: datetime | None
    only_sequences: tuple[str, ...]
    named: ContactsFile | None
    senders: tuple[str, ...]
    by_play: bool

    @property
    def source(self) -> Path | None:
        """The file that names the contacts."""
        return Path(self.contacts_csv) if self.contacts_csv else None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.mailbox
