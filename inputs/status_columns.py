"""Columns that say of a contact that it opted out, bounced or replied: by their headers, as the tools spell them.

To teach another tool, add a row to HEADERS, or a value to STATUSES; `docs/files.md` shows both, and a test holds them
equal. Case, spaces and signs do not count. Of a header such as `Person - Marketing status` the last part counts too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from inputs.addresses import addresses_in
from inputs.csv_headers import folded

Code = Literal["opted_out", "bounced", "replied"]
# A flag says so unless it is empty or a no: `1`, `yes`, `x`, a date, a reason. A status says so by one of STATUSES.
Kind = Literal["flag", "status", "addresses"]

HEADERS: tuple[tuple[str, Code, Kind, tuple[str, ...]], ...] = (
    ("Salesforce", "opted_out", "flag", ("Email Opt Out", "HasOptedOutOfEmail")),
    ("Salesforce", "bounced", "flag", ("Email Bounced Date", "Email Bounced Reason")),
    ("Zoho CRM", "opted_out", "flag", ("Email Opt Out", "Unsubscribed Mode", "Unsubscribed Time")),
    ("Dynamics 365", "opted_out", "flag", ("Do not allow Emails", "Do not allow Bulk Emails")),
    ("HubSpot", "opted_out", "flag", ("Unsubscribed from all email", "hs_email_optout", "Opted out of email")),
    ("HubSpot", "bounced", "flag", ("Email hard bounce reason", "Marketing emails bounced")),
    ("HubSpot", "replied", "flag", ("Marketing emails replied", "Recent sales email replied date")),
    ("HubSpot sequences", "opted_out", "status", ("Status", "Finish reason")),
    ("Pipedrive", "opted_out", "status", ("Person - Marketing status",)),
    ("Close", "opted_out", "addresses", ("unsubscribed_emails",)),
    ("Outreach", "opted_out", "flag", ("Opted Out", "Opted Out At")),
    ("Outreach", "opted_out", "status", ("Stage", "Sequence State")),
    ("Salesloft", "opted_out", "flag", ("Do Not Contact", "do_not_contact")),
    ("Salesloft", "opted_out", "status", ("Person Stage",)),
    ("Apollo", "bounced", "flag", ("Email Bounced",)),
    ("Apollo", "replied", "flag", ("Replied",)),
    ("Apollo", "opted_out", "status", ("Email Status", "Stage")),
    ("Smartlead", "opted_out", "flag", ("is_unsubscribed",)),
    ("Smartlead", "bounced", "flag", ("is_bounced",)),
    ("Smartlead", "replied", "flag", ("reply_count", "last_reply_time")),
    ("Smartlead", "opted_out", "status", ("lead_status", "Lead Category")),
    ("Mailchimp", "opted_out", "flag", ("UNSUB_TIME", "UNSUB_REASON")),
    ("Mailchimp", "bounced", "flag", ("CLEAN_TIME",)),
    ("Mailchimp", "opted_out", "status", ("Email Marketing Status",)),
    ("Mautic", "opted_out", "flag", ("Do Not Contact", "doNotContact")),
)

# What a status has to be, in any column that is one; the value decides which of the three it states.
STATUSES: dict[Code, tuple[str, ...]] = {
    "opted_out": (
        "unsubscribed",
        "unsubscribe",
        "opted out",
        "opt out",
        "do not contact",
        "do not email",
        "do not allow",
        "blocked",
        "blocklisted",
        "blacklisted",
        "suppressed",
        "complained",
        "spam complaint",
        "marked as spam",
    ),
    "bounced": ("bounced", "bounce", "hard bounced", "hard bounce", "email bounced", "cleaned"),
    "replied": ("replied", "email replied", "responded"),
}

# Headers of tools that are not in the table: these words, after folding, unless one of ELSEWHERE is in it.
WORDS: tuple[tuple[Code, Kind, str], ...] = (
    ("opted_out", "addresses", r"(optedout|unsubscribed|blocked|blacklisted|donotcontact)(email|mail)?(s|addresses)$"),
    ("bounced", "addresses", r"bounced(email|mail)?addresses$"),
    (
        "opted_out",
        "flag",
        r"opt(ed)?out|unsub|donot(contact|e?mail|allow(bulk)?emails?|bulkemail|send)|(black|block)list",
    ),
    ("bounced", "flag", r"bounced?(at|on|date|time|reason|count|s)?$|^(hard)?bounce"),
    ("replied", "flag", r"^(has|is|last|email|emails)*(replied|reply|replies)(at|on|date|time|count)?$"),
    ("opted_out", "status", r"(status|state|stage|reason|category|subscription|consent)$"),
)
ELSEWHERE = re.compile("call|phone|sms|text|fax|whatsapp|linkedin|link|url|page|token|rate|soft|postal")

# What no flag is raised by. Of these the first say that a contact may be written to; the others say nothing.
NO = {"false", "no", "n", "0", "f", "off", "allow", "allowed", "subscribed", "optedin", "nein", "non", "nee", "nej"}
NOTHING = {"", "none", "null", "nil", "na", "never", "unknown"}


@dataclass(frozen=True)
class Statement:
    """What a file says of a contact: `code`, in which row (as a spreadsheet counts), column and words."""

    code: Code
    row: int
    column: str
    cell: str

    def __str__(self) -> str:
        return f"the file says {self.code}: row {self.row}, column '{self.column}': {self.cell}"


@dataclass(frozen=True)
class _Column:
    place: int
    name: str
    code: Code
    kind: Kind


class StatusColumns:
    """The columns of a file that speak of contacts, and what they stated so far, by address.

    `statements` has each code once a contact; `not_opted_out` the row that says of somebody that they did not opt out.
    """

    def __init__(self, header: Sequence[str]) -> None:
        found = ((place, name, _meaning(name)) for place, name in enumerate(header))
        self._columns = [_Column(place, name.strip(), *meaning) for place, name, meaning in found if meaning]
        self._memory: dict[tuple[int, str], Code | Literal["no"] | None] = {}
        self.statements: dict[str, list[Statement]] = {}
        self.not_opted_out: dict[str, int] = {}

    def __bool__(self) -> bool:
        return bool(self._columns)

    def read(self, row: int, email: str | None, cells: Sequence[str]) -> None:
        """Take in what a record says; `email` is that of its contact, None where it has no address."""
        denied = stated = False
        for column in self._columns:
            cell = cells[column.place] if column.place < len(cells) else ""
            if not cell:
                continue
            if column.kind == "addresses":
                for listed in addresses_in(cell):
                    self._note(listed, column.code, row, column.name, cell)
            elif email is not None:
                code = self._meant(column, cell)
                if code == "no":
                    denied = True
                elif code is not None:
                    self._note(email, code, row, column.name, cell)
                    stated = True
        if denied and not stated and email is not None:
            self.not_opted_out.setdefault(email, row)

    def _meant(self, column: _Column, cell: str) -> Code | Literal["no"] | None:
        """What a cell says; `no` is that somebody did not opt out. Few cells of a column differ."""
        key = (column.place, cell)
        if key not in self._memory:
            self._memory[key] = _meaning_of_cell(column, folded(cell))
        return self._memory[key]

    def _note(self, email: str, code: Code, row: int, column: str, cell: str) -> None:
        statements = self.statements.setdefault(email, [])
        if all(one.code != code for one in statements):
            statements.append(Statement(code, row, column, " ".join(cell.split())[:60]))


def _meaning_of_cell(column: _Column, cell: str) -> Code | Literal["no"] | None:
    if column.kind == "status":
        return _STATUS.get(cell)
    if cell in NO:
        return "no" if column.code == "opted_out" else None
    return None if cell in NOTHING or not cell.strip("0") else column.code


def _meaning(header: str) -> tuple[Code, Kind] | None:
    """What a header speaks of, and how; None where it does not."""
    name = folded(header)
    if (known := _HEADERS.get(name)) or ELSEWHERE.search(name):
        return known
    if last := _HEADERS.get(folded(re.split(r" - |: ", header)[-1])):
        return last
    return next(((code, kind) for code, kind, words in WORDS if re.search(words, name)), None)


_HEADERS = {folded(name): (code, kind) for _, code, kind, names in HEADERS for name in names}
_STATUS: dict[str, Code] = {folded(value): code for code, values in STATUSES.items() for value in values}
