"""When nothing may be done: bad input, somebody without the right, a no, a second run at once, a dry run."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from journal import loans, operations
from models.errors import InvalidInput, NotAllowed, Refused
from models.tables.journal import OperationRow
from tests.flows.house import House, check_report, outcomes
from tests.reports.reported import WAITING_PERIOD
from tests.workspaces import ANAS_MAILBOX, BO, NOW, PIA, PLAY, QUIN, running, workspace

TEAM = [PIA, QUIN]
BY_PLAY = [running(email, play=PLAY, steps_done=2) for email in TEAM]


def fallen(house: House) -> dict[str, Any]:
    return house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY)).dump()


def nothing_happened(house: House, before: dict[str, Any]) -> None:
    assert before == house.sandbox.dump()
    assert [] == loans.open_loans(house.journal)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"mailbox": "anna@send.acme.test"},
            "mailbox: there is no mailbox 'anna@send.acme.test'. Did you mean 'ana@send",
        ),
        ({"sequence": "Outbund"}, "sequence: there is no sequence 'Outbund'. Did you mean 'Outbound'"),
        ({"send_from": ["nobody@send.acme.test"]}, "send_from: there is no mailbox 'nobody@send.acme.test'"),
        ({"changed_at": "yesterday"}, "changed_at: 'yesterday' is no time"),
        ({"changed_at": "2027-01-01T00:00:00Z"}, "changed_at: 2027-01-01T00:00:00.00:00 is not past"),
        ({"contacts_csv": "missing.csv"}, "contacts_csv: .*missing.csv"),
        ({"contacts": "nobody at all"}, "contacts: "),
        ({"contacts": PIA, "contacts_csv": "x.csv"}, "contacts: contacts_csv is given as well"),
        ({"reenrollment_wait_min": 60, "reenrollment_wait_max": 30}, "reenrollment_wait_max: 30 is less than"),
        ({"workspace": "sandbx"}, "workspace: there is no workspace 'sandbx'"),
        ({"operation": "20260101-000000-0000"}, "there is no operation '20260101-000000-0000'"),
    ],
)
def test_wrong_input_is_refused_by_name_and_nothing_is_begun(
    house: House, parameters: dict[str, Any], message: str
) -> None:
    before = fallen(house)
    with pytest.raises(InvalidInput, match=message) as refusal:
        house.run(**parameters)
    assert 2 == refusal.value.exit_code
    nothing_happened(house, before)
    assert [] == operations.past(house.journal) + operations.in_flight(house.journal)


def test_an_empty_sandbox_is_told_so(house: House) -> None:
    with pytest.raises(InvalidInput, match="sandbox: it is empty"):
        house.run()


@pytest.mark.rule("R47", "R48")
def test_a_rep_may_not_and_nothing_is_changed_or_borrowed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fallen(house)
    monkeypatch.setenv("HANDOFF_USER", BO)
    assert 2 == house.plan().counts["enrolled"]
    with pytest.raises(
        NotAllowed, match=f"needs_admin: {BO} may not set setting; it requires the role admin"
    ) as refusal:
        house.run()
    assert 2 == refusal.value.exit_code
    nothing_happened(house, before)
    assert ["failed", "planned"] == [row.status for row in operations.past(house.journal)]


@pytest.mark.rule("R47")
def test_a_rep_may_enroll_directly_whom_no_setting_bars(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[running(PIA, steps_done=0, play=PLAY)]))
    monkeypatch.setenv("HANDOFF_USER", BO)
    assert 1 == house.run(via="direct").counts["enrolled"]


def test_a_no_changes_nothing_and_ends_the_operation_as_cancelled(house: House) -> None:
    before = fallen(house)
    report = house.run(yes=False)
    check_report(report)
    assert ("cancelled", {"not_approved": 2}) == (report.status, report.reasons)
    assert {"nothing was changed"} == set(outcomes(report)["detail"])
    assert ["Workspace sandbox: enroll 2 contacts again, borrow 2 settings?"] == house.listener.questions
    nothing_happened(house, before)


def test_a_second_live_run_on_the_same_mailbox_is_refused_and_names_the_first(house: House) -> None:
    before = fallen(house)
    first = OperationRow(
        id="the-first",
        procedure="ownership-change",
        workspace="sandbox",
        subject=ANAS_MAILBOX,
        mode="live",
        folder=str(house.home / "first"),
        started_at=NOW,
        recorded_at=datetime.now(UTC),
    )
    operations.begin(house.journal, first)
    with pytest.raises(Refused, match=r"in_progress: .*operation the-first"):
        house.run()
    nothing_happened(house, before)
    assert 2 == house.plan().counts["enrolled"]


def test_a_dry_run_changes_nothing_at_all(house: House, tmp_path: Path) -> None:
    before = fallen(house)
    report = house.plan(restart=True, send_from=[ANAS_MAILBOX], waiting_days=0)
    check_report(report)
    nothing_happened(house, before)
    assert ("planned", "dry_run", (), ()) == (report.status, report.mode, report.loans, report.waits)
    assert [] == house.listener.questions
    lines = "\n".join(report.plan)
    for words in (
        "duplicate the sequence",
        f"borrow a setting: {WAITING_PERIOD}: 75 days, set to 0 days",
        "give it back: how long contacts wait",
    ):
        assert words in lines
    assert timedelta(0) == house.sandbox.now() - NOW


def test_a_live_run_is_told_in_a_report_that_stands_in_files(house: House) -> None:
    fallen(house)
    report = house.run()
    assert {"outcomes", "audience", "report"} == set(report.files)
    assert all(Path(path).is_file() for path in report.files.values())
    kept = (Path(report.files["report"]).parent / "report.json").read_text()
    assert report.operation_id in kept
    assert "<html" in Path(report.files["report"]).read_text()
