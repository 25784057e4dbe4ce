"""A plan in words: numbers agree with their nouns, settings are named by what they decide."""

from models.plan import Plan, SettingLoan
from models.setting_keys import SettingKey
from models.task_plans import ReassignmentPlan

BLOCK = SettingKey.ruleset("Default", "block_reenrollment")
LOAN = SettingLoan(setting=BLOCK, was={"value": 75, "unit": "DAY"}, set_to={"value": 0, "unit": "DAY"}, contacts=1)
WORDS = "how long contacts wait before they may be enrolled again, in the ruleset 'Default'"


def test_a_question_speaks_of_one_in_the_singular() -> None:
    plan = Plan(purpose="enroll 1 contact again", contacts=1, loans=(LOAN,))
    assert "enroll 1 contact again, borrow 1 setting" == plan.question()


def test_the_purpose_that_an_approval_binds_to_stays_as_it_was_and_is_read_in_the_singular() -> None:
    plan = ReassignmentPlan(purpose="hand 1 tasks over to bo@acme.test", contacts=1, to_user="bo@acme.test")
    assert ("hand 1 task over to bo@acme.test", "hand 1 tasks over to bo@acme.test") == (plan.question(), plan.purpose)


def test_a_borrowed_setting_is_named_by_what_it_decides() -> None:
    lines = Plan(purpose="x", contacts=1, loans=(LOAN,)).lines()
    assert (
        f"borrow a setting: {WORDS}: 75 days, set to 0 days (1 contact needs it)",
        f"give it back: {WORDS}: 75 days again",
    ) == lines
