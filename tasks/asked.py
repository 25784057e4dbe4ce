"""What an ownership-change was asked to do, checked against the workspace before anything is begun."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

import pandas as pd

from models.errors import InvalidInput
from models.nearest import known
from models.parameters import parse_time
from platforms.port import Platform
from reports.contacts_csv import ContactsFile, parse_contacts, read_contacts

Via = Literal["play", "direct"]


@dataclass(frozen=True)
class AskedOwnershipChange:
    """The parameters of `ownership-change`, names as the workspace spells them, times with a zone.

    `contacts` is whom the user named (None: find them).
    """

    mailbox: str
    owner: str | None
    changed_at: datetime | None
    sequence: str | None
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
    platform: Platform, mailbox: str, changed_at: str | None, sequence: str | None, contacts_csv: str | None,
    contacts: str | None, send_from: list[str] | None, restart: bool, via: Via | None, waiting_days: int,
) -> AskedOwnershipChange:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    mailboxes = platform.mailboxes()
    mailbox = _mailbox(mailboxes, "mailbox", mailbox)
    if contacts_csv and contacts:
        raise InvalidInput("contacts", "contacts_csv is given as well", "Give one of the two")
    return AskedOwnershipChange(
        mailbox=mailbox,
        owner=mailboxes.set_index("mailbox")["owner"].get(mailbox),
        changed_at=_past(platform, parse_time("changed_at", changed_at)),
        sequence=known("sequence", sequence, list(platform.sequences()["sequence"]), "sequence") if sequence else None,
        contacts=_contacts(contacts_csv, contacts),
        contacts_csv=Path(contacts_csv) if contacts_csv else None,
        send_from=tuple(dict.fromkeys(_mailbox(mailboxes, "send_from", name) for name in send_from or [mailbox])),
        restart=restart,
        via=via or "play",
        waiting_days=waiting_days,
    )


def _mailbox(mailboxes: pd.DataFrame, field: str, name: str) -> str:
    return known(field, name, list(mailboxes["mailbox"]), "mailbox")


def _past(platform: Platform, given: datetime | None) -> datetime | None:
    if given is not None and given > platform.now():
        raise InvalidInput("changed_at", f"{given.isoformat()} is not past", "Give when the owner changed")
    return given


def _contacts(contacts_csv: str | None, contacts: str | None) -> ContactsFile | None:
    if contacts_csv:
        return read_contacts(Path(contacts_csv), "contacts_csv")
    return parse_contacts(contacts, "contacts") if contacts else None
