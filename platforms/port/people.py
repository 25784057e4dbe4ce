"""The part of the contract that is about people: who they are, what the rules need of them, what happened to them."""

from datetime import datetime
from typing import Protocol

import pandas as pd

PEOPLE_COLUMNS = [
    "email",
    "first_name",
    "status",
    "owner",  # the record owner, or None
    "company_domain",  # None where there is no company, like the next two
    "company_status",
    "company_owner",
    "email_opt_out",  # bool
    "do_not_email",  # bool
]
FACT_COLUMNS = [
    "email",
    "sequence",
    "ruleset",
    "known",
    "opted_out",
    "do_not_email",
    "running_in",  # a sequence, or None
    "running_since",  # when that enrollment started; UTC or NaT
    "running_ruleset",  # that sequence's, or None
    "completed_a_step",
    "been_here",  # in this sequence
    "last_ended",  # UTC or NaT
    "resumes_after",  # steps done in this sequence
    "no_step_left",  # bool, see `People.facts`
    "last_started_here",  # UTC or NaT
    "sequence_paused",
    "excluded_by",  # Names of the exclusions that act on the sequence and match; None where `exclusions` are hidden
    "last_end",  # how the enrollment that ended last did so, where it shows: `replied` or `bounced`; else ""
]
HISTORY_COLUMNS = [
    "email",
    "since",
    "sequence",
    "mailbox",
    "play",  # or None
    "version",  # NA where the platform does not tell it of one without steps
    "started_at",  # UTC
    "ended_at",  # UTC; NaT: it runs
    "steps_done",
    "end",  # see `People.history`
    "paused",  # bool: it is halted now, or was when it ended; NA where the platform cannot tell
    "paused_until",  # UTC; NaT where nobody said until when, or the platform does not tell
]


class People(Protocol):
    """People, by their addresses."""

    def people(self, emails: list[str]) -> pd.DataFrame:
        """These people, in this order; an unknown address has no row. Columns `PEOPLE_COLUMNS`."""

    def facts(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """What the rules need of contacts (columns `email, sequence`; a row each, in this order).

        Columns `FACT_COLUMNS`. `no_step_left`: they did all the steps that the sequence has now, or completed it, when
        they were last in it; enrolled again they begin at step 1, and get what they got.
        """

    def history(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """What happened to people since an instant each. `contacts` has columns `email, since` (UTC; NaT: ever).

        Every enrollment of theirs, in whatever sequence, that runs or that began or ended at or after that instant, a
        row each, by person (in the order of `contacts`) and start. People who are not known have no row.

        Columns `HISTORY_COLUMNS`. `end` is None while it runs; else `replied, bounced, opted_out, excluded, completed`,
        or `canceled`: the platform tells that it was cancelled, never why.

        Whoever an upgrade carried over went on (C20): theirs is one row, begun when the first of its enrollments began,
        and in everything else as the last one.
        """

    def history_of_audience(self, audience: str, since: datetime) -> pd.DataFrame:
        """The same of everybody in an audience, since one instant, in the order of their start. Raises InvalidInput
        where there is no such audience.

        Where an audience is large and little has happened, that is a look at it, and not a question about each.
        """
