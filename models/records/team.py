"""Who is there: users and their mailboxes, companies and people."""

from typing import Annotated

from pydantic import Field

from models.records.vocabulary import CompanyStatus, Domain, Email, PersonStatus, Record, Role


class User(Record):
    email: Email
    name: str = ""
    role: Role = "rep"


class Mailbox(Record):
    """A sending mailbox; it may send `daily_limit` emails in 24 hours (D11: 25 for a new managed one)."""

    email: Email
    owner: Email | None = None
    paused: bool = False
    daily_limit: Annotated[int, Field(ge=0, le=1_000_000)] = 25


class Company(Record):
    domain: Domain
    owner: Email | None = None
    status: CompanyStatus = "prospect"


class Person(Record):
    email: Email
    first_name: str = ""
    company_domain: Domain | None = None
    owner: Email | None = None
    status: PersonStatus = "lead"
    email_opt_out: bool = False
    do_not_email: bool = False
