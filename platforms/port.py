"""The contract between Handoff's steps and a workspace, whichever platform holds it.

Values go in, frames and plain values come out. Each method says what holds before and after, what a repeated
call does, and which errors it raises (`models/errors.py`): `InvalidInput` for names that do not exist,
`NotAllowed` for what the acting user's role may not do, `Refused` where the platform says no with a reason code,
`Unreachable` where it cannot be asked. Whatever raises has changed nothing.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from models.changes import Change
from models.records import PendingSetting
from models.setting_keys import SettingKey
from platforms.port_enrollments import Enrollments


class Platform(Enrollments, Protocol):
    """A workspace on a platform, and the user who acts on it."""

    workspace: str
    """Its name, said aloud in every confirmation and report."""

    @property
    def acting_user(self) -> str:
        """The email of the user whose rights decide."""

    @property
    def hidden(self) -> frozenset[str]:
        """What the platform does not tell, of `exclusions` (rules, matches and toggles), `plays`, `audiences`,
        `pending_settings`, `sequence_task_assignment`, `daily_limits` and `idle_mailboxes` (those without enrollments).
        What would answer of these raises Hidden."""

    def now(self) -> datetime:
        """The workspace's time. On a sandbox it has a clock of its own; sequences have advanced to it."""

    def glance_at_clock(self) -> datetime:
        """The workspace's time, without bringing anything about: nothing advances, no clock stops or starts."""

    def one_look(self) -> AbstractContextManager[None]:
        """Within it nothing is changed, and nothing need be read twice: what is decided is as of one moment."""

    def clock_rate(self) -> float:
        """Seconds of the workspace's time for each second of ours; 0 where it only moves by `advance`."""

    def advance(self, to: datetime) -> None:
        """Move a clock that only moves by hand to `to`. Repeated, or into the past: nothing happens.

        Raises InvalidInput where the clock runs by itself.
        """

    def supports(self, change: type[Change]) -> bool:
        """Whether the platform can make such a change itself; otherwise it is a manual step for a person."""

    def refuse_unless_allowed(self, change: type[Change]) -> None:
        """Raise NotAllowed where the acting user may not make such a change (R47). Changes nothing."""

    def users(self) -> pd.DataFrame:
        """Columns `user` (email), `name`, `role` (admin or rep; None where the platform does not tell)."""

    def mailboxes(self) -> pd.DataFrame:
        """Columns `mailbox, owner` (email or None), `paused`, `daily_limit` (emails in 24 hours; NA where the platform
        hides `daily_limits`). Where mailboxes show by their enrollments alone, those without any are left out."""

    def sequences(self) -> pd.DataFrame:
        """Columns `sequence, ruleset, paused, steps` (how many the present version has), `version` (its number),
        `send_days` (a tuple: `MON`, …)."""

    def steps(self, sequence: str) -> pd.DataFrame:
        """The steps of a sequence's present version: `number` (from 1), `type`, `wait_days` (after the step before)."""

    def rulesets(self) -> pd.DataFrame:
        """Columns `ruleset, allow_same` (bool), `block` (an `Interval`, or None: never). The values that are set.
        Where rulesets show by their sequences alone, those without any are left out."""

    def plays(self) -> pd.DataFrame:
        """Columns `play, audience, sequence, published, allow_reruns`, `last_run_at` (or NaT), `cooldown_days`,
        `mailboxes` (a tuple, in the order of the play's turns)."""

    def pending(self) -> tuple[PendingSetting, ...]:
        """Settings known not to act yet. Empty where the platform does not tell."""

    def setting(self, key: SettingKey) -> Any:
        """The value that is set, as JSON. Raises InvalidInput where there is no such setting."""

    def audience_size(self, name: str) -> int | None:
        """How many people an audience has; None where there is no such audience."""

    def facts(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """What the rules need of contacts (columns `email, sequence`; a row each, in this order).

        Columns `email, sequence, ruleset, known, opted_out, do_not_email, running_in` (a sequence or None),
        `running_since` (when that enrollment started; UTC or NaT), `running_ruleset` (that sequence's, or None),
        `completed_a_step, been_here` (in this sequence), `last_ended` (UTC or NaT), `resumes_after` (steps done in
        this sequence), `no_step_left` (bool: they did all the steps that it has now, or completed it, when they were
        last in it; enrolled again they begin at step 1, and get what they got), `last_started_here` (UTC or NaT),
        `sequence_paused`, `excluded_by` (Names of the exclusions that act on the sequence and match the contact; None
        where the platform hides `exclusions`), `last_end` (how the enrollment that
        ended last did so, where the platform shows it: `replied` or `bounced`; else "").
        """

    def apply(self, change: Change) -> dict[str, Any]:
        """Make one change, wholly or not at all. After: as the change says; the answer tells what was done.

        RunPlay may take people over who run in another sequence, where that one's ruleset lets them leave (R22 to R24,
        C10): their enrollment there ends as unenrolled, and the log shows them as enrolled.

        EditSequence answers `sequence, version` (the present one), and how many enrollments were `upgraded` and how
        many `completed`, having nothing left to do in the new version (R52). Upgraded ones run on under another id
        (C20): same person, mailbox, play, state and place, due when they were due; no waiting period begins (R53).

        Repeated: SetSetting and ChangeMailboxOwner do nothing; EditSequence makes no version of equal steps, and
        carries over only who is behind; uploads and duplicates refuse a name that is taken;
        RunPlay refuses within the play's cool-down (`play_cooldown`); Enroll refuses who is enrolled.
        """

    def enroll(self, contacts: pd.DataFrame) -> pd.DataFrame:
        """Enroll people directly (R41). `contacts` has columns `email, sequence, mailbox` and perhaps `paused` (bool);
        one row a person.

        Whoever is to be paused is so from the beginning: on the sandbox that is one instant, and nothing leaves in
        between. Where it takes a second request, that follows the answer to the first, a few people at a time, so that
        an email had a second or two to leave in; whether it landed shows in `places`.

        Gives `email, reason` (None: enrolled now) and `step` (where they begin), in this order. A platform may add
        `detail`: its words, or where the person runs. A reason that is no code is the platform's own words: what they
        mean is not known. `timed_out` is a write of which the platform told nothing, not found done afterwards.
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

    def exclusion_toggles(self) -> pd.DataFrame:
        """What acts of each exclusion in each ruleset: `exclusion, ruleset, everywhere` (the global toggle), `here`."""

    def exclusions(self) -> pd.DataFrame:
        """Columns `exclusion, exclude_from_sequences` (the global toggle as it is set), `kinds` (of match that it has,
        joined by newlines), `last_activity_within_days` (or NA)."""

    def matches(self, exclusion: str, emails: list[str] | None = None) -> pd.DataFrame:
        """Whom an exclusion matches (of these people), a row a person and way of matching.

        Columns `email`, `by` (company_domain, company_status, person_status, person_email or last_activity), `value`
        (the domain, status or address; the number of days), `since` (UTC; NaT where nobody knows). Raises InvalidInput
        where there is no such exclusion.
        """

    def people(self, emails: list[str]) -> pd.DataFrame:
        """These people, in this order; an unknown address has no row.

        Columns `email, first_name, status, owner` (the record owner, or None), `company_domain, company_status,
        company_owner` (None where there is none), `email_opt_out, do_not_email` (bool).
        """

    def settles(self, conflict: str) -> str | None:
        """How the platform settles one of the sources' conflicts C6, C10, C11, C18, in a workspace file's words; None
        where nobody knows, and callers assume the more dangerous way."""

    def audience(self, name: str) -> list[str]:
        """The people of an audience. Raises InvalidInput where there is none."""

    def entrants(self, play: str) -> pd.DataFrame:
        """The members of a play's audience: `email`, `kept_out_by` (Names of the audience's own exclusions that act
        and match), `seen` (the play started with this person before), `never_enrolled` (in whatever
        sequence)."""

    def tasks(
        self, types: Sequence[str] | None = None, statuses: Sequence[str] | None = None, assignee: str | None = None,
        sequence: str | None = None, numbers: Sequence[int | str] | None = None,
    ) -> pd.DataFrame:  # fmt: skip
        """Representatives' tasks by number; of these only, where given.

        Columns `task` (its number; where the platform numbers none its UUID as text, in the order of creation),
        `email, type, status, assignee` (or None), `sequence, mailbox` (that a linked email leaves from), `due_at,
        enrolled_at` (UTC): None or NaT where it is linked to none, or where the platform does not tell. Numbers that
        nobody has have no row. Raises InvalidInput for an assignee or sequence that does not exist, and for every
        sequence where the platform cannot know of which one a task is.
        """

    def reassign_tasks(self, tasks: pd.DataFrame, assignee: str) -> pd.DataFrame:
        """Hand tasks (column `task`) over to a user (R70). The mailbox of a linked email stays, and so does what the
        enrollment's later tasks go by (R72, Q11).

        Gives `task, reason` in this order: None (it is the assignee's now), `task_closed` (completed, skipped or
        canceled), `needs_admin` (a rep may hand over only their own, D5), `timed_out` as in `enroll`. Repeated:
        nothing happens. Raises
        InvalidInput for a task or user that does not exist.
        """

    def assignment(self) -> pd.DataFrame:
        """Who gets the tasks of each sequence's new enrollments, as it is set now (R83 to R88).

        Columns `sequence, ruleset, own_mode` (the sequence's own setting; None: off), `own_user, automatic_mode`
        (the ruleset's, for enrollments by plays), `manual_mode` (by hand), `ruleset_user, own_set_at,
        ruleset_set_at` (when each was last changed, UTC; NaT where nobody knows of a change, R92). Where the platform
        hides `sequence_task_assignment`, what the sequence itself sets is None and NaT, whatever it is.
        """

    def task_routes(self, tasks: Sequence[int | str] | None = None, sequence: str | None = None) -> pd.DataFrame:
        """All that could have put tasks where they are, a row a task, by number; of these only, where given.

        Columns `task, email, type, status, assignee, sequence, play` (None: enrolled by hand), `enrolled_at,
        enroller` (who did that by hand), `mailbox` (it sends from), `mailbox_owner` (now), `first_mailbox` (of the
        play's pool, else the same), `first_mailbox_owner, pool` (how many mailboxes the play has; 0 by hand),
        `record_owner, company_owner, owner_has_mailbox` (bool: the record owner, else the company's, owns one; R91),
        `ruleset_mode` (for its way of enrollment), and `ruleset, own_mode, own_user, ruleset_user, own_set_at,
        ruleset_set_at` as `assignment`. What an enrollment kept of earlier settings is not shown. None and NaT where
        a task is linked to no enrollment, or where the platform does not tell of which one it is (`pool` is NA then).
        Raises InvalidInput for a sequence that does not exist, and as `tasks`.
        """

    def play_log(self, play: str) -> pd.DataFrame:
        """The last run's log: `email`, `reason` (None: enrolled), as far as the platform logs it (R54)."""

    def play_metrics(self, play: str) -> dict[str, int] | None:
        """The last run's `entered, enrolled, not_enrolled`; None where it never ran."""
