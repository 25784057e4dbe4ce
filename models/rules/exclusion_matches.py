"""What speaks for and against writing to contacts that an exclusion matches: each match is judged by itself (R39)."""

from datetime import datetime
from typing import Any

import pandas as pd

from models.wording import in_utc

AGAINST_COMPANY = {
    "customer": "its company is a customer",
    "open_opportunity": "its company has an open opportunity",
    "competitor": "its company is a competitor",
}
BY = {
    "company_domain": "the company's domain is {value}",
    "company_status": "the company's status is {value}",
    "person_status": "the person's status is {value}",
    "person_email": "the address is named in the exclusion",
    "last_activity": "there was sales activity in the last {value} days",
    "not_shown": "you name it: the platform does not show whom an exclusion matches",
}


def named_by_people(emails: list[str]) -> pd.DataFrame:
    """The matches of an exclusion as `Platform.matches`, where the platform hides them: everybody who is named."""
    return pd.DataFrame(
        {
            "email": pd.Series(emails, dtype=object),
            "by": "not_shown",
            "value": "",
            "since": pd.Series([pd.NaT] * len(emails), dtype="datetime64[ns, UTC]"),
        }
    )


def weigh(matches: pd.DataFrame, people: pd.DataFrame, facts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """One row for each contact that matches, in the order of `matches`.

    `matches` as `Platform.matches`, `people` as `Platform.people`, `facts` as `Platform.facts`. Columns `email`,
    `matched_by` (which rule, in words), `since` (text; "" where nobody knows), `speaks_for`, `speaks_against`
    (phrases joined by `; `).
    """
    person = people.set_index("email")
    fact = facts.set_index("email")
    rows = []
    for email, found in matches.groupby("email", sort=False):
        ways = [BY[by].format(value=value) for by, value in found[["by", "value"]].itertuples(index=False)]
        since = found["since"].dropna()
        rows.append(
            {
                "email": email,
                "matched_by": "; ".join(ways),
                "since": in_utc(since.max()) if len(since) else "",
                "speaks_for": "; ".join(_for(found, person.loc[email], fact.loc[email])),
                "speaks_against": "; ".join(_against(found, person.loc[email], fact.loc[email])),
            }
        )
    return pd.DataFrame(rows, columns=["email", "matched_by", "since", "speaks_for", "speaks_against"])


def _against(found: pd.DataFrame, person: Any, fact: Any) -> list[str]:
    arguments = [AGAINST_COMPANY[status]] if (status := person["company_status"]) in AGAINST_COMPANY else []
    if person["status"] in ("customer", "competitor"):
        arguments.append(f"the person's status is {person['status']}")
    if (found["by"] == "person_email").any():
        arguments.append("somebody named this very person")
    if fact["opted_out"] or fact["do_not_email"]:
        arguments.append("opted out of email, which is never lifted")
    return arguments


def _for(found: pd.DataFrame, person: Any, fact: Any) -> list[str]:
    arguments = []
    if set(found["by"]) == {"last_activity"}:
        arguments.append("the activity may be the platform's own emails (R66)")
    if person["company_status"] == "prospect" and (found["by"] != "person_email").all():
        arguments.append("its company is a prospect")
    if not fact["completed_a_step"]:
        arguments.append("was never written to")
    return arguments
