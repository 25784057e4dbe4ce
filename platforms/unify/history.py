"""What enrollments and their steps say of people: how far each came, who fell out, who is where. Pure.

The API gives no reason why an enrollment ended and no state "queued": both are worked out here, and only here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from platforms.unify.enrollment_documents import Enrolled
from platforms.unify.progress import Progress


@dataclass(frozen=True, slots=True)
class Present:
    """A sequence's present version: its number (None where it is unknown), and how many days each of its steps waits
    for the one before."""

    version: int | None
    waits: tuple[int, ...]

    @property
    def length(self) -> int:
        """How many steps it has."""
        return len(self.waits)


Place = tuple[str, str]
"""A person's id, and a sequence's."""
AT_ONCE = timedelta(minutes=2)
"""Within which an upgrade ends one enrollment and begins the next. The vendor states no equality of the two times."""


@dataclass(frozen=True)
class History:
    """Enrollments of some people or of some mailbox, and how far each came.

    `present` is the present version of sequences, by id. `begun` tells, by person and sequence, when an enrollment
    began there and in which version, `ended` likewise the enrollments that ended: how an upgrade shows (C20).
    """

    enrollments: list[Enrolled]
    progress: Mapping[str, Progress]
    present: Mapping[str, Present] = field(default_factory=dict)
    begun: Mapping[Place, list[tuple[datetime, int]]] = field(default_factory=dict)
    ended: Mapping[Place, list[Enrolled]] = field(default_factory=dict)

    def steps_done(self, one: Enrolled) -> int:
        """How many steps of its sequence the person has behind them."""
        found = self.progress.get(one.id)
        return found.steps_done if found else 0

    def queued(self, one: Enrolled) -> bool:
        """Whether nothing of it was carried out yet (Q4), nor of the one that it goes on for since an upgrade."""
        found = self.progress.get(one.id)
        if found is not None and not found.queued:
            return False
        before = self._upgraded_to(one)
        return before is None or self.queued(before)

    def due_at(self, one: Enrolled) -> datetime | None:
        """When its next step is due by the sequence's timers, which count from the step before, or from when it began:
        the API shows no due time itself. None where its version's timers are not known, or nothing is left to do."""
        present, done = self.present.get(one.sequence_id), self.steps_done(one)
        if present is None or self.version(one) != present.version or done >= present.length:
            return None
        found = self.progress.get(one.id)
        since = found.done_at if found and not found.queued else one.started_at
        return since + timedelta(days=present.waits[done] if done else 0) if since else None

    def _upgraded_to(self, one: Enrolled) -> Enrolled | None:
        """The enrollment that was canceled for this one to begin in a later version, at the same place (R52)."""
        version, started = self.version(one), one.started_at
        if started is None or version is None:
            return None
        return next(
            (
                other
                for other in self.ended.get(_place_of(one), ())
                if _at_once(other.ended_at, started)
                and other.canceled
                and (self.version(other) or version) < version
                and self.steps_done(other) == self.steps_done(one)
            ),
            None,
        )

    def version(self, one: Enrolled) -> int | None:
        """Whose steps it follows: by itself, else by its steps."""
        found = self.progress.get(one.id)
        return one.version if one.version is not None else found.version if found else None

    def begun_at(self, one: Enrolled) -> datetime | None:
        """When it began, or the first of those that upgrades carried over to it (C20)."""
        version, at = self.version(one), one.started_at
        while at is not None and version is not None:
            before = [
                other
                for other in self.ended.get(_place_of(one), ())
                if _at_once(other.ended_at, at)
                and other.canceled
                and (self.version(other) or version) < version
                and other.started_at is not None
            ]
            if not before:
                return at
            first = min(before, key=lambda other: (other.started_at or _BEGINNING, self.version(other) or 0))
            at, version = first.started_at, self.version(first)
        return at

    def upgraded(self, one: Enrolled) -> bool:
        """Whether it was canceled and went on in a later version, begun at once: nobody fell out (C20)."""
        version = self.version(one)
        if not one.canceled or version is None:
            return False
        begun = self.begun.get(_place_of(one), ())
        return any(later > version and _at_once(one.ended_at, started) for started, later in begun)

    def completed(self, one: Enrolled) -> bool:
        """Whether it came to its end: finished for no reason that shows, not canceled, all steps done.

        Where nobody knows how many steps its version had, it counts as completed: to put somebody back who was through
        would write to them twice.
        """
        if one.runs or one.canceled or _tells_why(one):
            return False
        present = self.present.get(one.sequence_id)
        if present is None or self.version(one) != present.version:
            return True
        return self.steps_done(one) >= present.length

    def end(self, one: Enrolled) -> str | None:
        """How it ended, as `Platform.history` has it. Whoever was excluded shows as canceled here."""
        if one.runs or one.ended_at is None:
            return None
        shown = {
            "bounced": one.bounced,
            "replied": one.replied,
            "opted_out": one.opted_out,
            "completed": self.completed(one),
        }
        return next((name for name, is_so in shown.items() if is_so), "canceled")

    def plainly_ended(self, one: Enrolled) -> bool:
        """Whether it ended, and the API shows no reason of its own for it; `excluded` has to be known."""
        return not one.runs and one.ended_at is not None and not _tells_why(one) and not self.completed(one)

    def fell_out(self, one: Enrolled) -> bool:
        """Whether the person fell out of it: it ended without a reason that shows, and was not upgraded."""
        return self.plainly_ended(one) and not self.upgraded(one)


def _place_of(one: Enrolled) -> Place:
    return one.person_id, one.sequence_id


def _at_once(ended: datetime | None, started: datetime) -> bool:
    return ended is not None and abs(started - ended) <= AT_ONCE


def _tells_why(one: Enrolled) -> bool:
    """Whether an enrollment shows why it ended; that it was excluded shows in one of the two shapes alone."""
    return one.opted_out or one.replied or one.bounced or bool(one.excluded)


def ended_of(enrollments: Iterable[Enrolled]) -> dict[Place, list[Enrolled]]:
    """See `History.ended`."""
    found: dict[Place, list[Enrolled]] = {}
    for one in enrollments:
        if one.ended_at is not None:
            found.setdefault(_place_of(one), []).append(one)
    return found


def begun_of(
    enrollments: Iterable[Enrolled], progress: Mapping[str, Progress]
) -> dict[Place, list[tuple[datetime, int]]]:
    """See `History.begun`."""
    found: dict[Place, list[tuple[datetime, int]]] = {}
    for one in enrollments:
        steps = progress.get(one.id)
        version = one.version if one.version is not None else steps.version if steps else None
        if one.started_at is not None and version is not None:
            found.setdefault(_place_of(one), []).append((one.started_at, version))
    return found


def by_person(enrollments: Iterable[Enrolled]) -> dict[str, list[Enrolled]]:
    """Enrollments by their person's id."""
    found: dict[str, list[Enrolled]] = {}
    for one in enrollments:
        found.setdefault(one.person_id, []).append(one)
    return found


def latest(enrollments: Iterable[Enrolled]) -> Enrolled | None:
    """The one that runs, else the one that ended last; of several ended at once the one that began last."""
    ended = [one for one in enrollments if one.runs or one.ended_at is not None]
    return max(
        ended, key=lambda one: (one.runs, one.ended_at or _BEGINNING, one.started_at or _BEGINNING), default=None
    )


_BEGINNING = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Standing:
    """What one person's enrollments say for one sequence: see `Platform.facts` for each."""

    running_in: str | None
    running_since: datetime | None
    completed_a_step: bool
    been_here: bool
    last_ended: datetime | None
    resumes_after: int
    no_step_left: bool
    last_started_here: datetime | None
    last_end: str


def standing(history: History, enrollments: list[Enrolled], sequence_id: str) -> Standing:
    """A person's enrollments, and the sequence that is meant for them; `running_in` is a sequence's id."""
    here = [one for one in enrollments if one.sequence_id == sequence_id]
    runs = next((one for one in enrollments if one.runs), None)
    ends = [one.ended_at for one in enrollments if one.ended_at and not history.upgraded(one)]
    place, through = _place(history, here)
    return Standing(
        running_in=runs.sequence_id if runs else None,
        running_since=runs.started_at if runs else None,
        completed_a_step=any(history.steps_done(one) for one in enrollments),
        been_here=bool(here),
        last_ended=max(ends, default=None),
        resumes_after=place,
        no_step_left=through,
        last_started_here=max((one.started_at for one in here if one.started_at), default=None),
        last_end=_last_end(enrollments),
    )


def _place(history: History, here: list[Enrolled]) -> tuple[int, bool]:
    """How many steps are behind whoever is enrolled here again (R9), and whether that is none since none is left:
    whoever completed the sequence begins anew.

    The latest end counts; of two at once an upgrade is the earlier one.
    """
    ended = [(one.ended_at, not history.upgraded(one), _resumes_after(history, one)) for one in here if one.ended_at]
    return max(ended)[2] if ended else (0, False)


def _resumes_after(history: History, one: Enrolled) -> tuple[int, bool]:
    done, present = history.steps_done(one), history.present.get(one.sequence_id)
    through = history.completed(one) or (present is not None and done >= present.length)
    return (0, done > 0) if through else (done, False)


def _last_end(enrollments: list[Enrolled]) -> str:
    """How the enrollment that ended last did so, where it shows."""
    ended = [(one.ended_at, 2 if one.bounced else 1 if one.replied else 0) for one in enrollments if one.ended_at]
    return ("", "replied", "bounced")[max(ended)[1]] if ended else ""
