"""The artifact in Prefect tells the same, and no name in it is markup."""

from typing import Any

import pandas as pd
import pytest

from reports.digest import digest
from reports.markdown import as_markdown, plain
from reports.not_done import how_many, not_done
from reports.web_addresses import WebAddresses
from tests.reports.reported import (
    WAITING_PERIOD,
    a_dry_run,
    a_loan,
    a_report,
    a_wait,
    an_empty_report,
    rows,
    the_outcomes,
)


def test_the_artifact_has_headline_counts_reasons_loans_waits_and_next() -> None:
    told = as_markdown(a_report())
    assert told.startswith("# 431 of 500 contacts are back in their sequences; 64 may not be enrolled, 5 rows")
    for line in [
        "**Live run in the workspace sandbox: carried out in this workspace.**",
        "| considered | 500 |",
        "| back in sequence | 431 |",
        "| 40 | recently\\_enrolled | The contact's last enrollment ended more recently",
        f"| H{WAITING_PERIOD[1:]} | 75 days | 0 days | given back |",
        "| 45 min | done: a probe proved that they act |",
        "- 5 rows were refused: see rejects.csv",
        "## Who agreed\n\n- go on: yes, by Olga &lt;Ops\\>",
        "The whole report: /home/op/report.html",
    ]:
        assert line in told


def test_a_dry_run_lists_the_plan_and_says_that_nothing_was_changed() -> None:
    told = as_markdown(a_dry_run())
    assert "nothing was changed" in told
    assert "## What a live run would do\n\n- borrow a setting: how long contacts wait" in told


def test_a_loan_that_is_out_is_told_loudly() -> None:
    assert "NOT RETURNED: overdue" in as_markdown(a_report(loans=(a_loan(state="overdue"),)))


def test_an_empty_operation_has_no_empty_tables() -> None:
    assert 1 == as_markdown(an_empty_report(answers=())).count("## ")


@pytest.mark.parametrize("name", ["<script>x</script>", "a|b", "`rm`", "=cmd()", "[x](y)", "# x\n\n| a |", "**b**"])
def test_a_hostile_name_is_text(name: str) -> None:
    changed: dict[str, Any] = {
        "workspace": name,
        "reasons": {f"excluded:{name}": 1},
        "loans": (a_loan(setting=name, was=name),),
        "waits": (a_wait(**{"for": name}),),
        "next": (name,),
        "parameters": {"mailbox": name},
    }
    told, usual = as_markdown(a_report(**changed)), as_markdown(a_report(reasons={"opted_out": 1}))
    assert "<" not in told
    assert len(usual.splitlines()) == len(told.splitlines())
    for line in told.splitlines():
        if line.startswith("| ") and "---" not in line:
            assert line.replace("\\|", "").count("|") in (3, 5)


def test_signs_of_markdown_are_escaped() -> None:
    assert "a\\|b \\`c\\` \\*\\*d\\*\\* \\_e &lt;f\\> &amp;lt;" == plain("a|b `c` **d** _e <f> &lt;")


def test_some_contacts_are_named_and_those_that_were_not_done_come_first() -> None:
    named = [line for line in as_markdown(a_report(), the_outcomes()).splitlines() if "@x.test | " in line]
    assert 50 == len(named)
    assert all("| blocked |" in line for line in named)
    assert "## 50 of 495 contacts" in as_markdown(a_report(), the_outcomes())


def test_a_very_long_report_is_cut_and_says_how_much_is_missing() -> None:
    told = as_markdown(a_report(next=("x" * 9_000,) * 120, plan=("y",) * 70), pd.concat([the_outcomes()] * 40))
    assert "… and 70 more: see the report" in told and "… and 20 more: see the report" in told
    assert 60_000 > len(told)


def test_files_are_links_where_they_are_served_and_a_path_where_they_are_not() -> None:
    served = as_markdown(a_report(), web=WebAddresses(reports="https://reports.test/runs/"))
    assert "- [report.html](https://reports.test/runs/op-7f3a/report.html)" in served
    assert "- [outcomes.csv](https://reports.test/runs/op-7f3a/outcomes.csv)" in served
    assert "/home/op" not in served


def test_a_password_in_the_address_of_the_reports_is_in_no_link() -> None:
    told = as_markdown(a_report(), web=WebAddresses(reports="https://olga:s3cret@reports.test"))
    assert "(https://reports.test/op-7f3a/report.html)" in told
    assert "s3cret" not in told


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc", "", None])
def test_no_other_kind_of_address_becomes_a_link(address: str | None) -> None:
    assert "](" not in as_markdown(a_report(), web=WebAddresses(reports=address))


def test_runs_in_prefects_ui_are_links_and_other_addresses_are_text() -> None:
    web = WebAddresses(prefect="http://127.0.0.1:4200")
    run, evil = "http://127.0.0.1:4200/runs/flow-run/1-2", "http://evil.test/runs/flow-run/1-2"
    told = as_markdown(a_report(next=(f"see {run}, not {evil}",)), web=web)
    assert f"]({run}), not http://evil.test/runs/flow\\-run/1\\-2" in told
    assert 1 == told.count("](")


@pytest.mark.parametrize("name", ["a|b", "`rm`", "[x](http://evil.test)", "**b**", "<img>"])
def test_a_hostile_name_in_the_table_of_contacts_is_text(name: str) -> None:
    told = as_markdown(a_report(), rows(1, "blocked", sequence=name, detail=name))
    [line] = [line for line in told.splitlines() if "@x.test" in line]
    assert 6 == line.replace("\\|", "").count("|")
    assert f"| {plain(name)} | {plain(name)} |" in line


def test_a_table_has_who_was_not_done_with_the_meaning_of_the_reasons_and_has_an_end() -> None:
    told = digest(a_report(), the_outcomes())
    found = not_done(told)
    assert (64, 64) == (len(found), how_many(told))
    assert {"its last enrollment ended too recently", "opted out of email"} < {row["means"] for row in found}
    assert 200 == len(not_done(digest(a_report(), rows(100_000, "blocked", "opted_out"))))
    assert [] == not_done(digest(a_report(), rows(3, "enrolled")))
