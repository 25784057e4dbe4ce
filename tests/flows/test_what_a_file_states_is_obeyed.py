"""Whoever a file says opted out, bounced or replied is not enrolled, although the workspace knows nothing of it."""

from typing import Any

import pytest

from models.errors import InvalidInput
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANAS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    QUIN,
    RAJ,
    SUE,
    excluding,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]
FILE = f"""Email,Email Opt Out,Email Bounced,Replied
{PIA},0,False,
{QUIN},1,False,
{RAJ},0,True,
{SUE},0,False,2026-11-01
"""
EXPECTED = {
    PIA: ("enrolled", ""),
    QUIN: ("blocked", "opted_out"),
    RAJ: ("blocked", "bounced"),
    SUE: ("blocked", "replied"),
}
PLACES = {
    QUIN: "the file says opted_out: row 3, column 'Email Opt Out': 1",
    RAJ: "the file says bounced: row 4, column 'Email Bounced': True",
    SUE: "the file says replied: row 5, column 'Replied': 2026-11-01",
}


def load(house: House, **more: Any) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[running(email) for email in TEAM], **more))


def check(report: Any) -> None:
    """Each as EXPECTED, with row and column in the detail."""
    check_report(report)
    found = outcomes(report)
    assert {email: outcome for email, (outcome, _) in EXPECTED.items()} == found["outcome"].to_dict()
    reasons = found["reasons"].fillna("")
    assert {email: code for email, (_, code) in EXPECTED.items() if code} == reasons[[QUIN, RAJ, SUE]].to_dict()
    for email, place in PLACES.items():
        assert place in found.loc[email, "detail"]
    assert "the file says" not in found.loc[PIA, "detail"]


@pytest.mark.rule("R29")
def test_an_ownership_change_puts_back_only_whom_the_file_does_not_bar(house: House) -> None:
    load(house)
    report = house.run(contacts=FILE)
    check(report)
    assert house.place(PIA, OUTBOUND) is not None
    assert [None] * 3 == [house.place(email, OUTBOUND) for email in (QUIN, RAJ, SUE)]


@pytest.mark.rule("R29")
def test_with_restart_neither(house: House) -> None:
    load(house)
    found = outcomes(house.run(contacts=FILE, restart=True))
    assert {email: outcome for email, (outcome, _) in EXPECTED.items()} == found["outcome"].to_dict()


@pytest.mark.rule("R29")
def test_a_move_leaves_whom_the_file_bars_where_they_are(house: House) -> None:
    house.load(workspace(people=TEAM, enrollments=[running(email) for email in TEAM]))
    report = house.carry_out("sequence-move", from_sequence=OUTBOUND, to_sequence=NURTURE, contacts=FILE)
    check(report)
    assert house.place(PIA, NURTURE) is not None
    assert all(house.place(email, OUTBOUND) is not None for email in (QUIN, RAJ, SUE))


@pytest.mark.rule("R29")
def test_an_exclusion_is_lifted_for_nobody_whom_the_file_bars(house: House) -> None:
    house.load(workspace(people=TEAM, exclusions=(excluding(*TEAM),)))
    report = house.carry_out(
        "exclusion-rerun",
        dry_run=True,
        exclusion="Customers",
        sequence=OUTBOUND,
        contacts=FILE,
        send_from=[ANAS_MAILBOX],
        approve="all",
    )
    check_report(report)
    assert 1 == report.counts["enrolled"]
    assert {"opted_out": 1, "bounced": 1, "replied": 1} == {
        code: number for code, number in report.reasons.items() if code in ("opted_out", "bounced", "replied")
    }


@pytest.mark.rule("R29", "R39")
def test_a_yes_for_somebody_who_opted_out_is_refused_with_its_row(house: House) -> None:
    sandbox = house.load(workspace(people=TEAM, exclusions=(excluding(*TEAM),)))
    before = sandbox.dump()
    decisions = f"email,decision,Unsubscribed at\n{PIA},yes,\n{QUIN},yes,2026-10-01\n{RAJ},no,2026-10-01\n"
    with pytest.raises(InvalidInput, match=r"row 3, column decision: 'yes' for quin@x\.test.*'Unsubscribed at'"):
        house.carry_out(
            "exclusion-rerun",
            exclusion="Customers",
            sequence=OUTBOUND,
            contacts="\n".join(TEAM),
            send_from=[ANAS_MAILBOX],
            approve=decisions,
        )
    assert before == sandbox.dump()


def test_a_diagnosis_tells_what_the_file_says_beside_what_the_workspace_allows(house: House) -> None:
    house.load(workspace(people=TEAM))
    report = house.carry_out("enrollment-diagnosis", sequence=OUTBOUND, contacts=FILE, dry_run=True)
    found = outcomes(report)
    for email, place in PLACES.items():
        assert place in found.loc[email, "detail"]


def test_the_plan_says_what_was_passed_over_in_the_file(house: House) -> None:
    load(house)
    text = f"Prospects by owner\n\nName,Email\nPia,{PIA}\nQuin,{QUIN}; q@home.test\n\nCopyright Acme,\n"
    report = house.plan(contacts=text)
    assert "planned" == report.status
    assert "1 line before the header passed over; 1 row at the end are not contacts" in report.found
    assert "several addresses in a cell of row 5: the first was taken" in report.found
    assert 0 == report.counts["rejected"]
