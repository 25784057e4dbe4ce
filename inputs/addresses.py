"""The e-mail address that a cell holds, in whatever dress a person or a program wrote it."""

import re
from urllib.parse import unquote

from email_validator import EmailNotValidError, validate_email

from models.formulas import unguard

# Narrower than what is allowed: what it lets through `email_validator` lets through too, forty times slower.
_ORDINARY = re.compile(r"[a-z0-9_]+(?:[.+'-][a-z0-9_]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,}").fullmatch
_ORDINARY_LENGTH = 63  # under the limits for a local part, a label and a whole address
_NAMED = re.compile(r"([^<>]*)<([^<>]*)>")
_BETWEEN = (":::", ";", "|", "\n", "\r", ",")  # as exports part several addresses in one cell
_SPECIAL_USE = re.compile(r"\.(arpa|invalid|local|localhost|onion)$")
# Signs that take up no room, and those that only part: no address begins or ends with one.
INVISIBLE = " \t\r\n\v\f\xa0\u200b\u200e\u200f\u2060\ufeff"


def address_in(cell: str) -> str | None:
    """The address that a cell holds, lower-cased: bare, after `mailto:`, as `Name <address>`; else None."""
    email = cell.strip().lower()
    if len(email) <= _ORDINARY_LENGTH and _ORDINARY(email):
        return email
    return _unusual_address(email) if "@" in email else None


def addresses_in(cell: str) -> list[str]:
    """The addresses of a cell that holds nothing else: one, or several between `:::`, `;`, `|`, `,` or line ends."""
    if (one := address_in(cell)) is not None:
        return [one]
    if cell.count("@") > 1:
        for separator in _BETWEEN:
            found = [address_in(piece) for piece in cell.split(separator) if piece.strip(INVISIBLE)]
            if len(found) > 1 and None not in found:
                return [email for email in found if email]
    return []


def _unusual_address(text: str) -> str | None:
    text = unguard(text.strip(INVISIBLE)).strip(INVISIBLE)
    if named := _NAMED.fullmatch(text):
        name, text = named[1].strip(" \"'"), named[2].strip(INVISIBLE)
        if "@" in name and name != text:
            return None  # two addresses in one cell
    if text.startswith("mailto:"):
        text = unquote(text.removeprefix("mailto:").partition("?")[0])
    if len(text) <= _ORDINARY_LENGTH and _ORDINARY(text):
        return text
    # Reserved top-level domains serve inside companies; the library refuses all of them but `test`.
    reserved = _SPECIAL_USE.search(text)
    try:
        address = text[: reserved.start()] + ".test" if reserved else text
        valid = validate_email(address, check_deliverability=False, test_environment=True, strict=True)
    except EmailNotValidError:
        return None
    email = valid.normalized.lower()
    return email.removesuffix(".test") + reserved[0] if reserved else email
