"""A made-up sales team for the sandbox: believable, and the same wherever the seed and the size are."""

from datetime import datetime
from random import Random

from models.records import Audience, Enrollment, Life, Person
from models.workspace import START, Workspace
from platforms.sandbox.made_up_team.enrollments import Enrolling, Team
from platforms.sandbox.made_up_team.names import Names
from platforms.sandbox.made_up_team.people import Contact, companies, contacts_of, mailboxes, users
from platforms.sandbox.made_up_team.playbook import DRAFT, RULESETS, SEQUENCES, exclusions, plays
from platforms.sandbox.made_up_team.tasks import Tasks

LIVELY = Life(replies=0.03, bounces=0.015, opt_outs=0.005, out_of_office=0.03)  # what cold emails usually meet
NOTHING_COMES = Life()


def made_up_team(contacts: int, seed: int, now: datetime = START, life: Life = NOTHING_COMES) -> Workspace:
    """A team that sells to so many contacts, at the time `now`; `life` is what comes of its emails.

    The first mailbox is a busy one: of all who run, between a fifth and a quarter run from it, in several sequences and
    under two rulesets.
    """
    now = now.replace(microsecond=0)
    names, random = Names(seed), Random(f"{seed}:{contacts}")
    staff = users(contacts, names)
    boxes = mailboxes(staff, random)
    firms = companies(contacts, staff, names, random)
    people = contacts_of(contacts, firms, staff, names, random)
    pooled = plays([mailbox.email for mailbox in boxes])
    team = Team(now, tuple(boxes), RULESETS, SEQUENCES, tuple(pooled))
    enrollments = Enrolling(team, random).all(people)
    return Workspace(
        now=now,
        seed=seed,
        life=life,
        users=tuple(staff),
        mailboxes=team.mailboxes,
        companies=tuple(firms),
        rulesets=RULESETS,
        exclusions=exclusions(firms, [contact.email for contact in people if contact.do_not_contact]),
        sequences=SEQUENCES,
        people=_people(people, enrollments),
        audiences=_audiences(team, people, enrollments, random),
        plays=tuple(play for _, play in pooled),
        enrollments=tuple(enrollments),
        tasks=tuple(Tasks(team, people, random).all(enrollments)),
    )


def _people(contacts: list[Contact], enrollments: list[Enrollment]) -> tuple[Person, ...]:
    answered = {enrollment.person for enrollment in enrollments if enrollment.end_reason == "replied"}
    return tuple(
        Person(
            email=contact.email,
            first_name=contact.first_name,
            owner=contact.owner,
            company_domain=contact.company.domain if contact.company else None,
            status=_status(contact, contact.email in answered),
            email_opt_out=contact.opted_out,
            do_not_email=contact.do_not_email,
        )
        for contact in contacts
    )


def _status(contact: Contact, answered: bool) -> str:
    if contact.company and contact.company.status == "customer":
        return "customer"
    if contact.opted_out or contact.do_not_contact:
        return "unqualified"
    if answered:
        return "qualified"
    return "working" if contact.story == "running" else "lead"


def _audiences(
    team: Team, contacts: list[Contact], enrollments: list[Enrollment], random: Random
) -> tuple[Audience, ...]:
    """Each play's audience: those it enrolled, those it could not, and for a draft those who were never enrolled."""
    members: dict[str, dict[str, None]] = {play.name: {} for _, play in team.plays}
    for enrollment in enrollments:
        if enrollment.play:
            members[enrollment.play][enrollment.person] = None
    used = [play.name for plan, play in team.plays if plan.share]
    for contact in contacts:
        if contact.story == "never" and random.random() < 0.6:
            refused = contact.barred or contact.opted_out or contact.do_not_email
            members[random.choice(used) if refused else DRAFT.name][contact.email] = None
    return tuple(
        Audience(name=plan.audience, people=tuple(members[play.name]), exclusions=plan.toggles or {})
        for plan, play in team.plays
    )
