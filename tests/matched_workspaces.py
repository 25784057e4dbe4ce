"""Hypothesis: random workspaces in which exclusions match many, who run or wait at published plays."""

from typing import Any

from hypothesis import strategies as st

from models.records import Enrollment, Exclusion, Person
from models.workspace import Workspace, problems
from tests.random_choices import DOMAINS, MAILBOXES, PEOPLE, STATUSES, Draws
from tests.workspaces import days_ago
from tests.workspaces_strategy import workspaces

LEVELS = ("nowhere", "nowhere", "everywhere", "rulesets", "audiences", "everywhere, rulesets", "rulesets, audiences")


@st.composite
def matched_workspaces(draw: st.DrawFn) -> Workspace:
    """Workspaces of eight people whose exclusions name some of them and are on at a level or two; half of the people
    were never enrolled, most of the others run, and little else keeps anybody out."""
    made = draw(workspaces())
    of = Draws(draw(st.integers(0, 2**32), label="levels"))
    levels = {exclusion.name: of.one(LEVELS) for exclusion in made.exclusions}
    changed: dict[str, Any] = {
        "exclusions": tuple(_naming_people(of, exclusion, levels[exclusion.name]) for exclusion in made.exclusions),
        "rulesets": _toggled(of, made.rulesets, [name for name in levels if "rulesets" in levels[name]]),
        "audiences": tuple(
            audience.model_copy(update={"people": tuple(of.shuffled(PEOPLE))})
            for audience in _toggled(of, made.audiences, [name for name in levels if "audiences" in levels[name]])
        ),
        "people": _people(of, made),
        "mailboxes": tuple(box.model_copy(update={"paused": of.often(0.1)}) for box in made.mailboxes),
        "plays": tuple(_published(of, play) for play in made.plays),
        "enrollments": _enrollments(of, made),
    }
    matched = made.model_copy(update=changed)
    assert [] == problems(matched)
    return matched


def _naming_people(of: Draws, exclusion: Exclusion, level: str) -> Exclusion:
    match = exclusion.match.model_copy(update={"person_email": of.some(PEOPLE, least=3)})
    return exclusion.model_copy(update={"match": match, "exclude_from_sequences": "everywhere" in level})


def _toggled(of: Draws, owners: tuple[Any, ...], on: list[str]) -> tuple[Any, ...]:
    """Rulesets or audiences, of which most have these exclusions on."""
    return tuple(
        owner.model_copy(update={"exclusions": {name: True for name in on if of.often(0.8)}}) for owner in owners
    )


def _people(of: Draws, made: Workspace) -> tuple[Person, ...]:
    there = {person.email: person for person in made.people}
    others = [Person(email=email, company_domain=of.one(DOMAINS), status=of.one(STATUSES)) for email in PEOPLE]
    return tuple(
        there.get(other.email, other).model_copy(update={"email_opt_out": of.often(0.1), "do_not_email": False})
        for other in others
    )


def _published(of: Draws, play: Any) -> Any:
    return play.model_copy(update={"published": of.often(0.9), "mailboxes": play.mailboxes or MAILBOXES[:2]})


def _enrollments(of: Draws, made: Workspace) -> tuple[Enrollment, ...]:
    """Those of about half of the people, of whom more run; the others were never enrolled."""
    ever = [person for person in PEOPLE if of.often(0.5)]
    kept = [enrollment for enrollment in made.enrollments if enrollment.person in ever]
    running = {enrollment.person for enrollment in kept if enrollment.state in ("queued", "active")}
    more = [
        Enrollment(
            person=person,
            sequence=of.one(made.sequences).name,
            mailbox=of.one(MAILBOXES),
            state="queued",
            started_at=days_ago(of.number(1, 30)),
        )
        for person in ever
        if person not in running and of.often(0.7)
    ]
    return (*kept, *more)
