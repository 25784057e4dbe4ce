"""What is borrowed, waited for and given back; and what becomes of it when others touch the same settings."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId

from journal import loans, operations
from models.changes import OptOut, SetSetting
from models.records import Interval
from models.setting_keys import SettingKey
from models.tables.journal import OperationRow
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    NOW,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    ruleset,
    running,
    workspace,
)

SAME = SettingKey.parse("ruleset:Default:allow_same_sequence_reenrollment")
BLOCK = SettingKey.parse("ruleset:Default:block_reenrollment")
TEAM = [PIA, QUIN, RAJ]
BY_PLAY = [running(email, play=PLAY, steps_done=2) for email in TEAM]
AT_ONCE = Interval(value=0)


@pytest.mark.rule("R6", "R7", "R8", "R13", "R14", "R27")
@pytest.mark.parametrize(
    ("allow_same", "days", "borrowed"),
    [
        (False, 75, {SAME: ("false", "true"), BLOCK: ("75 DAY", "0 DAY")}),
        (False, None, {SAME: ("false", "true"), BLOCK: ("never", "0 DAY")}),
        (False, 0, {SAME: ("false", "true")}),
        (True, 75, {BLOCK: ("75 DAY", "0 DAY")}),
        (True, 0, {}),
    ],
)
def test_only_the_settings_that_bar_are_borrowed(
    house: House, allow_same: bool, days: int | None, borrowed: dict[str, tuple[str, str]]
) -> None:
    house.load_and_change_owner(
        workspace(people=TEAM, rulesets=ruleset(allow_same=allow_same, days=days), enrollments=BY_PLAY)
    )
    before = house.settings()
    report = house.run()
    check_report(report)
    assert borrowed == {loan.setting: (loan.was, loan.set_to) for loan in report.loans}
    assert 3 == report.counts["enrolled"]
    assert (1 if borrowed else 0) == len(report.waits)
    assert before == house.settings()


@pytest.mark.rule("R43")
def test_contacts_that_had_no_email_yet_need_no_setting(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=[running(email, steps_done=0) for email in TEAM]))
    report = house.run()
    check_report(report)
    assert (3, (), ()) == (report.counts["enrolled"], report.loans, report.waits)


@pytest.mark.rule("R42")
def test_the_wait_ends_when_a_probe_is_accepted_between_30_and_60_minutes(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    (wait,) = house.run().waits
    assert ("re-enrollment settings", "done", "probe") == (wait.waits_for, wait.ended, wait.proved_by)
    assert timedelta(minutes=30) <= wait.until - wait.since <= timedelta(minutes=65)


@pytest.mark.rule("R42", "R45")
def test_a_wait_that_is_not_proved_gives_everything_back_and_enrolls_nobody(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    before = house.settings()
    report = house.run(reenrollment_wait_min=5, reenrollment_wait_max=20)
    check_report(report)
    assert ("needs_attention", 0, 3) == (report.status, report.counts["enrolled"], report.counts["failed"])
    assert {"timed_out": 3} == report.reasons
    (wait,) = report.waits
    assert ("timed_out", None, timedelta(minutes=20)) == (wait.ended, wait.proved_by, wait.until - wait.since)
    assert "did not take effect in time" in report.next[0]
    assert before == house.settings()
    assert all(house.place(email, OUTBOUND) is None for email in TEAM)


@pytest.mark.task_runs
@pytest.mark.parametrize(("times", "ended"), [((30, 90), "Done"), ((5, 20), "TimedOut")], ids=["proved", "too late"])
def test_how_a_wait_ended_is_a_state_of_its_own_in_prefect(house: House, times: tuple[int, int], ended: str) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    report = house.run(reenrollment_wait_min=times[0], reenrollment_wait_max=times[1])
    row = operations.get(house.journal, report.operation_id)
    assert row is not None
    with get_client(sync_client=True) as client:
        found = client.read_task_runs(flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[UUID(row.flow_run_id)])))
    states = {run.name: run.state.name for run in found if run.state is not None}
    assert ended == states["wait for re-enrollment settings"]


@pytest.mark.rule("R42")
def test_a_setting_that_somebody_else_just_changed_is_waited_for_and_not_borrowed(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, rulesets=ruleset(allow_same=True), enrollments=BY_PLAY))
    house.do(SetSetting(setting=BLOCK, value=AT_ONCE))
    report = house.run()
    check_report(report)
    assert ((), 3) == (report.loans, report.counts["enrolled"])
    assert ["done"] == [wait.ended for wait in report.waits]
    assert {"value": 0, "unit": "DAY"} == house.settings()[0][0]["block_reenrollment"]


@pytest.mark.rule("R26", "R27")
def test_a_loan_that_another_operation_has_out_is_joined_and_the_last_gives_it_back(house: House) -> None:
    from tasks.borrowing import return_everything
    from tasks.operation import Operation

    house.load_and_change_owner(workspace(people=TEAM, rulesets=ruleset(allow_same=True), enrollments=BY_PLAY))
    before = house.settings()
    other = operations.begin(
        house.journal,
        OperationRow(
            id="other",
            procedure="ownership-change",
            workspace="sandbox",
            subject="else@send.acme.test",
            mode="live",
            folder=str(house.home / "other"),
            started_at=NOW,
            recorded_at=datetime.now(UTC),
        ),
    )
    was, set_to = {"value": 75, "unit": "DAY"}, {"value": 0, "unit": "DAY"}
    loans.take(house.journal, other.id, "sandbox", BLOCK, was, set_to, NOW, NOW + timedelta(hours=4))
    house.do(SetSetting(setting=BLOCK, value=AT_ONCE))
    report = house.run()
    check_report(report, all_returned=False)
    assert [(BLOCK, "75 DAY", "open")] == [(loan.setting, loan.was, loan.state) for loan in report.loans]
    assert 3 == report.counts["enrolled"]
    assert {"value": 0, "unit": "DAY"} == house.settings()[0][0]["block_reenrollment"]
    return_everything(Operation.at_hand("other"))
    assert before == house.settings()
    assert ["returned"] == [loan.state for loan in loans.of_operation(house.journal, report.operation_id)]


@pytest.mark.rule("R27")
def test_a_value_that_a_person_chose_meanwhile_stays_and_is_reported(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    chosen = SetSetting(setting=BLOCK, value=Interval(value=7))
    house.listener.once("wait for re-enrollment settings ended", lambda: house.do(chosen))
    report = house.run()
    check_report(report, all_returned=False)
    assert {SAME: "returned", BLOCK: "superseded"} == {loan.setting: loan.state for loan in report.loans}
    assert ("needs_attention", 3) == (report.status, report.counts["enrolled"])
    assert any("contacts wait" in line and "somebody set another value meanwhile" in line for line in report.next)
    (own,) = house.settings()[0]
    assert ({"value": 7, "unit": "DAY"}, False) == (own["block_reenrollment"], own["allow_same_sequence_reenrollment"])


@pytest.mark.rule("R27")
def test_a_setting_that_a_person_gave_back_already_counts_as_returned(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY))
    before = house.settings()
    back = SetSetting(setting=SAME, value=False)
    house.listener.once("wait for re-enrollment settings ended", lambda: house.do(back))
    report = house.run()
    check_report(report)
    assert "completed" == report.status
    assert before == house.settings()


@pytest.mark.rule("R25", "R29", "R59", "R60")
def test_who_opts_out_during_the_wait_is_not_enrolled_and_that_is_a_difference(house: House) -> None:
    house.load_and_change_owner(workspace(people=TEAM, enrollments=BY_PLAY[:2]))
    house.listener.once("moving the clock", lambda: house.do(OptOut(person=QUIN)))
    report = house.run()
    check_report(report)
    assert {QUIN: "blocked", PIA: "enrolled"} == outcomes(report)["outcome"].to_dict()
    assert [(QUIN, "enrolled", "blocked", "opted_out")] == [
        (found.email, found.forecast, found.outcome, found.reasons) for found in report.differences
    ]
