"""The part of the contract that is about enrollments: who runs where, who ended when, what has happened since."""

from collections.abc import Iterator
from typing import Protocol

import pandas as pd


class Enrollments(Protocol):
    """What a platform tells of enrollments; see `platforms/port.py` for what holds of every method."""

    def ends(self, mailbox: str) -> pd.DataFrame:
        """When enrollments from a mailbox were cancelled: `ended_at` (UTC) and `enrollments` (count), by time."""

    def cancelled(self, mailbox: str, chunk: int) -> Iterator[pd.DataFrame]:
        """Each person's last enrollment from this mailbox that was cancelled, one row a person, in chunks.

        Whoever an upgrade carried over did not fall out, and is left out here and in `ends`: their next enrollment in
        the sequence began at that instant in a later version (C20).

        Columns `email, sequence, mailbox, play` (or None), `steps_done, started_at, ended_at` (UTC). No reason is
        given: the platform's API tells none. Opt-outs, replies, bounces and exclusions show as such and are left out.
        """

    def last_enrollments(self, emails: list[str], sequence: str | None) -> pd.DataFrame:
        """For each of these people who was ever enrolled (in `sequence`, if given): the enrollment that ended last,
        or the one that runs. Columns as `cancelled`; `ended_at` is NaT for one that runs."""

    def history(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """What happened to people since an instant each. `contacts` has columns `email, since` (UTC; NaT: ever).

        Every enrollment of theirs, in whatever sequence, that runs or that began or ended at or after that instant, a
        row each, by person (in the order of `contacts`) and start. People who are not known have no row.

        Columns `email, since, sequence, mailbox, play` (or None), `version` (NA where the platform does not tell it of
        one without steps), `started_at, ended_at` (UTC; NaT: it runs), `steps_done`, `end` (None while it runs;
        `replied, bounced, opted_out, excluded, completed`, or `canceled`: the platform tells that it was cancelled,
        never why), `paused` (bool; NA where the platform cannot tell: whether it is halted now, or was when it ended),
        `paused_until` (UTC; NaT where nobody said until when, or the platform does not tell).

        Whoever an upgrade carried over went on (C20): theirs is one row, begun when the first of its enrollments began,
        and in everything else as the last one.
        """

    def running(self, chunk: int, sequence: str | None = None, mailbox: str | None = None) -> Iterator[pd.DataFrame]:
        """The enrollments that run, in a sequence or from a mailbox if given, in chunks.

        Columns `email, sequence, mailbox, play` (or None), `state` (queued or active), `steps_done`, `version` (whose
        steps it follows), `started_at`, `next_step_at` (UTC; NaT where the platform does not tell), `paused` (bool).
        Raises InvalidInput for names that do not exist. Where the platform hides `idle_mailboxes`, nothing runs from
        one not shown.
        """

    def places(self, emails: list[str], sequence: str) -> pd.DataFrame:
        """Who of these runs in the sequence: `email, mailbox, step` (the next one), `due_at` (when that step is due,
        UTC or NaT), `paused` (bool). Reads afresh."""
