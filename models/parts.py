"""Operations that are parts of another: its steps, each with a plan, outcomes and loans of its own.

People meet the whole alone: it is what is listed, gone on with, ended and undone.
"""

from typing import Protocol

from models.errors import InvalidInput
from models.story import StartedFrom

PART: StartedFrom = "operation"
"""Where a part was started from (`models.story.StartedFrom`); it is then the whole that started it."""


class Started(Protocol):
    """An operation's row in the journal."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def started_by(self) -> str | None:
        """Who started it."""

    @property
    def started_from(self) -> str | None:
        """From where."""


def whole_of(operation: Started) -> str | None:
    """The operation that this one is part of, by its id; None: it is a whole."""
    return operation.started_by if operation.started_from == PART else None


def refuse_part(operation: Started, command: str) -> None:
    """Raise InvalidInput for an operation that is part of another: such a command is for the whole."""
    if (whole := whole_of(operation)) is not None:
        raise InvalidInput("OPERATION_ID", f"{operation.id} is part of {whole}", f"`handoff {command} {whole}`")
