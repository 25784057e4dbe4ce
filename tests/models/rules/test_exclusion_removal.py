"""Whom an exclusion removes when its toggle comes to act."""

import pandas as pd
import pytest

from models.names import Names
from models.rules.toggles import turned
from models.setting_keys import SettingKey
from tests.models.rules.exclusion_removal import removed
from tests.models.rules.facts import toggles
from tests.workspaces import NURTURE, OUTBOUND, PIA, QUIN, RAJ

CUSTOMERS, RIVALS = (
    SettingKey.parse("exclusion:Customers:exclude_from_sequences"),
    SettingKey.parse("exclusion:Rivals:exclude_from_sequences"),
)
OFF = toggles(
    *((name, ruleset, False, False) for name in ("Customers", "Rivals") for ruleset in ("Default", "Lenient"))
)
RUNNING = pd.DataFrame(
    [(PIA, OUTBOUND, "Default", "active"), (QUIN, NURTURE, "Lenient", "queued"), (RAJ, OUTBOUND, "Default", "active")],
    columns=["email", "sequence", "ruleset", "state"],
)
MATCHES = pd.DataFrame(
    [
        (PIA, "Customers", "person_email"),
        (PIA, "Customers", "company_status"),
        (QUIN, "Customers", "person_email"),
        (PIA, "Rivals", "person_email"),
        ("else@x.test", "Customers", "person_email"),
    ],
    columns=["email", "exclusion", "by"],
)


def told(*on: str, settled: str | None = "removes", before: pd.DataFrame = OFF) -> dict[tuple[str, str], Names]:
    """Who is removed from where, and by what, once these toggles are on."""
    found = removed(RUNNING, MATCHES, before, turned(before, dict.fromkeys(on, True)), settled)
    assert ["email", "sequence", "removed_by"] == list(found)
    return {(email, sequence): by for email, sequence, by in found.itertuples(index=False)}


@pytest.mark.rule("R61", "R62")
def test_the_global_toggle_removes_whoever_matches_from_whatever_they_run_in() -> None:
    assert {(PIA, OUTBOUND): Names("Customers"), (QUIN, NURTURE): Names("Customers")} == told(CUSTOMERS)


@pytest.mark.rule("R62")
def test_a_rulesets_toggle_removes_from_its_own_sequences() -> None:
    assert {(QUIN, NURTURE): Names("Customers")} == told("ruleset:Lenient:exclusion:Customers")


@pytest.mark.rule("R62")
def test_of_several_exclusions_each_is_named() -> None:
    assert Names("Customers", "Rivals") == told(CUSTOMERS, RIVALS)[PIA, OUTBOUND]


@pytest.mark.rule("R64")
def test_an_audiences_toggle_removes_nobody() -> None:
    assert {} == told("audience:Everybody:exclusion:Customers")


@pytest.mark.rule("R62", "R68")
def test_an_exclusion_that_acts_already_removes_nobody_again() -> None:
    assert {} == told("ruleset:Default:exclusion:Customers", before=turned(OFF, {CUSTOMERS: True}))


@pytest.mark.rule("R62")
@pytest.mark.parametrize(("settled", "expected"), [("removes", 2), ("keeps", 0), (None, 2)])
def test_under_c18_keeps_nobody_is_removed_and_where_nobody_knows_the_worse_is_assumed(
    settled: str | None, expected: int
) -> None:
    assert expected == len(told(CUSTOMERS, settled=settled))
