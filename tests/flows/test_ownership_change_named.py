"""Contacts that the user names: in a file as another tool exports it, or pasted."""

from pathlib import Path

import pandas as pd
import pytest

from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANAS_MAILBOX,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    ended,
    person,
    running,
    workspace,
)

TEAM = [PIA, QUIN, RAJ, SUE]


def exported(path: Path, rows: list[str]) -> str:
    """A file as a CRM writes it: byte-order mark, semicolons, names with commas and line breaks."""
    lines = [f'"Doe; J{at}";"Acme,\nInc.";{email.upper()};42' for at, email in enumerate(rows)]
    path.write_bytes("\r\n".join(["Full Name;Company;Work Email;Score", *lines, ""]).encode("utf-8-sig"))
    return str(path)


@pytest.mark.rule("R3", "R4", "R9")
def test_a_file_of_500_contacts_from_another_tool_goes_on_and_what_is_refused_stands_beside(
    house: House, tmp_path: Path
) -> None:
    people = [f"p{number}@x.test" for number in range(500)]
    enrollments = [running(email, play=PLAY, steps_done=1 + at % 2) for at, email in enumerate(people)]
    house.load_and_change_owner(workspace(people=people, enrollments=enrollments))
    csv = exported(tmp_path / "export.csv", [*people, "nobody@x.test", "not an address", people[0]])
    planned, report = house.plan(contacts_csv=csv), house.run(contacts_csv=csv)
    check_report(report)
    assert planned.counts == report.counts
    assert (503, 500, 3) == (report.counts["considered"], report.counts["enrolled"], report.counts["rejected"])
    rejects = pd.read_csv(report.files["rejects"], keep_default_na=False)
    assert ["row", "email", "reason", "line"] == list(rejects.columns)
    assert ["unknown_contact", "invalid_email", "duplicate_row"] == rejects["reason"].tolist()
    assert [502, 503, 504] == rejects["row"].tolist()
    assert "needs_attention" == report.status
    assert "3 rows were refused" in " ".join(report.next)
    audience = pd.read_csv(report.files["audience"], keep_default_na=False)
    assert ["email", "sequence", "play", "mailbox"] == list(audience.columns)
    assert people == audience["email"].tolist()


@pytest.mark.rule("R3")
def test_pasted_addresses_do_as_well_as_a_file(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[running(PIA), running(QUIN)]))
    report = house.run(contacts=f"{PIA.upper()}, {RAJ}; nobody@x.test", sequence=OUTBOUND)
    check_report(report)
    assert {PIA, RAJ} == set(outcomes(report).index)
    assert (2, 1) == (report.counts["enrolled"], report.counts["rejected"])
    assert house.place(QUIN, OUTBOUND) is None


@pytest.mark.rule("R3", "R41", "R43")
def test_each_goes_back_to_where_they_last_were_and_who_never_was_anywhere_is_told_so(house: House) -> None:
    enrollments = [
        ended(PIA, days=90, sequence=NURTURE),
        ended(PIA, days=80, end_reason="mailbox_owner_changed"),
        ended(QUIN, days=80, sequence=NURTURE, end_reason="mailbox_owner_changed"),
        running(RAJ, sequence=NURTURE, mailbox=BOS_MAILBOX),
    ]
    house.load_and_change_owner(workspace(people=TEAM, enrollments=enrollments))
    report = house.run(contacts=" ".join([*TEAM, "nobody@x.test"]))
    check_report(report)
    told = outcomes(report)
    assert {PIA: OUTBOUND, QUIN: NURTURE} == told[told["outcome"] == "enrolled"]["sequence"].to_dict()
    assert {RAJ: "unchanged", SUE: "blocked"} == told.loc[[RAJ, SUE], "outcome"].to_dict()
    assert {"unknown_sequence": 1} == report.reasons
    assert ["nobody@x.test"] == pd.read_csv(report.files["rejects"])["email"].tolist()


@pytest.mark.rule("R43")
def test_people_never_enrolled_go_in_without_a_loan_and_without_a_wait(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM))
    report = house.run(contacts=f"{PIA} {QUIN}", sequence=OUTBOUND)
    check_report(report)
    assert (2, (), ()) == (report.counts["enrolled"], report.loans, report.waits)
    assert (ANAS_MAILBOX, 1) == house.place(PIA, OUTBOUND)


@pytest.mark.rule("R29")
def test_an_audience_of_which_nobody_may_be_enrolled_changes_nothing(house: House) -> None:
    house.load_and_change_owner(workspace(people=[person(PIA, opted_out=True)], enrollments=[ended(PIA)]))
    before = house.sandbox.dump()
    report = house.run(contacts=PIA)
    check_report(report)
    assert {"opted_out": 1} == report.reasons
    assert "completed" == report.status
    assert before == house.sandbox.dump()


def test_who_was_restarted_already_is_not_restarted_again(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[running(PIA)]))
    house.run(contacts=PIA, restart=True)
    before = house.sandbox.dump()
    again = house.run(contacts=PIA, restart=True)
    assert 1 == again.counts["unchanged"]
    assert before == house.sandbox.dump()
