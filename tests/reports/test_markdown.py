"""The artifact in Prefect tells the same, and no name in it is markup."""

from typing import Any

import pytest

from reports.markdown import as_markdown, plain
from tests.reports.reported import a_dry_run, a_loan, a_report, a_wait, an_empty_report


def test_the_artifact_has_headline_counts_reasons_loans_waits_and_next() -> None:
    told = as_markdown(a_report())
    assert told.startswith("# 431 of 500 contacts are back in their sequences; 64 may not be enrolled, 5 rows")
    for line in [
        "**Live run in the workspace sandbox: carried out in this workspace.**",
        "| considered | 500 |",
        "| back in sequence | 431 |",
        "| 40 | recently\\_enrolled | The contact's last enrollment ended more recently",
        "| ruleset:Default:block\\_reenrollment | 75 days | 0 days | given back |",
        "| 45 min | done: a probe proved that they act |",
        "- 5 rows were refused: see rejects.csv",
        "The whole report: /home/op/report.html",
    ]:
        assert line in told


def test_a_dry_run_lists_the_plan_and_says_that_nothing_was_changed() -> None:
    told = as_markdown(a_dry_run())
    assert "nothing was changed" in told
    assert "## What a live run would do\n\n- borrow ruleset:Default" in told


def test_a_loan_that_is_out_is_told_loudly() -> None:
    assert "NOT RETURNED: overdue" in as_markdown(a_report(loans=(a_loan(state="overdue"),)))


def test_an_empty_operation_has_no_empty_tables() -> None:
    assert 1 == as_markdown(an_empty_report()).count("## ")


@pytest.mark.parametrize("name", ["<script>x</script>", "a|b", "`rm`", "=cmd()", "[x](y)", "# x\n\n| a |", "**b**"])
def test_a_hostile_name_is_text(name: str) -> None:
    changed: dict[str, Any] = {
        "workspace": name, "reasons": {f"excluded:{name}": 1}, "loans": (a_loan(setting=name, was=name),),
        "waits": (a_wait(**{"for": name}),), "next": (name,), "parameters": {"mailbox": name},
    }  # fmt: skip
    told, usual = as_markdown(a_report(**changed)), as_markdown(a_report(reasons={"opted_out": 1}))
    assert "<" not in told
    assert len(usual.splitlines()) == len(told.splitlines())
    for line in told.splitlines():
        if line.startswith("| ") and "---" not in line:
            assert line.replace("\\|", "").count("|") in (3, 5)


def test_signs_of_markdown_are_escaped() -> None:
    assert "a\\|b \\`c\\` \\*\\*d\\*\\* \\_e &lt;f\\> &amp;lt;" == plain("a|b `c` **d** _e <f> &lt;")
