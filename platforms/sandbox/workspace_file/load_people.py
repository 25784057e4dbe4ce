"""The companies, people and audiences of a workspace into the sandbox's tables."""

from models.tables.workspace import AudienceMemberRow, AudienceRow, CompanyRow, PersonRow
from models.workspace import Workspace
from platforms.sandbox.store import Work
from platforms.sandbox.workspace_file.loading import Ids, Many

STAMPS = ("created_at", "updated_at")


def load_people(work: Work, workspace: Workspace, many: Many, ids: Ids) -> None:
    """Insert companies and people, and add the people's keys to `ids`. A company that only a person names gets a row
    that is not listed."""
    users, companies, people = ids["users"], ids["companies"], ids["people"]
    named = set[str]()
    for number, person in enumerate(many.people, 1):
        people[person.email] = number
        if person.company_domain not in companies:
            named.add(person.company_domain or "")
    unlisted = sorted(named)
    for domain in unlisted:
        companies[domain] = len(companies)  # None is among the keys, so the next number is the length
    work.add_many(
        CompanyRow,
        ("domain", "owner_id", "status", "listed", *STAMPS),
        (
            *((one.domain, users[one.owner], one.status, True, work.now, work.now) for one in workspace.companies),
            *((domain, None, "prospect", False, work.now, work.now) for domain in unlisted),
        ),
    )
    work.add_many(
        PersonRow,
        ("email", "first_name", "company_id", "owner_id", "status", "email_opt_out", "do_not_email", *STAMPS),
        (
            (
                person.email,
                person.first_name,
                companies[person.company_domain],
                users[person.owner],
                person.status,
                person.email_opt_out,
                person.do_not_email,
                work.now,
                work.now,
            )
            for person in many.people
        ),
    )


def load_audiences(work: Work, many: Many, ids: Ids) -> None:
    """Insert the audiences and who is in them."""
    people = ids["people"]
    work.add(AudienceRow, [{"name": audience.name} for audience in many.audiences])
    work.add_many(
        AudienceMemberRow,
        ("audience_id", "position", "person_id"),
        (
            (ids["audiences"][audience.name], position, people[person])
            for audience in many.audiences
            for position, person in enumerate(audience.people)
        ),
    )
