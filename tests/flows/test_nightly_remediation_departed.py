"""Who ran last night and does not tonight: put back where a change of owner was seen, else named, once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

from journal import operations
from models.changes import ChangeMailboxOwner, Enroll, Reply, Unenroll
from models.report import Report
from models.tables.journal import OperationRow
from tests.flows.house import House, check_report, outcomes
from tests.workspaces import (
    ANA,
    ANAS_MAILBOX,
    BO,
    BOS_MAILBOX,
    NURTURE,
    OUTBOUND,
    PIA,
    PLAY,
    QUIN,
    RAJ,
    SUE,
    ruleset,
    running,
    workspace,
)

FROM_ANA = [PIA, QUIN, SUE]


def night(house: House, **parameters: Any) -> Report:
    return house.carry_out("nightly-remediation", **parameters)


def hours_pass(house: House, hours: float) -> None:
    house.sandbox.advance(house.sandbox.now() + timedelta(hours=hours))


def change_owner(house: House, to: str) -> None:
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=to))
    hours_pass(house, 1 / 3)


def there_and_back(house: House) -> None:
    change_owner(house, BO)
    change_owner(house, ANA)
    hours_pass(house, 10)


def looked_at(house: House, **own: Any) -> None:
    """Three run from Ana's mailbox and one from Bo's; a night has taken the record."""
    enrollments = [
        running(PIA, play=PLAY, steps_done=2),
        running(QUIN, play=PLAY),
        running(SUE),
        running(RAJ, mailbox=BOS_MAILBOX, play=PLAY),
    ]
    house.load(workspace(**{"people": [PIA, QUIN, RAJ, SUE], "enrollments": enrollments, **own}))
    assert "completed" == night(house).status


def now_running(house: House) -> set[str]:
    return {e.person for e in house.sandbox.workspace_record().enrollments if e.state in ("queued", "active")}


def assert_named(report: Report, *people: str) -> None:
    check_report(report)
    table = outcomes(report)
    assert (len(people), "needs_attention") == (report.counts["manual"], report.status), report.next
    assert set(people) == set(table.index[table["outcome"] == "manual"])
    assert set(people) == set(pd.read_csv(report.files["worklist"])["email"])


def assert_nothing_is_left(report: Report) -> None:
    assert ("completed", 0, ()) == (report.status, report.counts["considered"], report.next)


@pytest.mark.rule("R1")
def test_who_fell_out_while_the_owner_changed_and_changed_back_is_named_once_with_the_evidence(house: House) -> None:
    looked_at(house)
    there_and_back(house)
    report = night(house)
    assert_named(report, *FROM_ANA)
    told = outcomes(report)["detail"]
    assert "ran in 'Outbound' from ana@send.acme.test when last seen (2026-11-02 09:00 UTC)" in told[PIA]
    assert "cancelled 2026-11-02 09:00 UTC after step 2, together with 2 others" in told[PIA]
    assert any("3 contacts of 'Outbound'" in line and "no change of owner can be seen" in line for line in report.next)
    assert {RAJ} == now_running(house), "nobody is enrolled unattended"
    assert_nothing_is_left(night(house))
    assert_nothing_is_left(night(house))


@pytest.mark.rule("R1", "R9")
def test_whoever_was_taken_out_by_hand_is_named_and_not_put_back_with_those_of_a_known_change(house: House) -> None:
    looked_at(house)
    house.do(Unenroll(person=PIA, sequence=OUTBOUND))
    hours_pass(house, 3)
    change_owner(house, BO)
    report = night(house)
    assert_named(report, PIA)
    assert "alone" in outcomes(report)["detail"][PIA]
    assert (2, {QUIN, RAJ, SUE}) == (report.counts["enrolled"], now_running(house))
    assert_nothing_is_left(night(house))


@pytest.mark.rule("R1", "R9")
def test_where_a_look_in_between_saw_the_other_owner_they_are_put_back(house: House) -> None:
    looked_at(house)
    change_owner(house, BO)
    house.run(mailbox=BOS_MAILBOX, dry_run=True)  # plans for another mailbox, and looks at all of them
    change_owner(house, ANA)
    report = night(house)
    check_report(report)
    assert ("completed", 3) == (report.status, report.counts["enrolled"])
    assert {*FROM_ANA, RAJ} == now_running(house)
    assert any(f"its owner was {ANA} and then {BO}, and changed again; 3 contacts" in line for line in report.plan)
    assert_nothing_is_left(night(house))


@pytest.mark.rule("R1")
def test_a_look_of_another_procedure_in_between_loses_nobody(house: House) -> None:
    looked_at(house)
    there_and_back(house)
    house.run(mailbox=BOS_MAILBOX, dry_run=True)
    house.carry_out("handover-plan", mailbox=BOS_MAILBOX, new_owner=ANA)
    assert_named(night(house), *FROM_ANA)


@pytest.mark.rule("R1")
def test_whoever_replied_or_runs_elsewhere_since_is_accounted_for(house: House) -> None:
    looked_at(house, rulesets=(ruleset(days=0),))
    house.do(Reply(person=PIA))
    there_and_back(house)
    house.do(Enroll(person=QUIN, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    assert_named(night(house), SUE)


@pytest.mark.rule("R1")
def test_who_was_enrolled_elsewhere_since_a_change_that_cannot_be_seen_is_told_as_left_there_once(house: House) -> None:
    looked_at(house, rulesets=(ruleset(days=0),))
    there_and_back(house)
    house.do(Enroll(person=QUIN, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    assert_named(report := night(house), PIA, SUE)
    told = outcomes(report).loc[QUIN]
    assert ("unchanged", OUTBOUND) == (told["outcome"], told["sequence"])
    assert "cancelled 2026-11-02 09:00 UTC after step 1, together with 2 others; runs in 'Nurture'" in told["detail"]
    assert not any(QUIN in line for line in report.next)
    assert_nothing_is_left(night(house))


@pytest.mark.rule("R1")
def test_who_was_moved_by_hand_while_others_ran_on_is_not_told(house: House) -> None:
    looked_at(house, rulesets=(ruleset(days=0),))
    hours_pass(house, 1)
    house.do(Unenroll(person=QUIN, sequence=OUTBOUND))
    house.do(Enroll(person=QUIN, sequence=NURTURE, mailbox=(BOS_MAILBOX,)))
    hours_pass(house, 10)
    assert_nothing_is_left(night(house))


@pytest.mark.parametrize("resumed", [True, False], ids=["resumed", "followed by another"])
def test_a_night_that_breaks_off_before_it_has_named_them_loses_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch, *, resumed: bool
) -> None:
    looked_at(house)
    there_and_back(house)
    with monkeypatch.context() as patched, pytest.raises(OSError, match="the disk is full"):
        patched.setattr("tasks.nightly_remediation.starting.append_csv", _full)
        night(house)
    [broken] = [row for row in operations.past(house.journal) if row.status == "failed"]
    assert_named(night(house, operation=broken.id) if resumed else night(house), *FROM_ANA)
    assert_nothing_is_left(night(house))


def _full(*_: object) -> None:
    raise OSError("the disk is full")


def test_a_dry_run_names_them_and_the_night_does_so_too(house: House) -> None:
    looked_at(house)
    there_and_back(house)
    assert ("planned", 3) == ((planned := night(house, dry_run=True)).status, planned.counts["manual"])
    assert_named(night(house), *FROM_ANA)


def test_who_was_enrolled_by_us_since_the_last_look_is_in_no_record_and_is_named_all_the_same(house: House) -> None:
    looked_at(house, enrollments=[])
    report = house.carry_out("enroll-contacts", emails=[PIA], sequence=OUTBOUND, mailboxes=[ANAS_MAILBOX])
    assert 1 == report.counts["enrolled"]
    hours_pass(house, 1)
    there_and_back(house)
    assert_named(night(house), PIA)


@pytest.mark.rule("R1")
def test_who_began_after_the_last_look_and_fell_out_at_a_change_that_cannot_be_seen_is_named(house: House) -> None:
    looked_at(house, enrollments=[])
    hours_pass(house, 1)
    house.do(Enroll(person=PIA, sequence=OUTBOUND, mailbox=(ANAS_MAILBOX,)))
    hours_pass(house, 1)
    there_and_back(house)
    assert_named(report := night(house), PIA)
    assert "ran in 'Outbound' from ana@send.acme.test when last seen" in outcomes(report)["detail"][PIA]
    hours_pass(house, 24)
    assert_nothing_is_left(night(house))


@pytest.mark.rule("R1")
def test_who_began_and_was_taken_out_by_hand_while_others_ran_on_is_not_named(house: House) -> None:
    looked_at(house, enrollments=[running(PIA, play=PLAY)])
    hours_pass(house, 1)
    house.do(Enroll(person=RAJ, sequence=NURTURE, mailbox=(ANAS_MAILBOX,)))
    hours_pass(house, 1)
    house.do(Unenroll(person=RAJ, sequence=NURTURE))
    hours_pass(house, 10)
    assert_nothing_is_left(night(house))


def test_a_workspace_that_is_loaded_anew_raises_no_false_alarm(house: House) -> None:
    looked_at(house)
    hours_pass(house, 48)
    change_owner(house, BO)
    night(house)
    looked_at(house)
    looked_at(house, enrollments=[running(RAJ, mailbox=BOS_MAILBOX)])
    hours_pass(house, 72)
    assert_nothing_is_left(night(house))


@pytest.mark.rule("R1", "R9")
def test_who_is_taken_out_by_hand_after_a_change_is_not_taken_for_it_and_hides_nobody(house: House) -> None:
    looked_at(house, rulesets=(ruleset(days=0),))
    change_owner(house, BO)
    assert_named(night(house, mailboxes=[BOS_MAILBOX]), *FROM_ANA)
    house.do(Unenroll(person=RAJ, sequence=OUTBOUND))
    house.do(Enroll(person=RAJ, sequence=NURTURE, mailbox=(ANAS_MAILBOX,)))
    assert_named(night(house, mailboxes=[BOS_MAILBOX]), *FROM_ANA)
    hours_pass(house, 20)
    house.do(Unenroll(person=RAJ, sequence=NURTURE))
    report = night(house)
    assert ("needs_attention", 3, 1) == (report.status, report.counts["enrolled"], report.counts["manual"])
    assert set(FROM_ANA) == now_running(house)


@pytest.mark.rule("R1")
def test_whom_an_operation_that_was_cut_short_was_to_put_back_is_left_to_a_person_every_night(house: House) -> None:
    looked_at(house)
    change_owner(house, BO)
    operations.begin(
        house.journal,
        OperationRow(
            id="theirs",
            procedure="ownership-change",
            workspace="sandbox",
            subject=ANAS_MAILBOX,
            mode="live",
            next=[],
            folder=str(house.home / "theirs"),
            started_at=house.sandbox.now(),
            recorded_at=datetime.now(UTC),
        ),
    )
    for _ in range(2):
        report = night(house)
        assert_named(report, *FROM_ANA)
        assert any("`handoff resume theirs` goes on with it" in line for line in report.next)
        assert any("under way: ownership-change for ana@send.acme.test: cut short" in line for line in report.plan)


def test_a_change_that_comes_after_an_operation_at_the_same_instant_is_noticed(house: House) -> None:
    looked_at(house)
    house.run()  # nobody had fallen out; the clock stands still
    house.do(ChangeMailboxOwner(mailbox=ANAS_MAILBOX, owner=BO))
    assert 3 == night(house).counts["enrolled"]


def test_a_run_by_hand_tells_of_an_earlier_change_whose_contacts_nobody_has_put_back_yet(house: House) -> None:
    looked_at(house)
    change_owner(house, BO)
    night(house, at_most=0)  # it starts nothing, as where a run that it started is lost
    change_owner(house, ANA)
    planned = house.carry_out("ownership-change", mailbox=ANAS_MAILBOX, dry_run=True)
    assert 0 == planned.counts["considered"]
    [notice] = [line for line in planned.plan if "changed its owner before" in line]
    assert "from ana@acme.test to bo@acme.test, 3 contacts fell out" in notice
    changed_at = notice.rpartition("changed_at=")[2]
    report = house.carry_out("ownership-change", mailbox=ANAS_MAILBOX, changed_at=changed_at)
    assert dict.fromkeys(FROM_ANA, "enrolled") == outcomes(report)["outcome"].to_dict()
    after = house.carry_out("ownership-change", mailbox=ANAS_MAILBOX, dry_run=True)
    assert not any("changed its owner before" in line for line in after.plan)
