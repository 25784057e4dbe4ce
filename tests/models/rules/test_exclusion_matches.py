"""What speaks for and against writing to contacts that an exclusion matches."""

from typing import Any

import pandas as pd
import pytest

from models.rules.exclusion_matches import WEIGHED, weigh
from tests.workspaces import NOW

NEVER = pd.NaT


def matches(*rows: tuple[str, str, str, Any]) -> pd.DataFrame:
    found = pd.DataFrame(rows, columns=["email", "by", "value", "since"])
    return found.assign(since=pd.to_datetime(found["since"], utc=True))


def weighed(found: pd.DataFrame, people: dict[str, tuple[str | None, str, bool, bool]]) -> pd.DataFrame:
    """`people` by address: the company's status, the person's, whether they opted out and completed a step."""
    rows = pd.DataFrame(
        [(email, *values) for email, values in people.items()],
        columns=["email", "company_status", "status", "opted_out", "completed_a_step"],
    )
    return weigh(found, rows, rows.assign(do_not_email=False), NOW).set_index("email")


@pytest.mark.rule("R39")
def test_contacts_in_one_situation_are_weighed_alike_and_each_keeps_the_way_it_matches_in() -> None:
    people = {f"p{at}@x.test": ("prospect", "lead", False, False) for at in range(3)}
    found = weighed(matches(*((email, "company_domain", f"{email[1]}.test", NEVER) for email in people)), people)
    assert {"its company is a prospect; was never written to"} == set(found["speaks_for"])
    assert [f"the company's domain is {at}.test" for at in range(3)] == found["matched_by"].tolist()


@pytest.mark.rule("R39", "R66")
def test_of_a_contact_that_matches_in_several_ways_each_is_named_and_the_latest_activity() -> None:
    at = pd.Timestamp("2026-10-01T09:00:00Z")
    found = weighed(
        matches(
            ("q@x.test", "last_activity", "14", at),
            ("p@x.test", "last_activity", "14", at),
            ("p@x.test", "person_email", "p@x.test", NEVER),
        ),
        {"p@x.test": (None, "customer", True, True), "q@x.test": ("customer", "lead", False, True)},
    )
    assert ["q@x.test", "p@x.test"] == found.index.tolist()
    assert {"2026-10-01 09:00 UTC"} == set(found["since"])
    assert ["the activity may be the platform's own emails (R66)", ""] == found["speaks_for"].tolist()
    assert "its company is a customer" == found.at["q@x.test", "speaks_against"]
    against = (
        "the person's status is customer; somebody named this very person; opted out of email, which is never lifted"
    )
    assert against == found.at["p@x.test", "speaks_against"]


def test_where_nobody_matches_there_is_nothing_to_weigh() -> None:
    assert WEIGHED == weighed(matches(), {}).reset_index().columns.tolist()
