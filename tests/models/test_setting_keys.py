"""Names of settings: printed and read back, whatever the names in them."""

import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.changes import SetSetting
from models.errors import InvalidInput
from models.plan import Plan
from models.records import TaskAssignment
from models.setting_keys import SettingKey, shown

NAMES = st.text(st.one_of(st.sampled_from(":% é\u4e2d/"), st.characters()), min_size=1, max_size=20)
KEYS = st.one_of(
    st.builds(SettingKey, st.just("ruleset"), NAMES, st.sampled_from(["block_reenrollment", "task_assignment"])),
    st.builds(SettingKey, st.just("exclusion"), NAMES, st.just("exclude_from_sequences")),
    st.builds(SettingKey, st.sampled_from(["ruleset_exclusion", "audience_exclusion"]), NAMES, NAMES),
)


PLAN_OF_BEFORE = """{"purpose":"change it","contacts":1,"found":"","steps":[],"actions":[],"warnings":[],"loans":[
{"setting":"ruleset:A%3A 5%25:block_reenrollment","was":true,"set_to":false,"contacts":1},
{"setting":"exclusion:Customers:exclude_from_sequences","was":true,"set_to":false,"contacts":1},
{"setting":"ruleset:Default:exclusion:Customers","was":true,"set_to":false,"contacts":1},
{"setting":"audience:Q4:exclusion:Customers","was":true,"set_to":false,"contacts":1}],
"must_act":["ruleset:A%3A 5%25:block_reenrollment","exclusion:Customers:exclude_from_sequences"],
"candidates":0,"rejected":0,"contacts_digest":"","by_hand":[]}"""
"""As the release before wrote it, when settings were texts; an approval of it was bound to FINGERPRINT."""
FINGERPRINT = "693b34f91bf3f4a9"


def parts(key: SettingKey) -> tuple[str, str, str]:
    return key.kind, key.owner, key.part


@given(KEYS)
def test_a_key_is_read_back_as_it_was_printed(key: SettingKey) -> None:
    assert key == SettingKey.parse(str(key))
    assert parts(key) == parts(SettingKey.parse(str(key))) == parts(pickle.loads(pickle.dumps(key)))


@given(KEYS, KEYS)
def test_two_keys_never_print_alike(one: SettingKey, other: SettingKey) -> None:
    assert (one == other) is (str(one) == str(other)) is (parts(one) == parts(other))


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (SettingKey("ruleset", "Default", "block_reenrollment"), "ruleset:Default:block_reenrollment"),
        (SettingKey("exclusion", "A: 5%", "exclude_from_sequences"), "exclusion:A%3A 5%25:exclude_from_sequences"),
        (SettingKey("ruleset_exclusion", "Default", "exclusion"), "ruleset:Default:exclusion:exclusion"),
        (SettingKey("audience_exclusion", "Q4", "Customers"), "audience:Q4:exclusion:Customers"),
    ],
)
def test_keys_print_as_scripts_know_them(key: SettingKey, text: str) -> None:
    assert text == str(key)


@pytest.mark.parametrize(
    "text", ["", "ruleset", "ruleset:Default", "exclusion:Customers:on", "audience:A:B", "a:b:c:d:e"]
)
def test_what_names_no_setting_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="names no setting"):
        SettingKey.parse(text)
    with pytest.raises(InvalidInput, match="names no setting"):
        SetSetting(setting=text, value=True)


def test_a_plan_of_before_is_read_back_and_written_to_the_letter() -> None:
    plan = Plan.model_validate_json(PLAN_OF_BEFORE)
    assert [
        ("ruleset", "A: 5%", "block_reenrollment"),
        ("exclusion", "Customers", "exclude_from_sequences"),
        ("ruleset_exclusion", "Default", "Customers"),
        ("audience_exclusion", "Q4", "Customers"),
    ] == [parts(loan.setting) for loan in plan.loans]
    assert ["ruleset", "exclusion"] == [setting.kind for setting in plan.must_act]
    assert PLAN_OF_BEFORE.replace("\n", "") == plan.model_dump_json(exclude={"rests_on"})  # which came since
    assert json.loads(PLAN_OF_BEFORE) | {"rests_on": []} == plan.model_dump(mode="json")
    assert FINGERPRINT == plan.fingerprint()


def test_settings_sort_as_their_texts() -> None:
    texts = ["audience:Q4:exclusion:A", "exclusion:A:exclude_from_sequences", "ruleset:A B:x", "ruleset:A:exclusion:A"]
    assert texts == sorted(map(SettingKey.parse, reversed(texts)))


def test_values_are_shown_as_reports_print_them() -> None:
    values = [None, True, False, {"value": 75, "unit": "DAY"}, "x"]
    assert ["never", "true", "false", "75 DAY", "x"] == [shown(value) for value in values]
    assignment = SetSetting(
        setting="ruleset:Default:task_assignment", value=TaskAssignment(automatic="ASSIGN_TO_SENDER")
    )
    words = "automatic ASSIGN_TO_SENDER, manual ASSIGN_TO_ENROLLER"
    assert f"set who gets the tasks, in the ruleset 'Default', to {words}" == str(assignment)
