"""In the terminal a report fits a screen, at 80 columns and without colour."""

import io

import pandas as pd
import pytest
from rich.console import Console

from models.report import Report
from reports.terminal import print_report
from tests.reports.reported import (
    NINE,
    WAITING_PERIOD,
    a_dry_run,
    a_loan,
    a_report,
    an_empty_report,
    rows,
    the_outcomes,
)


def printed(report: Report, outcomes: pd.DataFrame | None = None, width: int = 80) -> str:
    out = io.StringIO()
    print_report(report, Console(file=out, width=width, color_system=None, highlight=False), outcomes)
    return out.getvalue()


def words(text: str) -> str:
    return " ".join(text.split())


def test_the_screen_shows_all_that_matters() -> None:
    told = words(printed(a_report(), the_outcomes()))
    for line in [
        "Live run in sandbox: carried out in this workspace",
        "431 of 500 contacts are back in their sequences; 64 may not be enrolled, 5 rows were refused.",
        "A 300 200 at step 2, 100 at step 3",
        "40 recently_enrolled",
        f"H{WAITING_PERIOD[1:]}: was 75 days, set to 0 days, given back",
        "re-enrollment settings: 45 min (2026-11-02 09:00 – 09:45 UTC), done: a probe proved that they act",
        "What to do now - 5 rows were refused: see rejects.csv",
        "Report: /home/op/report.html",
    ]:
        assert line in told


def test_a_dry_run_prints_the_plan() -> None:
    told = words(printed(a_dry_run(), the_outcomes()))
    assert "Dry run in sandbox: nothing was changed" in told
    assert f"What a live run would do - borrow a setting: {WAITING_PERIOD}: 75 days, set to 0 days" in told
    assert "run it again live: with --live" in told


def test_a_rehearsal_stands_beside_what_came_of_it() -> None:
    rehearsal = {
        "operation_id": "op-1",
        "ended_at": NINE,
        "differing": 8,
        "counts": {"enrolled": {"rehearsed": 439, "outcome": 431}, "blocked": {"rehearsed": 56, "outcome": 64}},
        "contacts": [
            {"email": f"r{at}@x.test", "rehearsed": "enrolled", "outcome": "blocked", "reasons": "opted_out"}
            for at in range(8)
        ],
    }
    told = words(printed(a_report(rehearsal=rehearsal), the_outcomes()))
    assert "contacts are rehearsed outcome" in told
    assert "enrolled 439 431 blocked 56 64" in told
    assert "r5@x.test enrolled blocked opted_out and 2 more see report.json" in told
    alike = a_report(rehearsal=rehearsal | {"differing": 0, "contacts": []})
    assert "Everybody as rehearsed." in printed(alike, the_outcomes())
    assert "rehears" not in printed(a_report(), the_outcomes()).lower()


def test_a_loan_that_is_out_cannot_be_missed() -> None:
    assert "now OVERDUE. It should have been given back" in words(printed(a_report(loans=(a_loan(state="overdue"),))))


@pytest.mark.parametrize("width", [80, 120])
def test_everything_fits_a_screen(width: int) -> None:
    frame = pd.concat([rows(5, "enrolled", sequence=f"Sequence {at}", step=at) for at in range(1, 30)])
    reasons = {f"excluded:Exclusion {at}": 10 for at in range(30)}
    report = a_dry_run(reasons=reasons, plan=tuple(f"change {at}" for at in range(100)))
    lines = printed(report, frame, width).splitlines()
    assert max(map(len, lines)) <= width
    assert len(lines) < 75
    assert "and 23 more sequences" in "\n".join(lines)
    assert "and 24 more reasons" in "\n".join(lines)
    assert "and 88 more, in the report" in "\n".join(lines)


def test_without_outcomes_the_report_alone_is_told() -> None:
    told = words(printed(a_report()))
    assert "40 recently_enrolled" in told
    assert "at step" not in told.replace("and at which step", "")


def test_an_empty_operation_is_told_in_a_few_lines() -> None:
    told = printed(an_empty_report())
    assert "No contact was found" in told
    assert len(told.splitlines()) < 12


def test_a_hostile_name_is_neither_markup_nor_a_command_to_the_terminal() -> None:
    report = a_report(workspace="[red]x[/red]", next=("\x1b[2Jgone", "[/bold]"), parameters={"mailbox": "[link=x]y"})
    told = printed(report, rows(2, "enrolled", sequence="[bold]A\x1b]0;t\x07"))
    assert "\x1b" not in told and "\x07" not in told
    for name in ("[red]x[/red]", "[/bold]", "[link=x]y", "[bold]A"):
        assert name in told


def test_no_step_that_somebody_does_by_hand_is_left_out_of_a_long_plan() -> None:
    steps = tuple(f"by hand: turn off the toggle {at}" for at in range(5))
    told = words(printed(a_dry_run(plan=(*(f"line {at}" for at in range(20)), *steps))))
    assert [True] * 5 == [step in told for step in steps]
    assert "and 8 more, in the report" in told
