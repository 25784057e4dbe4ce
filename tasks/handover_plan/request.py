"""What a handover-plan was asked for, checked against the workspace before anything is begun."""

from dataclasses import dataclass

from models.errors import InvalidInput
from models.nearest import known
from models.rules.handover.assigning import OPEN, naming
from platforms.port import Platform
from tasks import checking


@dataclass(frozen=True)
class AskedHandover:
    """The parameters of `handover-plan`, names as the workspace spells them.

    `mailboxes` are those that change hands: the one that was named, or all of `leaver`'s.
    """

    leaver: str | None
    present_owner: str | None
    new_owner: str
    mailboxes: tuple[str, ...]

    @property
    def subject(self) -> str:
        """What only one live operation at a time may be about."""
        return self.leaver or self.mailboxes[0]


def check_handover(platform: Platform, mailbox: str | None, user: str | None, new_owner: str) -> AskedHandover:
    """The parameters, checked. Raises InvalidInput that names the field and the remedy; changes nothing."""
    if mailbox and user:
        raise InvalidInput("user", "is given beside a mailbox", "Name the mailbox, or the user who leaves")
    if not mailbox and not user:
        raise InvalidInput("mailbox", "is missing", "Name a mailbox, or say which user leaves (user)")
    users = list(platform.users()["user"])
    taker = known("new_owner", new_owner, users, "user")
    return _of_mailbox(platform, mailbox, taker) if mailbox else _of_user(platform, user or "", users, taker)


def _of_mailbox(platform: Platform, name: str, taker: str) -> AskedHandover:
    mailbox = checking.mailbox(platform, "mailbox", name)
    found = platform.mailboxes().set_index("mailbox")["owner"].dropna()
    owner = found.get(mailbox)
    if owner == taker:
        raise InvalidInput("new_owner", f"{taker} owns {mailbox} already", "Name who takes it over")
    return AskedHandover(None, owner, taker, (mailbox,))


def _of_user(platform: Platform, name: str, users: list[str], taker: str) -> AskedHandover:
    leaver = known("user", name, users, "user")
    if leaver == taker:
        raise InvalidInput("new_owner", f"{taker} is the user who leaves", "Name who takes over")
    there = platform.mailboxes()
    mailboxes = tuple(there.loc[there["owner"] == leaver, "mailbox"])
    named = next(naming(platform.assignment(), leaver), None)
    if not mailboxes and named is None and platform.tasks(statuses=OPEN, assignee=leaver).empty:
        raise InvalidInput(
            "user", f"{leaver} has no mailbox and no open task, and no sequence names {leaver} for its tasks",
            "There is nothing to hand over",
        )  # fmt: skip
    return AskedHandover(leaver, leaver, taker, mailboxes)
