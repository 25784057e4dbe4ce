"""The part of the contract that is about enrollments: who runs where, who ended when; beginning and ending them."""

from collections.abc import Iterator, Sequence
from typing import Protocol

import pandas as pd

END_COLUMNS = [
    "ended_at",  # UTC
    "enrollments",  # how many
]
ENROLLMENT_COLUMNS = [
    "email",
    "sequence",
    "mailbox",
    "play",  # or None
    "steps_done",
    "started_at",  # UTC
    "ended_at",  # UTC; NaT for one that runs
]
CANCELLED_COLUMNS = [
    *ENROLLMENT_COLUMNS,
    "alone",  # bool: nothing else of the person runs, or ended at or after this one's end; False where it is not known
    "paused",  # as of HISTORY_COLUMNS, where `alone`
    "paused_until",
]
RUNNING_COLUMNS = [
    "email",
    "sequence",
    "mailbox",
    "play",  # or None
    "state",  # queued or active
    "steps_done",
    "version",  # whose steps it follows
    "started_at",  # UTC
    "next_step_at",  # UTC; NaT where the platform does not tell
    "paused",  # bool
]
PLACE_COLUMNS = [
    "email",
    "mailbox",
    "step",  # the next one
    "due_at",  # when that step is due, UTC or NaT
    "paused",  # bool
]
READ_BACK_COLUMNS = [
    "email",
    "logged",  # bool: the run's log names them
    "reason",  # what it says; None: enrolled, or not logged
    "mailbox",  # this and the next ones as of PLACE_COLUMNS; missing for who does not run there
    "step",
    "paused",
]


class Enrollments(Protocol):
    """What a platform tells of enrollments, and what can be done with many at once; one at a time: `Changes.apply`."""

    enrolls_one_by_one: bool
    """Whether `enroll` takes a request for each person: then it is of use that several processes share the work."""

    def ends(self, mailbox: str) -> pd.DataFrame:
        """When enrollments from a mailbox were cancelled, by time: columns `END_COLUMNS`."""

    def cancelled(self, mailbox: str, chunk: int, *, facts: bool = False) -> Iterator[pd.DataFrame]:
        """Each person's last enrollment from this mailbox that was cancelled, one row a person, in chunks.

        Whoever an upgrade carried over did not fall out, and is left out here and in `ends`: their next enrollment in
        the sequence began at that instant in a later version (C20).

        Columns `CANCELLED_COLUMNS`; with `facts` also those of `People.facts` for the sequence they were cancelled in,
        where the platform reads them along with the rest: else they are left out. No reason is given: the platform's
        API tells none. Opt-outs, replies, bounces and exclusions show as such and are left out.
        """

    def last_enrollments(self, emails: list[str], sequence: str | None) -> pd.DataFrame:
        """For each of these people who was ever enrolled (in `sequence`, if given): the enrollment that ended last,
        or the one that runs. Columns `ENROLLMENT_COLUMNS`."""

    def running(
        self,
        chunk: int,
        sequence: str | None = None,
        mailbox: str | None = None,
        emails: Sequence[str] | None = None,
    ) -> Iterator[pd.DataFrame]:
        """The enrollments that run, in a sequence, from a mailbox or of these people if given, in chunks. Columns
        `RUNNING_COLUMNS`.

        Raises InvalidInput for names that do not exist. Where the platform hides `idle_mailboxes`, nothing runs from
        one not shown.
        """

    def awaiting_approval(self, sequences: list[str]) -> list[str]:
        """Those of these sequences in which an enrollment waits for somebody's approval, a draft: nothing is sent until
        then. A sequence in which all were approved, or nobody was enrolled yet, does not show, nor one that does not
        exist.
        """

    def places(self, emails: list[str], sequence: str) -> pd.DataFrame:
        """Who of these runs in the sequence: columns `PLACE_COLUMNS`. Reads afresh."""

    def read_back(self, play: str | None, sequence: str, emails: list[str]) -> pd.DataFrame:
        """What came of enrolling these people: what the log of the play's last run says, as far as the platform logs it
        and shows it (R54), and where they run now in the sequence. `play` None: by hand, nothing is logged.

        A row for each of whom there is either, in no order: columns `READ_BACK_COLUMNS`. Reads afresh.
        """

    def enroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """Enroll people directly (R41). `contacts` has columns `email, sequence, mailbox` and perhaps `paused` (bool);
        one row a person.

        Whoever is to be paused is so from the beginning: on the sandbox that is one instant, and nothing leaves in
        between. Where it takes a second request, that follows the answer to the first, a few people at a time, so that
        an email had a second or two to leave in; whether it landed shows in `places`.

        Gives `email, reason` (None: enrolled now) and `step` (where they begin), in this order. A platform may add
        `detail`: its words, or where the person runs. A reason that is no code is the platform's own words: what they
        mean is not known. `timed_out` is a write that the platform did not answer, not found done afterwards.
        Repeated: whoever is enrolled already is refused with `already_enrolled`; nobody is enrolled twice. Where each
        person takes a request, Unreachable may come after some were enrolled: repeat it.
        """

    def unenroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """Take people out of sequences by hand. `contacts` has columns `email, sequence`.

        Gives `email, ended` (whether an enrollment there was ended now), in this order. Repeated, and for people who
        do not run there or are not known: `ended` is False and nothing happens. Raises InvalidInput for a sequence
        that does not exist.
        """

    def pause(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """Pause the enrollments of people that run in sequences, until somebody resumes them. `contacts` has columns
        `email, sequence`.

        Gives `email, paused` (whether one runs there and is paused now), in this order. Repeated: nothing more happens.
        Raises InvalidInput for a sequence that does not exist.
        """
