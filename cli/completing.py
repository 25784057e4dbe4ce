"""Names of the sandbox, for a shell that completes what is typed. A real workspace is not asked at each key."""

import contextlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a command loads what it needs
    from collections.abc import Callable

    from platforms.port import Platform


def names_in_the_workspace(kind: str) -> list[str]:
    """The sandbox's mailboxes, sequences, plays, audiences, exclusions or users; none where they cannot be read, or
    where another workspace is meant: a key pressed in a shell never asks a server, and never shows an error."""
    from models.settings import Settings
    from platforms.opening import open_platform

    read: dict[str, Callable[[Platform], list[str]]] = {
        "mailbox": lambda there: list(there.mailboxes()["mailbox"]),
        "sequence": lambda there: list(there.sequences()["sequence"]),
        "play": lambda there: list(there.plays()["play"]),
        "audience": lambda there: list(there.plays()["audience"].dropna().unique()),
        "exclusion": lambda there: list(there.exclusions()["exclusion"]),
        "user": lambda there: list(there.users()["user"]),
    }
    with contextlib.suppress(Exception):
        settings = Settings()
        is_there = settings.sandbox_url or (settings.home_folder / "sandbox.db").exists()  # looking makes none
        if settings.workspace == "sandbox" and is_there:
            return sorted(read[kind](open_platform("sandbox")))
    return []
