"""What procedures ask for, checked against the workspace before anything is begun; names as the workspace spells them.

Each function raises InvalidInput that names the field and the remedy, and changes nothing.
"""

from datetime import datetime
from pathlib import Path

from inputs.addresses import address_in
from inputs.contacts_csv import ContactsFile, parse_contacts, read_contacts
from models.errors import Hidden, InvalidInput
from models.nearest import known
from models.wording import counted
from platforms.port import Platform


def mailbox(platform: Platform, field: str, name: str) -> str:
    """A mailbox of the workspace."""
    return known(field, name, list(platform.mailboxes()["mailbox"]), "mailbox")


def mailboxes(platform: Platform, field: str, names: list[str]) -> tuple[str, ...]:
    """Mailboxes of the workspace, each once, in this order.

    Where the platform shows only mailboxes that have enrollments, an address that is none of them may be one: it is
    taken as it is, and the platform refuses it when it is used if there is none.
    """
    there = list(platform.mailboxes()["mailbox"])
    unseen = "idle_mailboxes" in platform.hidden

    def meant(name: str) -> str:
        address = address_in(name) if unseen else None
        return address if address and address not in there else known(field, name, there, "mailbox")

    return tuple(dict.fromkeys(map(meant, names)))


def own_mailboxes(platform: Platform, field: str) -> tuple[str, ...]:
    """The acting user's own mailboxes, where none were named."""
    there = platform.mailboxes()
    own = tuple(there.loc[there["owner"] == platform.acting_user, "mailbox"])
    if not own:
        raise InvalidInput(field, f"{platform.acting_user} has no mailbox", "Name the mailboxes to send from")
    return own


def sequence(platform: Platform, field: str, name: str) -> str:
    """A sequence of the workspace."""
    return known(field, name, list(platform.sequences()["sequence"]), "sequence")


def sequences(platform: Platform, field: str, names: list[str]) -> tuple[str, ...]:
    """Sequences of the workspace, each once, in this order."""
    there = list(platform.sequences()["sequence"])
    return tuple(dict.fromkeys(known(field, name, there, "sequence") for name in names))


def play(platform: Platform, field: str, name: str) -> str:
    """A play of the workspace. Raises InvalidInput too where the platform tells of no plays."""
    if "plays" in platform.hidden:
        raise InvalidInput(field, str(Hidden("plays")), "Name the contacts, and the sequence they go into, instead")
    return known(field, name, list(platform.plays()["play"]), "play")


def audience(platform: Platform, field: str, name: str) -> str:
    """An audience of the workspace. Raises InvalidInput too where the platform tells of no audiences."""
    if "audiences" in platform.hidden:
        raise InvalidInput(field, str(Hidden("audiences")), "Name the contacts instead")
    if platform.audience_size(name) is not None:
        return name
    return known(field, name, list(platform.plays()["audience"].dropna().unique()), "audience")


def exclusion(platform: Platform, field: str, name: str) -> str:
    """An exclusion of the workspace; where the platform tells of none, the name as it was given."""
    if "exclusions" in platform.hidden:
        return name.strip()
    return known(field, name, list(platform.exclusions()["exclusion"]), "exclusion")


def contacts(platform: Platform, csv: str | None, pasted: str | None, field: str = "contacts") -> ContactsFile | None:
    """The contacts that a user named, in a file (`FIELD_csv`) or pasted (`FIELD`); None where neither is given."""
    if csv and pasted:
        raise InvalidInput(field, f"{field}_csv is given as well", "Give one of the two")
    if not csv and not pasted:
        return None
    found = read_contacts(Path(csv), f"{field}_csv") if csv else parse_contacts(pasted or "", field)
    refuse_lifting(platform, f"{field}_csv" if csv else field, csv or "the pasted text", found.not_opted_out)
    return found


def refuse_lifting(platform: Platform, field: str, name: str, not_opted_out: dict[str, int]) -> None:
    """Raise InvalidInput where a file says of somebody who opted out that they did not: that is never lifted (H29).

    `not_opted_out` gives the row of each address that the file says so of.
    """
    people = platform.people(list(not_opted_out))
    out = people.loc[people["email_opt_out"] | people["do_not_email"], "email"].tolist()
    if out:
        rows = ", ".join(f"row {not_opted_out[email]} ({email})" for email in out[:5])
        raise InvalidInput(
            field,
            f"{name} asks to lift the opt-out of {counted(len(out), 'contact')}: {rows}",
            "An opt-out is never lifted: take these rows out, or the column. Nothing was changed",
        )


def past(platform: Platform, field: str, given: datetime | None) -> datetime | None:
    """A time that is not to come."""
    if given is not None and given > platform.now():
        raise InvalidInput(field, f"{given.isoformat()} is not past", "Give when it happened")
    return given
