"""`restore-settings`: what is overdue or orphaned goes back, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from flows.restore_settings import restore_settings
from journal import loans, operations, sweeps
from journal.outcomes import Outcomes
from models.changes import SetSetting
from models.errors import HandoffError
from models.plan import SettingLoan
from models.records import Interval
from models.setting_keys import SettingKey
from models.settings import Settings
from models.tables.journal import OperationRow
from models.twins import twin_of
from platforms.sandbox.sandbox import Sandbox
from tasks.borrowing import return_everything, set_borrowed, take_up
from tasks.operation import Operation
from tasks.restore_settings.restoring import sweep
from tests.flows.house import House
from tests.reports.reported import WAITING_PERIOD
from tests.workspaces import PIA, excluding, ruleset, running, workspace

BLOCK = SettingKey.parse("ruleset:Default:block_reenrollment")
GLOBAL = SettingKey.parse("exclusion:Customers:exclude_from_sequences")
IN_AN_HOUR = datetime.now(UTC) + timedelta(hours=1)
DAYS, AT_ONCE = {"value": 75, "unit": "DAY"}, {"value": 0, "unit": "DAY"}


def borrowed(house: House, *, ended: bool = False, hours: int = 4, setting: str = BLOCK) -> str:
    """An operation of somebody else, with a setting out; due in so many hours."""
    sandbox = house.load(workspace(exclusions=(excluding(PIA),), enrollments=[running(PIA)]))
    now = sandbox.now()
    operations.begin(
        house.journal,
        OperationRow(
            id="theirs",
            procedure="ownership-change",
            workspace="sandbox",
            subject="a mailbox",
            mode="live",
            next=[],
            folder=str(house.home / "theirs"),
            started_at=now,
            recorded_at=now,
            alive_until=IN_AN_HOUR,
        ),
    )
    was, set_to = (DAYS, AT_ONCE) if setting == BLOCK else (True, False)
    loans.take(house.journal, "theirs", "sandbox", setting, was, set_to, now, now + timedelta(hours=hours))
    house.do(SetSetting(setting=setting, value=Interval(value=0) if setting == BLOCK else False))
    if ended:
        operations.update(house.journal, "theirs", status="failed", ended_at=now)
    return setting


def state(house: House) -> str:
    return loans.of_operation(house.journal, "theirs")[0].state


def test_where_nothing_is_due_it_leaves_nothing_behind(house: House) -> None:
    borrowed(house)
    report = house.carry_out("restore-settings")
    assert ("completed", "", 0) == (report.status, report.operation_id, report.counts["considered"])
    assert [] == operations.past(house.journal)
    assert "open" == state(house)


def test_when_a_sweep_ended_is_known_also_where_it_found_nothing_but_not_of_a_dry_run(house: House) -> None:
    house.load(workspace())
    house.carry_out("restore-settings", dry_run=True)
    assert {} == sweeps.last_ends(house.journal)
    begun = datetime.now(UTC)
    house.carry_out("restore-settings")
    [(name, ended)] = sweeps.last_ends(house.journal).items()
    assert ("sandbox", True) == (name, begun < ended)
    sweep()  # `handoff restore`, from cron
    assert ended < sweeps.last_ends(house.journal)["sandbox"]


@pytest.mark.rule("R27", "R40")
@pytest.mark.parametrize("why", ["its operation has ended", "its deadline", "promised a sign of life"])
def test_what_is_orphaned_overdue_or_silent_goes_back(house: House, why: str) -> None:
    by_force = why != "its operation has ended"
    borrowed(house, ended=not by_force)
    if "deadline" in why:
        house.sandbox.advance(house.sandbox.now() + timedelta(hours=5))
    if "sign of life" in why:
        operations.update(house.journal, "theirs", alive_until=datetime.now(UTC) - timedelta(minutes=1))
    planned = house.carry_out("restore-settings", dry_run=True)
    assert f"give back a setting: {WAITING_PERIOD}: 75 days again" in planned.plan[0]
    assert why in planned.plan[0]
    assert "open" == state(house)
    report = house.carry_out("restore-settings")
    assert ("needs_attention" if by_force else "completed", "returned") == (report.status, state(house))
    assert [ruleset().model_dump(mode="json")] == house.sandbox.state()["rulesets"]
    assert "1 setting is due to be given back" in report.found


def test_a_value_that_somebody_chose_since_is_left_and_told(house: House) -> None:
    borrowed(house, ended=True)
    house.do(SetSetting(setting=BLOCK, value=Interval(value=7)))
    report = house.carry_out("restore-settings")
    assert ("needs_attention", "superseded") == (report.status, state(house))
    assert "set it back by hand if that is still wanted" in report.next[0]
    assert {"value": 7, "unit": "DAY"} == house.sandbox.setting(SettingKey.parse(BLOCK))


@pytest.mark.rule("R27")
def test_a_run_that_wakes_after_somebody_chose_another_value_leaves_it_and_says_so(house: House) -> None:
    borrowed(house)
    wanted = SettingLoan(setting=BLOCK, was=DAYS, set_to=AT_ONCE, contacts=1)
    set_borrowed.fn("theirs", *take_up.fn("theirs", wanted, timedelta(hours=2)))
    house.do(SetSetting(setting=BLOCK, value=Interval(value=7)))
    set_borrowed.fn(
        "theirs", *take_up.fn("theirs", wanted, timedelta(hours=2))
    )  # as a run does that starts again from the top
    assert {"value": 7, "unit": "DAY"} == house.sandbox.setting(SettingKey.parse(BLOCK))
    return_everything(Operation.at_hand("theirs"))
    assert "superseded" == state(house)


@pytest.mark.rule("R27")
@pytest.mark.parametrize("chosen_since", [False, True])
def test_what_nobody_holds_any_more_is_told_and_goes_back(house: House, chosen_since: bool) -> None:
    borrowed(house)
    loan = loans.of_operation(house.journal, "theirs")[0]
    assert loans.release(house.journal, loan.id or 0, "theirs", house.sandbox.now())
    if chosen_since:
        house.do(SetSetting(setting=BLOCK, value=Interval(value=7)))
    planned = house.carry_out("restore-settings", dry_run=True)
    assert (f"give back a setting: {WAITING_PERIOD}: 75 days again, for nobody holds it any more",) == planned.plan
    report = house.carry_out("restore-settings")
    expected = ("needs_attention", "superseded") if chosen_since else ("completed", "returned")
    assert expected == (report.status, state(house))
    assert "1 setting is due to be given back" in report.found


@pytest.mark.rule("R27")
def test_one_that_cannot_be_given_back_does_not_keep_the_others_out(house: House) -> None:
    borrowed(house)
    earlier, now = loans.of_operation(house.journal, "theirs")[0], house.sandbox.now()
    loans.release(house.journal, earlier.id or 0, "theirs", now)
    loans.close(house.journal, earlier.id or 0, lambda loan: "returned", now)
    until = now + timedelta(hours=4)
    gone = loans.take(house.journal, "theirs", "gone", GLOBAL, True, False, now, until)
    out = loans.take(house.journal, "theirs", "sandbox", BLOCK, DAYS, AT_ONCE, now, until)
    for loan in (gone, out):
        loans.release(house.journal, loan.id or 0, "theirs", now)
    with pytest.raises(HandoffError, match="gone"):
        sweep()
    states = [loan.state for loan in loans.every(house.journal, [gone.id or 0, out.id or 0])]
    assert ["returning", "returned"] == states
    assert {"sandbox"} == set(sweeps.last_ends(house.journal))


@pytest.mark.rule("R62")
def test_an_exclusion_under_which_people_run_goes_back_at_its_deadline_and_names_them(house: House) -> None:
    import pandas as pd

    borrowed(house, hours=100, setting=GLOBAL)
    Outcomes(house.journal, "theirs").forecast(
        pd.DataFrame(
            {
                "email": [PIA],
                "sequence": ["Outbound"],
                "forecast": ["enrolled"],
                "outcome": ["enrolled"],
            }
        )
    )
    operations.update(house.journal, "theirs", alive_until=datetime.now(UTC) - timedelta(minutes=1))
    assert "" == house.carry_out("restore-settings").operation_id, "silent, but Pia runs under it"
    house.sandbox.advance(house.sandbox.now() + timedelta(hours=101))
    report = house.carry_out("restore-settings")
    assert ("needs_attention", "returned") == (report.status, state(house))
    assert f"this takes 1 contact out of their sequences (R62): {PIA}" in report.next[0]


OTHER = twin_of("emea")
"""A workspace besides the sandbox, as good as any: it has a database of its own."""


def lent_to_nobody(house: House, other: str) -> Sandbox | None:
    """A setting on loan in another workspace that nobody holds any more; gives the workspace, unless it is gone."""
    now = datetime.now(UTC)
    loan = loans.take(house.journal, "theirs", other, BLOCK, DAYS, AT_ONCE, now, now + timedelta(hours=4))
    loans.release(house.journal, loan.id or 0, "theirs", now)
    if other != OTHER:
        return None
    there = Sandbox(f"sqlite:///{Settings().rehearsal_file('emea')}", workspace=OTHER)
    there.load(workspace())
    there.apply(SetSetting(setting=BLOCK, value=Interval(value=0)))
    return there


@pytest.mark.rule("R27")
def test_a_scheduled_sweep_covers_every_workspace_with_an_open_loan(house: House) -> None:
    borrowed(house, ended=True)
    other = lent_to_nobody(house, OTHER)
    report = house.carry_out("restore-settings", every_workspace=True)
    assert ("completed", "sandbox") == (report.status, report.workspace)
    assert [] == loans.open_loans(house.journal)
    assert other is not None
    assert DAYS == other.setting(SettingKey.parse(BLOCK))
    assert {"sandbox", OTHER} == set(sweeps.last_ends(house.journal))
    assert {"sandbox", OTHER} == {row.workspace for row in operations.past(house.journal) if row.id != "theirs"}


def test_a_sweep_of_one_workspace_leaves_the_others_alone(house: House) -> None:
    borrowed(house, ended=True)
    lent_to_nobody(house, OTHER)
    house.carry_out("restore-settings")
    assert [OTHER] == [loan.workspace for loan in loans.open_loans(house.journal)]
    assert {"sandbox"} == set(sweeps.last_ends(house.journal))


@pytest.mark.parametrize("gone", ["its own", "another"])
def test_a_workspace_that_cannot_be_reached_keeps_no_other_waiting(house: House, gone: str) -> None:
    borrowed(house, ended=True)
    lent_to_nobody(house, "gone")
    lent_to_nobody(house, OTHER)
    own = {"its own": "gone", "another": "sandbox"}[gone]
    with pytest.raises(Exception, match="there is no workspace 'gone'"):
        house.carry_out("restore-settings", workspace=own, every_workspace=True)
    assert ["gone"] == [loan.workspace for loan in loans.open_loans(house.journal)]
    assert {"sandbox", OTHER} == set(sweeps.last_ends(house.journal)), "and where it did not end, that shows"


def test_what_a_person_has_to_do_in_another_workspace_is_told(house: House) -> None:
    borrowed(house)
    other = lent_to_nobody(house, OTHER)
    assert other is not None
    other.apply(SetSetting(setting=BLOCK, value=Interval(value=7)))
    state = restore_settings(every_workspace=True, dry_run=False, return_state=True)
    assert "NeedsAttention" == state.name
    assert f"{OTHER}: " in (state.message or "")


def rehearsed(house: House, name: str) -> None:
    """A rehearsal that was cut short with a setting out, and whose file was removed since."""
    other, now = twin_of(name), datetime.now(UTC)
    operations.begin(
        house.journal,
        OperationRow(
            id=name,
            procedure="ownership-change",
            workspace=other,
            subject="a mailbox",
            mode="live",
            next=[],
            folder=str(house.home / "operations" / name),
            started_at=now,
            recorded_at=now,
            alive_until=now,
        ),
    )
    loans.take(house.journal, name, other, BLOCK, DAYS, AT_ONCE, now, now)


def test_a_rehearsal_whose_file_was_removed_keeps_no_sweep_from_ending_and_owes_nothing(house: House) -> None:
    house.load(workspace())
    rehearsed(house, "emea")
    (house.home / "operations/emea").mkdir(parents=True)
    assert "completed" == house.carry_out("restore-settings", every_workspace=True).status
    [loan] = loans.of_operation(house.journal, "emea")
    row = operations.get(house.journal, "emea")
    assert row is not None
    assert ("unknown", "cancelled", []) == (loan.state, row.status, loans.open_loans(house.journal))
    assert "the file of its rehearsal was removed" == row.failure


def test_a_rehearsal_of_another_machine_with_the_same_journal_is_left_to_it(house: House) -> None:
    house.load(workspace())
    rehearsed(house, "emea")
    assert "completed" == house.carry_out("restore-settings", every_workspace=True).status
    assert ["emea"] == [row.id for row in operations.in_flight(house.journal)]
    assert 1 == len(loans.open_loans(house.journal))
