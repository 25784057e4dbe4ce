"""The made-up team's users and mailboxes, and the companies and people that it sells to."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from models.records import Company, CompanyStatus, Mailbox, User
from platforms.sandbox.made_up_team.names import Names
from platforms.sandbox.made_up_team.playbook import OWN_DOMAIN

Story = Literal["running", "history", "never"]
# Of all people: who is in a sequence now, and who was once; the rest never was.
RUNNING_SHARE, HISTORY_SHARE = 0.45, 0.35
OPTED_OUT, DO_NOT_CONTACT, COLLEAGUES, WITHOUT_COMPANY = 0.03, 0.006, 0.003, 0.02
COMPANY_SHARES: dict[CompanyStatus, float] = {"customer": 0.09, "open_opportunity": 0.1, "competitor": 0.025}
SENDING_DOMAINS = (f"send.{OWN_DOMAIN}", f"go.{OWN_DOMAIN}")
DAILY_LIMITS = (25, 25, 30, 40, 50)


@dataclass(slots=True)
class Contact:
    """A person to be. `barred`: an exclusion keeps them out of every sequence."""

    email: str
    first_name: str
    company: Company | None
    owner: str | None
    barred: bool = False
    story: Story = "never"
    opted_out: bool = False
    do_not_email: bool = False
    do_not_contact: bool = False


def users(contacts: int, names: Names) -> list[User]:
    """A founder, another admin or more, and reps: some 6 for 200 contacts, 12 for 5,000, 40 at most."""
    number = max(4, min(40, round(6 * (max(contacts, 1) / 200) ** 0.215)))
    admins = max(2, number // 5)
    first_names = [names.colleague() for _ in range(number)]
    return [
        User(email=f"{name.lower()}@{OWN_DOMAIN}", name=name, role="admin" if index < admins else "rep")
        for index, name in enumerate(first_names)
    ]


def mailboxes(team: list[User], random: Random) -> list[Mailbox]:
    """One or two for each rep. The first is the busy one; of many, one or two others are paused."""
    reps = [user for user in team if user.role == "rep"]
    found = [
        Mailbox(email=f"{rep.name.lower()}@{domain}", owner=rep.email, daily_limit=random.choice(DAILY_LIMITS))
        for index, rep in enumerate(reps)
        for domain in SENDING_DOMAINS[: 2 if index % 3 == 0 else 1]
    ]
    found[0] = found[0].model_copy(update={"daily_limit": DAILY_LIMITS[-1]})
    paused = ([len(found) - 1] if len(found) >= 4 else []) + ([len(found) // 2] if len(found) >= 12 else [])
    for index in paused:
        found[index] = found[index].model_copy(update={"paused": True})
    return found


def companies(contacts: int, team: list[User], names: Names, random: Random) -> list[Company]:
    """A company for every six contacts, mostly prospects; each but a few has a rep as its owner."""
    number = max(3, contacts // 6)
    statuses: list[CompanyStatus] = []
    for status, share in COMPANY_SHARES.items():
        statuses += [status] * (max(1, round(share * number)) if number > 6 else 0)
    statuses += ["prospect"] * (number - len(statuses))
    random.shuffle(statuses)
    reps = [user.email for user in team if user.role == "rep"]
    return [
        Company(
            domain=names.company_domain(), owner=random.choice(reps) if random.random() < 0.93 else None, status=status
        )
        for status in statuses
    ]


def contacts_of(number: int, firms: list[Company], team: list[User], names: Names, random: Random) -> list[Contact]:
    """So many people: many at a few companies, few at many; some colleagues, some without a company."""
    found = [_contact(firms, team, names, random) for _ in range(number)]
    _tell_stories(found, random)
    _flag(found, random)
    return found


def _contact(firms: list[Company], team: list[User], names: Names, random: Random) -> Contact:
    first_name, kind = names.first_name(), random.random()
    if kind < COLLEAGUES:
        inside = Company(domain=OWN_DOMAIN)
        return Contact(names.email(first_name, OWN_DOMAIN), first_name, inside, None, barred=True)
    if kind < COLLEAGUES + WITHOUT_COMPANY:
        return Contact(names.email(first_name, "mail.test"), first_name, None, random.choice(team).email)
    company = firms[int(len(firms) * random.random() ** 1.5)]
    owner = company.owner if random.random() < 0.9 else None  # the company's owner stands in where a person has none
    barred = company.status in ("customer", "competitor")
    if random.random() < DO_NOT_CONTACT:
        barred = True
    contact = Contact(names.email(first_name, company.domain), first_name, company, owner, barred)
    contact.do_not_contact = barred and company.status not in ("customer", "competitor")
    return contact


def _tell_stories(found: list[Contact], random: Random) -> None:
    """Nobody matched by an exclusion runs: the platform would have taken them out (R62)."""
    free = [contact for contact in found if not contact.barred]
    random.shuffle(free)
    running = min(len(free), max(1, round(RUNNING_SHARE * len(found))))
    for contact in free[:running]:
        contact.story = "running"
    others = free[running:] + [contact for contact in found if contact.barred]
    random.shuffle(others)
    for contact in others[: round(HISTORY_SHARE * len(found))]:
        contact.story = "history"


def _flag(found: list[Contact], random: Random) -> None:
    """Opt-outs, of whom nobody runs, and the flag `do_not_email` on one in a hundred.

    Who runs got the flag after they were enrolled; the 21st is the first, whose place is at the busy mailbox.
    """
    for contact in [contact for contact in found if contact.story == "running"][20::100]:
        contact.do_not_email = True
    still = [contact for contact in found if contact.story != "running"]
    for contact in random.sample(still, min(len(still), round(OPTED_OUT * len(found)))):
        contact.opted_out = True
    for contact in random.sample(still, round(0.01 * len(still))):
        contact.do_not_email = True
