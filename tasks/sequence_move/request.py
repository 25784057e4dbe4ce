"""What a sequence-move was asked to do, checked against the workspace before anything is begun."""

from dataclasses import dataclass
from pathlib import Path

from inputs.contacts_csv import ContactsFile
from models.errors import InvalidInput
from platforms.port import Platform
from tasks import checking


@dataclass(frozen=True)
class AskedMove:
    """The parameters of `sequence-move`, names as the workspace spells them. `contacts` None: everybody who runs."""

    source: str
    target: str
    contacts: ContactsFile | None
    contacts_csv: Path | None
    send_from: tuple[str, ...]
    waiting_days: int

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.source


def check_move(
    platform: Platform, from_sequence: str, to_sequence: str, contacts_csv: str | None, contacts: str | None,
    send_from: list[str] | None, waiting_days: int,
) -> AskedMove:  # fmt: skip
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    source = checking.sequence(platform, "from_sequence", from_sequence)
    target = checking.sequence(platform, "to_sequence", to_sequence)
    if source == target:
        raise InvalidInput("to_sequence", f"'{target}' is where they are already", "Name another sequence")
    return AskedMove(
        source, target, checking.contacts(platform, contacts_csv, contacts),
        Path(contacts_csv) if contacts_csv else None,
        checking.mailboxes(platform, "send_from", send_from) if send_from else (), waiting_days,
    )  # fmt: skip
