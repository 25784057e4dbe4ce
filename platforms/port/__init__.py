"""The contract between Handoff's steps and a workspace, whichever platform holds it.

Values go in, frames and plain values come out. Each method says what holds before and after, what a repeated
call does, and which errors it raises (`models/errors.py`): `InvalidInput` for names that do not exist,
`NotAllowed` for what the acting user's role may not do, `Refused` where the platform says no with a reason code,
`Unreachable` where it does not answer. A method that raises has changed nothing.

Each part of the contract is a Protocol in a file of its own; beside it are the columns of its frames, which every
platform gives in this order.
"""

from typing import Protocol

from platforms.port.changes import Changes
from platforms.port.clock import Clock
from platforms.port.enrollments import Enrollments
from platforms.port.knowledge import Knowledge
from platforms.port.people import People
from platforms.port.plays import Plays
from platforms.port.settings import Settings
from platforms.port.tasks import Tasks
from platforms.port.team import Team


class Platform(Clock, Changes, Knowledge, Team, Settings, Plays, People, Enrollments, Tasks, Protocol):
    """A workspace on a platform, and the user who acts on it."""

    workspace: str
    """Its name, said aloud in every confirmation and report."""

    at_once: int
    """How many contacts are taken out and put in elsewhere in one go: fewer where each is a request, since they run
    nowhere meanwhile, and what was looked at right before has to be so still."""
