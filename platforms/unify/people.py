"""People with their companies and owners, by the Data API: few by themselves, many by a query job."""

from collections.abc import Collection, Iterable
from typing import Any

import pandas as pd

from platforms.port.people import PEOPLE_COLUMNS
from platforms.unify import record_documents as records
from platforms.unify.directory import FIND_PERSON, PERSON_JOBS, answers
from platforms.unify.record_documents import OBJECTS, PERSON, CompanyShown, PersonShown
from platforms.unify.wire import Json, Request, Wire

FLAGS: dict[str, Any] = {"email": True, "email_opt_out": True, "do_not_email": True}


def flags(wire: Wire, emails: Collection[str], few: int) -> dict[str, PersonShown]:
    """These people's ids and whether they may be written to; who is not known is left out. Requests: one a person for
    few, else one query job."""
    if len(emails) <= few:
        return _found_singly(wire, emails)
    wanted = set(emails)
    rows = (records.person(row, PERSON_JOBS) for row in wire.query(PERSON_JOBS, {"query": {"select": FLAGS}}))
    return {one.email: one for one in rows if one.email in wanted}


def people(wire: Wire, emails: list[str], few: int) -> pd.DataFrame:
    """See the port. Requests: for few people one each, one for each of their companies and of the owners of both; for
    many one query job."""
    wanted = list(dict.fromkeys(emails))
    found = _few(wire, wanted) if len(wanted) <= few else _many(wire, set(wanted))
    rows = [found[email] for email in wanted if email in found]
    return pd.DataFrame(rows, columns=PEOPLE_COLUMNS, dtype=object).astype(
        {"email_opt_out": bool, "do_not_email": bool}
    )


def _found_singly(wire: Wire, emails: Iterable[str]) -> dict[str, PersonShown]:
    asked = [Request("POST", FIND_PERSON, {"match": {"email": email}}) for email in emails]
    documents = (answer.body.get("data") for answer in answers(wire, asked) if answer.done)
    found = (records.person(document, FIND_PERSON) for document in documents if document is not None)
    return {one.email: one for one in found}


def _few(wire: Wire, emails: list[str]) -> dict[str, tuple[Any, ...]]:
    people = _found_singly(wire, emails)
    companies = {
        company_id: records.company(document, f"GET {OBJECTS}/company/records/{{id}}")
        for company_id, document in _by_id(wire, "company", (one.company_id for one in people.values())).items()
    }
    owner_ids = [*(one.owner_id for one in people.values()), *(one.owner_id for one in companies.values())]
    owners = {
        user_id: records.user(document, f"GET {OBJECTS}/user/records/{{id}}").email
        for user_id, document in _by_id(wire, "user", owner_ids).items()
    }
    found: dict[str, tuple[Any, ...]] = {}
    for one in people.values():
        company = companies.get(one.company_id or "")
        company_owner = owners.get(company.owner_id or "") if company else None
        found[one.email] = _row(one, owners.get(one.owner_id or ""), company, company_owner)
    return found


def _by_id(wire: Wire, kind: str, ids: Iterable[str | None]) -> dict[str, Json]:
    """Records by id; one that is gone meanwhile is left out."""
    wanted = [record_id for record_id in dict.fromkeys(ids) if record_id]
    asked = [Request("GET", f"{OBJECTS}/{kind}/records/{record_id}") for record_id in wanted]
    return {
        record_id: answer.body.get("data", {})
        for record_id, answer in zip(wanted, answers(wire, asked), strict=True)
        if answer.done
    }


def _many(wire: Wire, wanted: set[str]) -> dict[str, tuple[Any, ...]]:
    found: dict[str, tuple[Any, ...]] = {}
    for document in wire.query(PERSON_JOBS, {"query": {"select": PERSON}}):
        one = records.person(document, PERSON_JOBS)
        if one.email not in wanted:
            continue
        inside = records.nested(document, PERSON_JOBS, "company")
        company = records.company(inside, PERSON_JOBS) if inside else None
        company_owner = _email(records.nested(inside, PERSON_JOBS, "record_owner")) if inside else None
        found[one.email] = _row(
            one, _email(records.nested(document, PERSON_JOBS, "record_owner")), company, company_owner
        )
    return found


def _email(user: Json | None) -> str | None:
    return records.user(user, PERSON_JOBS).email if user else None


def _row(
    one: PersonShown, owner: str | None, company: CompanyShown | None, company_owner: str | None
) -> tuple[Any, ...]:
    domain, status = (company.domain, company.status) if company else (None, None)
    return (
        one.email,
        one.first_name,
        one.status,
        owner,
        domain,
        status,
        company_owner,
        one.opted_out,
        one.do_not_email,
    )
