"""A plan in words: numbers agree with their nouns, settings are named by what they decide."""

import json
import sqlite3
from pathlib import Path

from models.enrollment_plan import ReenrollmentPlan
from models.plan import Plan, SettingLoan
from models.rerun_plan import RerunPlan
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


def test_an_approval_of_an_earlier_releases_plan_holds() -> None:
    """Groups had no wave then, and plans no waves: what a form bound to is the same today."""
    home = Path(__file__).parents[1] / "homes/0004/journal.sql"
    journal = sqlite3.connect(":memory:")
    journal.executescript(home.read_text())
    kinds = {"ownership-change": ReenrollmentPlan, "exclusion-rerun": RerunPlan}
    rows = journal.execute("SELECT procedure, plan, plan_hash FROM operation WHERE plan IS NOT NULL").fetchall()
    journal.close()
    plans = [(kinds[procedure].model_validate(json.loads(plan)), kept) for procedure, plan, kept in rows]
    assert any(plan.groups for plan, _ in plans)
    assert [kept for _, kept in plans] == [plan.fingerprint() for plan, _ in plans]
    assert [json.loads(plan)["groups"] for _, plan, _ in rows] == [
        plan.model_dump(mode="json")["groups"] for plan, _ in plans
    ]
