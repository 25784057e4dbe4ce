"""The part of a workspace that `handoff doctor` looks at: a contract of its own, since nothing else needs it."""

from collections.abc import Iterator
from typing import Protocol

from models.finding import Finding


class Examination(Protocol):
    """What can be found out of a workspace before anything is begun there."""

    def findings(self) -> Iterator[Finding]:
        """Whether its key is taken, what it lets see and what it hides, whose mailboxes are, what waits for somebody,
        and whether its answers are as documented: all under `workspace.…`, in the order in which they are found.

        Changes nothing: no clock moves, no email is sent. What was inferred is said to be. Raises nothing that it can
        tell as a finding.
        """
