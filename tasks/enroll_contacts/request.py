"""What an enroll-contacts is asked to do, checked against the workspace before anything is begun."""

from typing import Annotated

from pydantic import Field

from inputs.contacts_csv import ContactsFile, parse_contacts
from models.waves import wave_sizes
from platforms.port import Platform
from tasks import checking
from tasks import request_fields as shared
from tasks.request import Request, once


class EnrollContactsRequest(Request):
    """Enroll one or a few people into a sequence by hand, each at the next step; say why for those who may not."""

    procedure = "enroll-contacts"

    emails: list[str] = Field(
        title="Contacts",
        min_length=1,
        description="The addresses of the people to enroll, an item each.",
        examples=["pia@x.test"],
    )
    sequence: shared.SequenceName
    mailboxes: Annotated[list[str] | None, shared.MAILBOX] = Field(
        None,
        title="Send from",
        description="The mailboxes to send from, by turns. Left out: your own.",
        examples=["ana@send.acme.test"],
    )
    waves: shared.Waves = None
    wave_wait: shared.WaveWait = None

    @once
    def check(self, platform: Platform) -> "EnrollContacts":
        """The request, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
        wave_sizes("waves", self.waves)
        senders = checking.mailboxes(platform, "mailboxes", self.mailboxes) if self.mailboxes else ()
        return self.checked_as(
            EnrollContacts,
            named=parse_contacts("\n".join(self.emails), "emails"),
            sequence=checking.sequence(platform, "sequence", self.sequence),
            senders=senders or checking.own_mailboxes(platform, "mailboxes"),
        )


class EnrollContacts(EnrollContactsRequest):
    """The request with names as the workspace spells them."""

    named: ContactsFile
    senders: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.sequence
