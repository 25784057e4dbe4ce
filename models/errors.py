"""What can go wrong, by who can mend it. Each error carries the exit code of docs/interface.md."""

from dataclasses import dataclass


class HandoffError(Exception):
    """An error with a message for a person; `exit_code` is what the shell answers."""

    exit_code = 1


@dataclass(eq=False)
class InvalidInput(HandoffError):
    """The input was wrong: nothing was changed. Names the field and the remedy (exit 2)."""

    field: str
    problem: str
    remedy: str = ""
    exit_code = 2

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}" + (f". {self.remedy}" if self.remedy else "")


class NoSuchName(InvalidInput):
    """There is nothing of that name (exit 2)."""


@dataclass(eq=False)
class NotAllowed(HandoffError):
    """The acting user may not do it (R47): nothing was changed (exit 2, `needs_admin`)."""

    user: str
    action: str
    requires: str = "admin"
    exit_code = 2

    def __str__(self) -> str:
        return (
            f"needs_admin: {self.user} may not {self.action}; it requires the role {self.requires}. "
            "Ask an admin of the organisation, or act as one (HANDOFF_USER, --as)."
        )


class Unreachable(HandoffError):
    """The platform could not be reached (exit 3)."""

    exit_code = 3


@dataclass(eq=False)
class Hidden(HandoffError):
    """The platform does not tell: one of the words of `Platform.hidden`. Never to be read as "there is none"."""

    topic: str
    exit_code = 2

    def __str__(self) -> str:
        return f"this platform does not tell of {self.topic.replace('_', ' ')}"


class KeyRefused(HandoffError):
    """The platform does not take the key: it is wrong or missing, or may not read this (exit 3). Nothing changed."""

    exit_code = 3


class Unreadable(HandoffError):
    """The platform's answer has not the documented shape: names the operation and the field (exit 3)."""

    exit_code = 3


class NeedsPerson(HandoffError):
    """The procedure stopped because a person has to act (exit 1)."""


@dataclass(eq=False)
class Refused(HandoffError):
    """The platform refused, with one of the codes of docs/interface.md, *Words*; nothing was changed."""

    code: str
    problem: str
    remedy: str = ""
    exit_code = 2

    def __str__(self) -> str:
        return f"{self.code}: {self.problem}" + (f". {self.remedy}" if self.remedy else "")
