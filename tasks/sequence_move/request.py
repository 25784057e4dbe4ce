"""What a sequence-move is asked to do, checked against the workspace before anything is begun."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from inputs.contacts_csv import ContactsFile
from models.errors import InvalidInput
from models.parameters import Range, check_range
from models.waves import wave_sizes
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once


class SequenceMoveRequest(Request):
    """Move contacts who run in one sequence into another, and lose nobody in between."""

    procedure = "sequence-move"

    from_sequence: Annotated[str, shared.SEQUENCE] = Field(
        title="From sequence", description="The sequence that they run in now.", min_length=1, examples=["Outbound Q3"]
    )
    to_sequence: Annotated[str, shared.SEQUENCE] = Field(
        title="To sequence", description="The sequence that they move to.", min_length=1, examples=["Outbound Q4"]
    )
    contacts: shared.PastedContacts = None
    contacts_csv: shared.ContactsCsv = None
    send_from: Annotated[list[str] | None, shared.MAILBOX] = Field(
        None,
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: the play's, or the same one.",
        examples=["ana@send.acme.test"],
    )
    waves: shared.Waves = None
    wave_wait: shared.WaveWait = None
    waiting_days: shared.WaitingDays = 0
    reenrollment_wait_min: shared.ReenrollmentWaitMin = 30
    reenrollment_wait_max: shared.ReenrollmentWaitMax = 90

    @property
    def wait(self) -> Range:
        """How long to wait at least and at most. Raises InvalidInput."""
        return check_range("reenrollment_wait", self.reenrollment_wait_min, self.reenrollment_wait_max)

    @once
    def check(self, platform: Platform) -> "SequenceMove":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        wave_sizes("waves", self.waves)
        _ = self.wait
        source = checking.sequence(platform, "from_sequence", self.from_sequence)
        target = checking.sequence(platform, "to_sequence", self.to_sequence)
        if source == target:
            raise InvalidInput("to_sequence", f"'{target}' is where they are already", "Name another sequence")
        return self.checked_as(
            SequenceMove,
            from_sequence=source,
            to_sequence=target,
            named=checking.contacts(platform, self.contacts_csv, self.contacts),
            senders=checking.mailboxes(platform, "send_from", self.send_from) if self.send_from else (),
        )


class SequenceMove(SequenceMoveRequest):
    """The request with names as the workspace spells them. `named` is whom the user named (None: everybody who runs);
    `senders` is empty where nobody said."""

    named: ContactsFile | None
    senders: tuple[str, ...]

    @property
    def source(self) -> Path | None:
        """The file that names the contacts."""
        return Path(self.contacts_csv) if self.contacts_csv else None

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.from_sequence
