"""Enrollments of a made-up team: who runs where now, from which mailbox, and what came before."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from random import Random

from models.records import (
    EndReason,
    Enrollment,
    EnrollmentState,
    EnrollmentStep,
    Interval,
    Mailbox,
    Play,
    Ruleset,
    Sequence,
)
from platforms.sandbox.made_up_team.people import Contact
from platforms.sandbox.made_up_team.playbook import Plan
from platforms.sandbox.made_up_team.timeline import DAY, Progress, length, office_hours, progress

HORIZON = 200  # days of history
BEFORE_RUNNING, BEFORE_HISTORY = 0.6, 0.3  # how many of them had an earlier enrollment too
REPLIES: tuple[EndReason, ...] = ("completed",) * 9 + ("replied",) * 5 + ("unenrolled",) * 3  # lets one go on later
LAST_ENDS: tuple[EndReason, ...] = (*REPLIES, "bounced")


@dataclass(frozen=True)
class Team:
    """What enrollments are made of. `plays` go with their plans; the first mailbox is the busy one."""

    now: datetime
    mailboxes: tuple[Mailbox, ...]
    rulesets: tuple[Ruleset, ...]
    sequences: tuple[Sequence, ...]
    plays: tuple[tuple[Plan, Play], ...]


@dataclass(frozen=True, eq=False)
class Place:
    """Where somebody is enrolled, and by what; `play` None is by hand. There is one of each."""

    sequence: Sequence
    mailbox: Mailbox
    play: Play | None


@dataclass(slots=True)
class Course:
    """An enrollment to be, as small as can be: there may be millions. `waits` where a step of it waits for a person;
    `steps_done` None is none, of one that is queued."""

    contact: Contact
    place: Place
    state: EnrollmentState
    started_at: datetime
    steps_done: int | None = None
    ended_at: datetime | None = None
    end_reason: EndReason | None = None
    next_step_at: datetime | None = None
    waits: bool = False

    def record(self, now: datetime) -> Enrollment:
        """The enrollment; its steps are spelled out where one of them waits for a person."""
        place = self.place
        return Enrollment.model_validate(
            {
                "person": self.contact.email,
                "sequence": place.sequence.name,
                "mailbox": place.mailbox.email,
                "play": place.play.name if place.play else None,
                "enrolled_by": None if place.play else place.mailbox.owner,
                "state": self.state,
                "started_at": self.started_at,
                "steps_done": self.steps_done,
                "ended_at": self.ended_at,
                "end_reason": self.end_reason,
                "next_step_at": self.next_step_at,
                "steps": self._steps(now) if self.waits else (),
            }
        )

    def _steps(self, now: datetime) -> tuple[EnrollmentStep, ...]:
        so_far = progress(self.place.sequence, self.started_at, now)
        ended = [EnrollmentStep(number=at, status="FINISHED", at=end) for at, (_, end) in enumerate(so_far.done, 1)]
        return (*ended, EnrollmentStep(number=len(ended) + 1, status="PENDING", at=so_far.due or now))


class Enrolling:
    """Enrolls one contact after another."""

    def __init__(self, team: Team, random: Random) -> None:
        self._team = team
        self._random = random
        self._sequences = {sequence.name: sequence for sequence in team.sequences}
        self._blocks = {ruleset.name: ruleset.block_reenrollment for ruleset in team.rulesets}
        self._mailboxes = {mailbox.email: mailbox for mailbox in team.mailboxes}
        self._busy = team.mailboxes[0]
        self._plays = [play for plan, play in team.plays for _ in range(plan.share)]
        self._elsewhere = [play for play in self._plays if play.mailboxes != (self._busy.email,)]
        self._busy_plays = [play for plan, play in team.plays if plan.busy]
        self._turn = cycle(self._busy_plays)  # by turns, so that few are spread over several sequences too
        self._running = 0
        self._places: dict[tuple[str, str, bool], Place] = {}

    def all(self, contacts: list[Contact]) -> list[Course]:
        """The enrollments of all these, in the order in which they began."""
        found = [course for contact in contacts for course in self._of(contact)]
        found.sort(key=lambda course: (course.started_at, course.contact.email))
        return found

    def _of(self, contact: Contact) -> Iterator[Course]:
        if contact.story == "running":
            last = self._runs(contact)
            share = BEFORE_RUNNING
        elif contact.story == "history":
            last = self._ended(contact, self._anywhere(), self._days_ago(1, HORIZON), self._last_end(contact))
            share = BEFORE_HISTORY
        else:
            return
        if self._random.random() < share and (earlier := self._earlier(contact, last)) is not None:
            yield earlier
        yield last

    def _runs(self, contact: Contact) -> Course:
        """Of 36 that run, 8 are at the busy mailbox; 3 were enrolled by hand, of whom one there. A 13th is queued."""
        number, self._running = self._running, self._running + 1
        by_hand = number % 12 == 5
        place = self._at_the_busy_one(by_hand) if number % 9 in (0, 2) else self._elsewhere_than_there(by_hand)
        if number % 13 == 9:
            return Course(contact, place, "queued", self._days_ago(0.01, 3))
        for _ in range(50):
            whole = length(place.sequence, len(place.sequence.steps)) / DAY
            started_at = office_hours(self._days_ago(1, whole + 1), self._random)
            so_far = progress(place.sequence, started_at, self._team.now)
            if so_far.done and so_far.due:
                return _active(contact, place, started_at, so_far)
        return Course(contact, place, "queued", self._days_ago(0.01, 3))

    def _at_the_busy_one(self, by_hand: bool) -> Place:
        play = self._random.choice(self._busy_plays) if by_hand else next(self._turn)
        return self._place(play, [self._busy.email], by_hand)

    def _elsewhere_than_there(self, by_hand: bool) -> Place:
        play = self._random.choice(self._elsewhere)
        pool = self._mailboxes if by_hand else play.mailboxes
        return self._place(play, [email for email in pool if email != self._busy.email], by_hand)

    def _anywhere(self) -> Place:
        play = self._random.choice(self._plays)
        return self._place(play, list(play.mailboxes), by_hand=self._random.random() < 0.1)

    def _place(self, play: Play, pool: list[str], by_hand: bool) -> Place:
        """One of the mailboxes in the play's sequence; a play's own enrollments stay on a mailbox that was paused."""
        mailbox = self._mailboxes[self._random.choice(pool)]
        which = play.name, mailbox.email, by_hand
        if which not in self._places:
            self._places[which] = Place(self._sequences[play.sequence], mailbox, None if by_hand else play)
        return self._places[which]

    def _ended(self, contact: Contact, place: Place, ended_at: datetime, reason: EndReason) -> Course:
        steps = len(place.sequence.steps)
        if reason == "bounced":
            steps = 1
        elif reason != "completed":
            least = 0 if reason in ("unenrolled", "excluded") else 1
            steps = self._random.randint(least, steps - 1)
        ended_at = office_hours(ended_at, self._random)
        slack = timedelta(hours=self._random.randint(1, 40))
        return Course(
            contact,
            place,
            "finished" if reason == "completed" else "canceled",
            ended_at - length(place.sequence, steps) - slack,
            steps_done=steps,
            ended_at=ended_at,
            end_reason=reason,
        )

    def _last_end(self, contact: Contact) -> EndReason:
        if contact.opted_out:
            return "opted_out"
        if contact.barred and self._random.random() < 0.6:
            return "excluded"
        return self._random.choice(LAST_ENDS)

    def _earlier(self, contact: Contact, later: Course) -> Course | None:
        """One in another sequence, over long enough before for the later one's ruleset; None where that cannot be."""
        block: Interval | None = self._blocks[later.place.sequence.ruleset or ""]
        place = self._anywhere()
        if block is None or place.sequence.name == later.place.sequence.name:
            return None
        ended_at = later.started_at - block.length - DAY - self._random.random() * 60 * DAY
        if ended_at < self._team.now - HORIZON * DAY:
            return None
        return self._ended(contact, place, ended_at, self._random.choice(REPLIES))

    def _days_ago(self, least: float, most: float) -> datetime:
        ago = self._random.uniform(least, most) * DAY
        return (self._team.now - ago).replace(microsecond=0)


def _active(contact: Contact, place: Place, started_at: datetime, so_far: Progress) -> Course:
    """A running enrollment; where a person has a task, that is done a day after it was begun."""
    waits = so_far.begun is not None and so_far.due is not None
    due = so_far.begun + DAY if so_far.begun and waits else so_far.due
    return Course(contact, place, "active", started_at, steps_done=len(so_far.done), next_step_at=due, waits=waits)
