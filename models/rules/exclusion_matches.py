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


WEIGHED = ["email", "matched_by", "since", "speaks_for", "speaks_against"]
SITUATION = ["company_status", "status", "opted_out", "completed_a_step", "named", "only_activity"]
"""What the arguments about a contact follow from: many contacts have the same."""


def weigh(matches: pd.DataFrame, people: pd.DataFrame, facts: pd.DataFrame, now: datetime) -> pd.DataFrame:
    """One row for each contact that matches, in the order of `matches`.

    `matches` as `Platform.matches`, `people` as `Platform.people`, `facts` as `Platform.facts`. Columns `email`,
    `matched_by` (which rule, in words), `since` (text; "" where nobody knows), `speaks_for`, `speaks_against`
    (phrases joined by `; `).
    """
    ways = _ways(matches)
    person = people.set_index("email").loc[ways.index, ["company_status", "status"]]
    fact = facts.set_index("email").loc[ways.index]
    barred = (fact["opted_out"] | fact["do_not_email"]).astype(bool)
    of_each = ways.join(person).assign(opted_out=barred, completed_a_step=fact["completed_a_step"].astype(bool))
    different = of_each[SITUATION].drop_duplicates()
    situations = [{str(name): value for name, value in one.items()} for one in different.to_dict("records")]
    different = different.assign(
        speaks_for=["; ".join(_for(one)) for one in situations],
        speaks_against=["; ".join(_against(one)) for one in situations],
    )
    return of_each.reset_index().merge(different, on=SITUATION, how="left")[WEIGHED].astype(str)


def _ways(matches: pd.DataFrame) -> pd.DataFrame:
    """By address, in the order of `matches`: `matched_by`, `since`, and whether the very person is `named` and all that
    matches is `only_activity`."""
    pairs = matches[["by", "value"]].drop_duplicates()
    pairs = pairs.assign(way=[BY[by].format(value=value) for by, value in pairs.itertuples(index=False)])
    ways: dict[str, list[str]] = {}
    for email, way in zip(matches["email"], matches.merge(pairs, on=["by", "value"], how="left")["way"], strict=True):
        ways.setdefault(email, []).append(way)
    of_each = matches.assign(named=matches["by"].eq("person_email"), only_activity=matches["by"].eq("last_activity"))
    by_address = of_each.groupby("email", sort=False).agg({"since": "max", "named": "any", "only_activity": "all"})
    return by_address.assign(
        matched_by=["; ".join(ways[email]) for email in by_address.index],
        since=["" if pd.isna(at) else in_utc(at) for at in by_address["since"]],
    )


def _against(of: dict[str, Any]) -> list[str]:
    """What speaks against writing to contacts in a SITUATION."""
    arguments = [AGAINST_COMPANY[status]] if (status := of["company_status"]) in AGAINST_COMPANY else []
    if of["status"] in ("customer", "competitor"):
        arguments.append(f"the person's status is {of['status']}")
    if of["named"]:
        arguments.append("somebody named this very person")
    if of["opted_out"]:
        arguments.append("opted out of email, which is never lifted")
    return arguments


def _for(of: dict[str, Any]) -> list[str]:
    """What speaks for writing to contacts in a SITUATION."""
    arguments = []
    if of["only_activity"]:
        arguments.append("the activity may be the platform's own emails (R66)")
    if of["company_status"] == "prospect" and not of["named"]:
        arguments.append("its company is a prospect")
    if not of["completed_a_step"]:
        arguments.append("was never written to")
    return arguments
