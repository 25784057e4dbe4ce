"""The part of the contract that is about representatives' tasks: which there are, whose, and why."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

TASK_COLUMNS = [
    "task",  # its number; where the platform numbers none its UUID as text, in the order of creation
    "email",
    "type",
    "status",
    "assignee",  # or None
    "sequence",  # this and the next three: None or NaT where it is linked to none, or the platform does not tell
    "mailbox",  # that a linked email leaves from
    "due_at",  # UTC
    "enrolled_at",  # UTC
]
ASSIGNMENT_COLUMNS = [
    "sequence",
    "ruleset",
    "own_mode",  # the sequence's own setting; None: off
    "own_user",
    "automatic_mode",  # the ruleset's, for enrollments by plays
    "manual_mode",  # the same by hand
    "ruleset_user",
    "own_set_at",  # when it was last changed, UTC; NaT where nobody knows of a change (R92)
    "ruleset_set_at",  # likewise
]
TASK_ROUTE_COLUMNS = [
    "task",
    "email",
    "type",
    "status",
    "assignee",
    "sequence",
    "play",  # None: enrolled by hand
    "enrolled_at",
    "enroller",  # who did that by hand
    "mailbox",  # it sends from
    "mailbox_owner",  # now
    "first_mailbox",  # of the play's pool, else the same
    "first_mailbox_owner",
    "pool",  # how many mailboxes the play has; 0 by hand
    "record_owner",
    "company_owner",
    "owner_has_mailbox",  # bool: the record owner, else the company's, owns one (R91)
    "ruleset_mode",  # for its way of enrollment
    "ruleset",  # this and the rest as `ASSIGNMENT_COLUMNS`
    "own_mode",
    "own_user",
    "ruleset_user",
    "own_set_at",
    "ruleset_set_at",
]


class Tasks(Protocol):
    """Tasks, and what decides whose they are."""

    def tasks(
        self,
        types: Sequence[str] | None = None,
        statuses: Sequence[str] | None = None,
        assignee: str | None = None,
        sequence: str | None = None,
        numbers: Sequence[int | str] | None = None,
    ) -> pd.DataFrame:
        """Representatives' tasks by number; of these only, where given. Columns `TASK_COLUMNS`.

        Numbers that nobody has have no row. Raises InvalidInput for an assignee or sequence that does not exist, and
        for every sequence where the platform cannot know of which one a task is.
        """

    def reassign_tasks(self, tasks: pd.DataFrame, assignee: str) -> pd.DataFrame:
        """Hand tasks (column `task`) over to a user (R70). The mailbox of a linked email stays, and so does what the
        enrollment's later tasks go by (R72, Q11).

        Gives `task, reason` in this order: None (it is the assignee's now), `task_closed` (completed, skipped or
        canceled), `needs_admin` (a rep may hand over only their own, D5), `timed_out` as in `enroll`. Repeated:
        nothing happens. Raises InvalidInput for a task or user that does not exist.
        """

    def assignment(self) -> pd.DataFrame:
        """Who gets the tasks of each sequence's new enrollments, as it is set now (R83 to R88).

        Columns `ASSIGNMENT_COLUMNS`. Where the platform hides `sequence_task_assignment`, what the sequence itself sets
        is None and NaT, whatever it is.
        """

    def task_routes(self, tasks: Sequence[int | str] | None = None, sequence: str | None = None) -> pd.DataFrame:
        """All that could have put tasks where they are, a row a task, by number; of these only, where given.

        Columns `TASK_ROUTE_COLUMNS`. What an enrollment kept of earlier settings is not shown. None and NaT where
        a task is linked to no enrollment, or where the platform does not tell of which one it is (`pool` is NA then).
        Raises InvalidInput for a sequence that does not exist, and as `tasks`.
        """
