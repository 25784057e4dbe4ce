"""What somebody reads on the form before saying yes: what is done, who else is reached, for how long, what stays."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from models.rerun_plan import RerunPlan
from reports.web_addresses import plain
from tasks.approving import GO_ON, about_plan
from tasks.operation import Operation
from tests.flows.house import House
from tests.flows.test_exclusion_rerun import excluded_team
from tests.workspaces import OUTBOUND, PIA, play, running, workspace

TITLES = ("What speaks against it", "Who is meant", "What will be done")


def form(house: House, *problems: str, published: bool = True) -> str:
    """The form's text for letting Pia in alone, while a play would let in Quin and Raj."""
    house.load(excluded_team(plays=(play(name="A *bold* play", published=published),)))
    report = house.carry_out(
        "exclusion-rerun", dry_run=True, exclusion="Customers", contacts=PIA, sequence=OUTBOUND, max_hold_days=30
    )
    operation = Operation.at_hand(report.operation_id)
    plan = RerunPlan.model_validate(operation.row.plan)
    return about_plan(operation, plan, GO_ON).as_markdown(datetime(2026, 12, 1, 9, tzinfo=UTC), list(problems))


@pytest.mark.rule("R33", "R37", "R38", "R39")
def test_the_blast_radius_the_hold_and_what_cannot_be_undone_are_all_there(house: House) -> None:
    told = form(house)
    for words in (
        "Workspace sandbox: enroll 1 contact although 'Customers' matches them",
        "**Who else becomes reachable meanwhile**\n\n- 2 contacts through the published play",
        "**How long the exclusion stays off**\n\n- 2 emails, 1 send day",
        "The budget is 30 days",
        "An email that was sent cannot be taken back",
        "Answer by 2026-12-01 09:00 UTC",
    ):
        assert words in told


def test_names_are_text_and_no_markup(house: House) -> None:
    assert r"'A \*bold\* play'" in form(house)


def test_where_no_play_is_published_nobody_else_is_reached(house: House) -> None:
    assert "- Nobody." in form(house, published=False)


def test_an_answer_that_could_not_be_taken_is_told_first(house: House) -> None:
    told = form(house, "approved: there is no match 'pya@x.test'")
    assert told.startswith("**The last answer could not be taken:** approved: there is no match 'pya@x.test'")


def test_what_speaks_against_it_comes_first_and_then_the_people_by_name(house: House) -> None:
    told = form(house)
    against, people, done = (told.index(f"**{title}**") for title in TITLES)
    assert against < people < done
    assert "1 other becomes reachable" in told[against:people] or "2 others become reachable" in told[against:people]
    assert plain(f"{PIA} · {OUTBOUND} · step 1") in told[people:done]
    assert "mind:" not in told


def test_of_many_the_first_dozen_are_named_and_where_all_of_them_are(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDOFF_REPORTS_URL", "http://127.0.0.1:4201")
    people = [f"p{at:02}@x.test" for at in range(15)]
    house.load_and_change_owner(workspace(people=people, enrollments=[running(email) for email in people]))
    report = house.run()
    [question] = house.listener.shown
    named = dict(question.sections)["Who is meant"]
    planned = Path(report.files["planned"])
    assert (13, f"and 3 more: {planned}") == (len(named), named[-1])
    assert 15 == len(planned.read_text(encoding="utf-8").splitlines()) - 1
    assert f"[All 15 of them](http://127.0.0.1:4201/{report.operation_id}/planned.csv)" in question.more
