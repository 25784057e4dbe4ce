"""Which exclusion bars which ruleset's sequences, and after a change."""

import pytest

from models.rules.toggles import in_effect, turned
from models.setting_keys import SettingKey
from tests.models.rules.facts import toggles

CUSTOMERS = SettingKey.parse("exclusion:Customers:exclude_from_sequences")
IN_LENIENT = SettingKey.parse("ruleset:Lenient%3A 0 days:exclusion:Customers")
TOGGLES = toggles(
    ("Customers", "Default", False, False),
    ("Customers", "Lenient: 0 days", False, True),
    ("Rivals", "Default", True, False),
    ("Rivals", "Lenient: 0 days", True, False),
)
RIVALS_BAR = {("Default", "Rivals"), ("Lenient: 0 days", "Rivals")}


@pytest.mark.rule("R68")
def test_an_exclusion_bars_by_either_toggle() -> None:
    assert RIVALS_BAR | {("Lenient: 0 days", "Customers")} == in_effect(TOGGLES)


@pytest.mark.rule("R68")
@pytest.mark.parametrize(
    ("settings", "rulesets"),
    [
        ({CUSTOMERS: True}, {"Default", "Lenient: 0 days"}),
        ({IN_LENIENT: False}, set()),
        ({CUSTOMERS: True, IN_LENIENT: False}, {"Default", "Lenient: 0 days"}),
        ({CUSTOMERS: False}, {"Lenient: 0 days"}),
        (
            {"audience:Default:exclusion:Customers": True, "ruleset:Default:block_reenrollment": True},
            {"Lenient: 0 days"},
        ),
    ],
)
def test_a_change_turns_the_toggle_that_it_names_and_no_other(settings: dict[str, bool], rulesets: set[str]) -> None:
    assert RIVALS_BAR | {(ruleset, "Customers") for ruleset in rulesets} == in_effect(turned(TOGGLES, settings))


def test_where_there_is_no_exclusion_nothing_bars() -> None:
    assert set() == in_effect(turned(toggles(), {CUSTOMERS: True}))
