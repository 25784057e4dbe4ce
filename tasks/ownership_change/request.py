"""What an ownership-change was asked to do, checked against the workspace before anything is begun."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from inputs.contacts_csv import ContactsFile
from models.changes import RunPlay
from models.errors import InvalidInput
from models.parameters import parse_time
from models.twins import is_twin
from platforms.port import Platform
from tasks import checking

Via = Literal["play", "direct"]


@dataclass(frozen=True)
class AskedOwnershipChange:
    """The parameters of `ownership-change`, names as the workspace spells them, times with a zone.

    `contacts` is whom the user named (None: find them);
    `sequences` limits whom is found (empty: everybody).
    """

    mailbox: str
    owner: str | None
    changed_at: datetime | None
    sequence: str | None
    sequences: tuple[str, ...]
    contacts: ContactsFile | None
    contacts_csv: Path | None
    send_from: tuple[str, ...]
    restart: bool
    via: Via
    waiting_days: int

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.mailbox


def check_ownership_change(
    platform: Platform, mailbox: str, changed_at: str | None = None, sequence: str | None = None,
    sequences: list[str] | None = None, contacts_csv: str | None = None, contacts: str | None = None,
    send_from: list[str] | None = None, restart: bool = False, via: Via | None = None, waiting_days: int = 0,
) -> AskedOwnershipChange:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    if sequences and (sequence or contacts_csv or contacts):
        problem = "sequence is given as well" if sequence else "the contacts are named as well"
        raise InvalidInput("sequences", problem, "It limits whom is found: leave one of the two out")
    owners = platform.mailboxes().set_index("mailbox")["owner"]
    mailbox = checking.mailbox(platform, "mailbox", mailbox)
    return AskedOwnershipChange(
        mailbox=mailbox,
        owner=owners.get(mailbox),
        changed_at=checking.past(platform, "changed_at", parse_time("changed_at", changed_at)),
        sequence=checking.sequence(platform, "sequence", sequence) if sequence else None,
        sequences=checking.sequences(platform, "sequences", sequences or []),
        contacts=checking.contacts(platform, contacts_csv, contacts),
        contacts_csv=Path(contacts_csv) if contacts_csv else None,
        send_from=checking.mailboxes(platform, "send_from", send_from or [mailbox]),
        restart=restart,
        via=via or ("play" if platform.supports(RunPlay) and not is_twin(platform.workspace) else "direct"),
        waiting_days=waiting_days,
    )
