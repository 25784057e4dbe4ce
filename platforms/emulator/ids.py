"""The UUIDs by which the API names what the sandbox numbers: each holds kind and number, and can be read back."""

from typing import Literal, get_args
from uuid import UUID

Kind = Literal[
    "person",
    "company",
    "user",
    "mailbox",
    "sequence",
    "step",
    "enrollment",
    "enrollment_step",
    "ruleset",
    "play",
    "task",
    "object",
    "attribute",
    "option",
    "email_message",
    "reply",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
_VERSION = 0x4000_8000 << 48  # as of a random UUID, which the vendor's are


def uuid_of(kind: Kind, key: int) -> str:
    """The UUID of the row of that number (up to 2^48)."""
    return str(UUID(int=(KINDS.index(kind) + 1 << 96) | _VERSION | key))


def maybe(kind: Kind, key: int | None) -> str | None:
    """The same, or None for None."""
    return None if key is None else uuid_of(kind, key)


def key_of(kind: Kind, text: str) -> int | None:
    """The number that a UUID stands for; None where it is no UUID, or of another kind: then there is no such row."""
    try:
        number = UUID(text).int
    except ValueError:
        return None
    key = number & ((1 << 48) - 1)
    return key if number == UUID(uuid_of(kind, key)).int else None
