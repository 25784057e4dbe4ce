"""What the port tells of exclusions: toggles, whom they match and by what, and who those people are."""

import pandas as pd
import pytest

from models.errors import InvalidInput
from models.records import Behaviour, Company
from tests.conftest import Sandboxes
from tests.workspaces import ANA, BO, NOW, PIA, QUIN, RAJ, ended, excluding, person, ruleset, workspace

BIG = "bigcorp.test"


@pytest.mark.rule("R31", "R32")
def test_every_exclusion_is_listed_with_its_toggle_and_the_kinds_of_its_rules(sandboxes: Sandboxes) -> None:
    made = (
        excluding(PIA, company_status=("customer",)),
        excluding(name="Active", on=False, last_activity_within_days=14),
    )
    found = sandboxes(workspace(exclusions=made)).exclusions()
    assert ["Customers", "Active"] == found["exclusion"].tolist()
    assert [True, False] == found["exclude_from_sequences"].tolist()
    assert ["company_status\nperson_email", "last_activity_within_days"] == found["kinds"].tolist()
    assert [True, False] == found["last_activity_within_days"].isna().tolist()


@pytest.mark.rule("R57", "R58")
def test_a_match_is_told_with_the_rule_that_it_falls_under(sandboxes: Sandboxes) -> None:
    made = workspace(
        people=[person(PIA, company_domain=BIG), person(QUIN, status="churned"), RAJ],
        companies=(Company(domain=BIG, status="customer"),),
        exclusions=(excluding(RAJ, company_domain=(BIG,), company_status=("customer",), person_status=("churned",)),),
    )
    found = sandboxes(made).matches("Customers")
    assert [
        (PIA, "company_domain", BIG),
        (PIA, "company_status", "customer"),
        (QUIN, "person_status", "churned"),
        (RAJ, "person_email", RAJ),
    ] == list(found[["email", "by", "value"]].itertuples(index=False, name=None))
    assert found["since"].isna().all()


@pytest.mark.rule("R66")
def test_an_activity_rule_tells_when_the_latest_activity_was(sandboxes: Sandboxes) -> None:
    made = workspace(
        people=[PIA, QUIN],
        exclusions=(excluding(name="Active", last_activity_within_days=14),),
        enrollments=[ended(PIA, days=3), ended(QUIN, days=60)],
        rulesets=(ruleset(),),
    )
    found = sandboxes(made).matches("Active")
    assert [(PIA, "last_activity", "14")] == list(found[["email", "by", "value"]].itertuples(index=False, name=None))
    assert pd.Timestamp(NOW) - pd.Timedelta(days=14) < found["since"].iloc[0] < pd.Timestamp(NOW)


def test_only_the_people_who_are_asked_for_are_told(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(people=[PIA, QUIN], exclusions=(excluding(PIA, QUIN),)))
    assert [QUIN] == sandbox.matches("Customers", [QUIN, RAJ])["email"].tolist()
    with pytest.raises(InvalidInput, match="Did you mean 'Customers'"):
        sandbox.matches("Custmers")


def test_people_are_told_in_the_order_asked_for_with_company_and_owners(sandboxes: Sandboxes) -> None:
    made = workspace(
        people=[person(PIA, company_domain=BIG, owner=ANA), QUIN],
        companies=(Company(domain=BIG, status="customer", owner=BO),),
    )
    found = sandboxes(made).people([QUIN, "nobody@x.test", PIA])
    assert [QUIN, PIA] == found["email"].tolist()
    assert (ANA, BIG, "customer", BO) == tuple(
        found.loc[1, ["owner", "company_domain", "company_status", "company_owner"]]
    )


def test_how_the_workspace_behaves_where_the_sources_conflict_is_told(sandboxes: Sandboxes) -> None:
    sandbox = sandboxes(workspace(behaviour=Behaviour(C6="cancels", C11="no_retry", C18="keeps")))
    answers = [sandbox.behaves(question) for question in ("C6", "C10", "C11", "C18", "Q2", "R42")]
    assert ["cancels", "settings", "no_retry", "keeps", "exempt", None] == answers
