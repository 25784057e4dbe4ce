"""A made-up sales team for the sandbox: believable, and the same wherever the seed and the size are."""

from collections.abc import Iterator
from datetime import datetime
from random import Random

from models.records import Audience, Enrollment, Life, Person, RepTask
from models.workspace import START, Workspace
from platforms.sandbox.made_up_team.enrollments import Course, Enrolling, Team
from platforms.sandbox.made_up_team.names import Names
from platforms.sandbox.made_up_team.people import Contact, companies, contacts_of, mailboxes, users
from platforms.sandbox.made_up_team.playbook import DRAFT, RULESETS, SEQUENCES, exclusions, plays
from platforms.sandbox.made_up_team.tasks import Tasks

LIVELY = Life(replies=0.03, bounces=0.015, opt_outs=0.005, out_of_office=0.03)  # what cold emails usually meet
NOTHING_COMES = Life()


class MadeUpTeam:
    """A team that sells to so many contacts, at the time `now`; `life` is what comes of its emails.

    The first mailbox is a busy one: of all who run, between a fifth and a quarter run from it, in several sequences and
    under two rulesets. What grows with the contacts is kept small, and made into records each time that it is gone
    through: see `platforms.sandbox.workspace_file.loading.Many`.
    """

    def __init__(self, contacts: int, seed: int, now: datetime = START, life: Life = NOTHING_COMES) -> None:
        self._now = now = now.replace(microsecond=0)
        names, random = Names(seed), Random(f"{seed}:{contacts}")
        staff = users(contacts, names)
        boxes = mailboxes(staff, random)
        firms = companies(contacts, staff, names, random)
        self._contacts = contacts_of(contacts, firms, staff, names, random)
        pooled = plays([mailbox.email for mailbox in boxes])
        self._team = team = Team(now, tuple(boxes), RULESETS, SEQUENCES, tuple(pooled))
        self._courses = Enrolling(team, random).all(self._contacts)
        self._members = _members(team, self._contacts, self._courses, random)
        self._record_of = Tasks(team, random)
        self._tasks = self._record_of.all(self._courses)
        self.few = Workspace(
            now=now,
            seed=seed,
            life=life,
            users=tuple(staff),
            mailboxes=team.mailboxes,
            companies=tuple(firms),
            rulesets=RULESETS,
            exclusions=exclusions(firms, [contact.email for contact in self._contacts if contact.do_not_contact]),
            sequences=SEQUENCES,
            plays=tuple(play for _, play in pooled),
        )
        """The workspace without what grows with its contacts, its companies aside."""

    @property
    def people(self) -> Iterator[Person]:
        """The contacts, in no order."""
        answered = {course.contact.email for course in self._courses if course.end_reason == "replied"}
        return (_person(contact, contact.email in answered) for contact in self._contacts)

    @property
    def audiences(self) -> Iterator[Audience]:
        """Each play's audience."""
        for plan, play in self._team.plays:
            yield Audience.model_construct(
                name=plan.audience, people=self._members[play.name], exclusions=plan.toggles or {}
            )

    @property
    def enrollments(self) -> Iterator[Enrollment]:
        """In the order in which they began."""
        return (course.record(self._now) for course in self._courses)

    @property
    def tasks(self) -> Iterator[RepTask]:
        """First due first."""
        return map(self._record_of.record, self._tasks)


def made_up_team(contacts: int, seed: int, now: datetime = START, life: Life = NOTHING_COMES) -> Workspace:
    """A `MadeUpTeam` as one record."""
    team = MadeUpTeam(contacts, seed, now, life)
    many = {"people": team.people, "audiences": team.audiences, "enrollments": team.enrollments, "tasks": team.tasks}
    return team.few.model_copy(update={name: tuple(records) for name, records in many.items()})


def _person(contact: Contact, answered: bool) -> Person:
    return Person.model_validate(
        {
            "email": contact.email,
            "first_name": contact.first_name,
            "owner": contact.owner,
            "company_domain": contact.company.domain if contact.company else None,
            "status": _status(contact, answered),
            "email_opt_out": contact.opted_out,
            "do_not_email": contact.do_not_email,
        }
    )


def _status(contact: Contact, answered: bool) -> str:
    if contact.company and contact.company.status == "customer":
        return "customer"
    if contact.opted_out or contact.do_not_contact:
        return "unqualified"
    if answered:
        return "qualified"
    return "working" if contact.story == "running" else "lead"


def _members(team: Team, contacts: list[Contact], courses: list[Course], random: Random) -> dict[str, tuple[str, ...]]:
    """Who is in each play's audience: those it enrolled, those it could not, and for a draft those who were never
    enrolled."""
    members: dict[str, dict[str, None]] = {play.name: {} for _, play in team.plays}
    for course in courses:
        if course.place.play:
            members[course.place.play.name][course.contact.email] = None
    used = [play.name for plan, play in team.plays if plan.share]
    for contact in contacts:
        if contact.story == "never" and random.random() < 0.6:
            refused = contact.barred or contact.opted_out or contact.do_not_email
            members[random.choice(used) if refused else DRAFT.name][contact.email] = None
    return {name: tuple(people) for name, people in members.items()}
